package app_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/simulator"
)

// toward are the upstreams to which every client is converted: a model that
// only one channel has.
func toward() map[string]string {
	return map[string]string{
		"openai": "gpt-4o", "anthropic": "claude-sonnet-4-5", "gemini": "gemini-2.5-flash",
	}
}

// onto rewrites a request to ask for another model.
func onto(tr traffic, model string) (path, body string) {
	path = strings.Replace(tr.path, "gemini-2.5-flash", model, 1)
	for _, own := range toward() {
		tr.body = strings.Replace(tr.body, `"model":"`+own+`"`, `"model":"`+model+`"`, 1)
	}
	return path, tr.body
}

// restrict gives each channel the models of its own provider.
func (w *world) restrict() {
	w.t.Helper()
	w.update(core.ProviderOpenAI, `{"models":["gpt-*"]}`)
	w.update(core.ProviderAnthropic, `{"models":["claude-*"]}`)
	w.update(core.ProviderGemini, `{"models":["gemini-*"]}`)
}

func TestEveryClientReachesEveryUpstream(t *testing.T) {
	w := newWorld(t)
	w.restrict()
	for _, tr := range append(plain(), streams()...) {
		for name, model := range toward() {
			path, body := onto(tr, model)
			got := w.post(path, body)
			if got.status != http.StatusOK || got.err != nil {
				t.Errorf("%s to %s: %d %v %s", tr.name, name, got.status, got.err, got.body)
				continue
			}
			row := w.record(got.row())
			if row.Outcome != core.OutcomeOK || row.Usage.Source != llm.Reported || row.Usage.Input == 0 || row.Usage.Output == 0 {
				t.Errorf("%s to %s: row %s %+v", tr.name, name, row.Outcome, row.Usage)
			}
			if row.ResponseBytes != int64(len(got.body)) {
				t.Errorf("%s to %s: %d of %d bytes", tr.name, name, row.ResponseBytes, len(got.body))
			}
			if w.sim.Stats().Total.Refused > 0 {
				t.Fatalf("%s to %s: the provider has refused a request", tr.name, name)
			}
		}
	}
}

func TestConvertedErrorsSpeakTheClientsDialect(t *testing.T) {
	w := newWorld(t)
	w.restrict()
	w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 400, Reason: "context_length"})
	for _, tr := range plain() {
		for name, model := range toward() {
			path, body := onto(tr, model)
			got := w.post(path, body)
			if got.status != http.StatusBadRequest {
				t.Errorf("%s to %s: %d %s", tr.name, name, got.status, got.body)
			}
			checkDialect(t, name, tr, got)
		}
	}
}

func TestConvertedStreamsBreakHonestly(t *testing.T) {
	t.Parallel()
	for _, tr := range streams() {
		for name, model := range toward() {
			w := newWorld(t)
			w.restrict()
			path, body := onto(tr, model)
			w.fault(simulator.Fault{Kind: simulator.FaultCut, Chunks: 5})
			got := w.post(path, body)
			row := w.record(got.row())
			if row.Outcome != core.OutcomeUpstreamError || row.Usage.Source != llm.Estimated || row.Usage.Output == 0 {
				t.Errorf("%s to %s: row %s %+v", tr.name, name, row.Outcome, row.Usage)
			}
			if got.err == nil && !bytes.Contains(got.body, []byte(`"error":{`)) {
				t.Errorf("%s to %s: the answer looks whole: %s", tr.name, name, got.body)
			}
		}
	}
}

func TestTokensAreCountedForEveryClient(t *testing.T) {
	w := newWorld(t)
	w.restrict()
	text := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 200)
	for _, tr := range []traffic{
		{"messages", "/v1/messages/count_tokens", `{"model":"MODEL","messages":[{"role":"user","content":"` + text + `"}]}`, core.ProviderAnthropic},
		{"responses", "/v1/responses/input_tokens", `{"model":"MODEL","input":"` + text + `"}`, core.ProviderOpenAI},
		{"gemini", "/v1beta/models/MODEL:countTokens", `{"contents":[{"role":"user","parts":[{"text":"` + text + `"}]}]}`, core.ProviderGemini},
	} {
		for name, model := range toward() {
			got := w.post(strings.Replace(tr.path, "MODEL", model, 1), strings.Replace(tr.body, "MODEL", model, 1))
			v := decode(t, got.body)
			n, _ := v["input_tokens"].(float64)
			if tr.provider == core.ProviderGemini {
				n, _ = v["totalTokens"].(float64)
			}
			if got.status != http.StatusOK || n < 1500 || n > 3500 {
				t.Errorf("%s for %s: %d %s", tr.name, name, got.status, got.body)
			}
		}
	}
}

// A tool's side request for a model that nobody offers is served by a small one
// that somebody offers.
func TestSideRequestsFindAModel(t *testing.T) {
	w := newWorld(t)
	w.update(core.ProviderOpenAI, `{"models":["gpt-4o","gpt-4o-mini"]}`)
	w.update(core.ProviderAnthropic, `{"enabled":false}`)
	w.update(core.ProviderGemini, `{"enabled":false}`)
	ask := func(model string) reply {
		return w.post("/v1/messages", `{"model":"`+model+`","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]}`)
	}
	got := ask("claude-haiku-4-5")
	if got.status != http.StatusOK || got.header.Get("X-Aihub-Model") != "gpt-4o-mini" {
		t.Errorf("%d by %s: %s", got.status, got.header.Get("X-Aihub-Model"), got.body)
	}
	if got := ask("claude-opus-4-5"); got.status != http.StatusNotFound {
		t.Errorf("a model that a person chose: %d %s", got.status, got.body)
	}
}
