package simulator_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/simulator"
)

// TestKiroGolden pins Kiro's answers: those of streams frame by frame.
func TestKiroGolden(t *testing.T) {
	manage := func(operation, body string) func(*person) call {
		return func(p *person) call { return p.manage(operation, body) }
	}
	ask := func(model, text, context, more string) func(*person) call {
		return func(p *person) call { return p.ask(model, text, context, more) }
	}
	sign := func(path, body string) func(*person) call {
		return func(*person) call {
			return call{path: "/kiro" + path, body: body, key: "-", header: map[string]string{"Host": "sim.test"}}
		}
	}
	cases := []struct {
		name string
		call func(*person) call
	}{
		{"kiro_text", ask("claude-sonnet-5", "[sim:tokens=6]", "", "")},
		{"kiro_tools", ask(sonnet, "get_weather for both Paris and Rome", kiroTools, "")},
		{"kiro_reasoning", ask("claude-opus-5", "[sim:tokens=3]", "", adaptive)},
		{"kiro_thinking_tags", ask("claude-haiku-4.5", "[sim:reason] [sim:tokens=3]", "", "")},
		{"kiro_gpt", ask("gpt-5.6-terra", "[sim:tokens=3]", "", `,"additionalModelRequestFields":{"reasoning":{"effort":"low"}}`)},
		{"kiro_refusal", ask(sonnet, "[sim:refuse]", "", "")},
		{"kiro_improper", ask(sonnet, "", "", "")},
		{"kiro_models", manage("ListAvailableModels", `{"origin":"AI_EDITOR","maxResults":2,"profileArn":"`+builderARN+`"}`)},
		{"kiro_usage", manage("GetUsageLimits", `{"origin":"AI_EDITOR","isEmailRequired":true}`)},
		{"kiro_register", sign("/oidc/client/register", `{"clientName":"AiHub","clientType":"public"}`)},
		{"kiro_device", sign("/auth/oauth/device/authorization", `{"clientId":"kiro-cli","loginProvider":"Google"}`)},
		{"kiro_unauthorized", sign("/oidc/token", `{"clientId":"a","clientSecret":"b","grantType":"refresh_token","refreshToken":"c"}`)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := startService(t, simulator.Options{Seed: 7})
			p := s.person(simulator.KiroAccount{Kind: simulator.KiroBuilderID, Plan: simulator.KiroPro, Trial: &simulator.KiroPart{Limit: 500}})
			a := s.do(c.call(p))
			body := a.body
			if a.header.Get("Content-Type") == "application/vnd.amazon.eventstream" {
				body = listed(frames(t, a.body))
			}
			got := fmt.Sprintf("%d %s\n%s\n\n%s", a.status, a.header.Get("Content-Type"), a.header.Get("X-Amzn-ErrorType"), body)
			compare(t, filepath.Join("testdata", c.name+".golden"), got)
		})
	}
}

// listed shows frames one a line.
func listed(list []frame) string {
	var out strings.Builder
	for _, f := range list {
		out.WriteString(f.kind + " " + f.payload.Raw + "\n")
	}
	return out.String()
}
