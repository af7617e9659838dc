package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// user is one of the people who send requests.
type user struct{ id, key string }

// people are the users, by what becomes of an answer whose client leaves; the
// last one has little to spend.
func people() []string {
	return []string{
		`{"name":"cuts"}`,
		`{"name":"drains","on_client_gone":{"mode":"drain"}}`,
		`{"name":"drains a while","on_client_gone":{"mode":"drain_for","seconds":1}}`,
		`{"name":"has little","quota":{"period":"total","tokens":%d}}`,
	}
}

// accountsEach is how many accounts each provider has: enough that one is well
// when others rest.
const accountsEach = 6

// configure makes channels of all providers, users, and what goes wrong.
func (s *soak) configure(ctx context.Context) error {
	for _, ch := range []struct{ name, provider, base, models string }{
		{"OpenAI", "openai", "/v1", `"gpt-*"`},
		{"Claude", "anthropic", "", `"claude-*"`},
		{"Gemini", "gemini", "", `"gemini-*"`},
		{"Kiro", "kiro", "/kiro", `"glm-*","qwen*"`},
	} {
		var made struct{ ID string }
		body := fmt.Sprintf(`{"name":%q,"provider":%q,"base_url":%q,"models":[%s]}`, ch.name, ch.provider, s.sim.URL+ch.base, ch.models)
		if err := s.admin(ctx, http.MethodPost, "/api/channels", body, &made); err != nil {
			return err
		}
		for i := range accountsEach {
			if err := s.account(ctx, made.ID, ch.provider, i); err != nil {
				return err
			}
		}
	}
	for _, person := range people() {
		var made struct{ ID, Key string }
		if strings.Contains(person, "%d") {
			person = fmt.Sprintf(person, s.requests*100)
		}
		if err := s.admin(ctx, http.MethodPost, "/api/users", person, &made); err != nil {
			return err
		}
		s.users = append(s.users, user{made.ID, made.Key})
	}
	return s.trouble(ctx)
}

// account adds an account; Kiro's must be known to the simulator.
func (s *soak) account(ctx context.Context, channel, provider string, i int) error {
	cred := core.Credential{APIKey: fmt.Sprintf("soak-%s-%d", provider, i)}
	known := simulator.AccountID(cred.APIKey)
	if provider == "kiro" {
		var seeded struct {
			Account    simulator.KiroAccount
			Credential core.Credential
		}
		body := fmt.Sprintf(`{"kind":"google","plan":"power","overage":true,"email":"soak%d@example.org"}`, i)
		if err := s.simulator(ctx, http.MethodPost, "/sim/kiro/accounts", body, &seeded); err != nil {
			return err
		}
		cred, known = seeded.Credential, seeded.Account.ID
	}
	raw, err := json.Marshal(map[string]any{"name": fmt.Sprint(provider, i), "credential": cred})
	if err != nil {
		return err
	}
	var made struct{ ID string }
	if err := s.admin(ctx, http.MethodPost, "/api/channels/"+channel+"/accounts", string(raw), &made); err != nil {
		return err
	}
	s.accounts[made.ID] = known
	return nil
}

// trouble lets the providers fail now and then, in every way that they can.
func (s *soak) trouble(ctx context.Context) error {
	for _, fault := range []string{
		`{"kind":"status","status":500,"probability":0.006}`,
		`{"kind":"status","status":503,"probability":0.002,"retry_after":1}`,
		`{"kind":"status","status":429,"probability":0.006,"retry_after":1}`,
		`{"kind":"drop","probability":0.006}`,
		`{"kind":"cut","chunks":3,"probability":0.006}`,
		`{"kind":"cut","probability":0.004}`,
		`{"kind":"no_end","chunks":5,"probability":0.006}`,
		`{"kind":"torn","chunks":4,"probability":0.006}`,
		`{"kind":"stream_error","chunks":2,"probability":0.006}`,
		`{"kind":"stream_error","probability":0.004}`,
		`{"kind":"empty","probability":0.004}`,
		`{"kind":"hang","chunks":6,"probability":0.002}`,
		`{"kind":"slow_first_byte","delay_ms":150,"probability":0.1}`,
	} {
		if err := s.simulator(ctx, http.MethodPost, "/sim/faults", fault, nil); err != nil {
			return err
		}
	}
	return nil
}
