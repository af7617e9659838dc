package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// world is a whole AiHub on a port of its own with the simulator behind it.
type world struct {
	t        *testing.T
	dir      string
	change   func(*app.Config)
	hub      *app.App
	sim      *simulator.Simulator
	upstream *httptest.Server
	url      string
	key      string
	userID   string
	channels map[core.Provider]string
}

const testAdminKey = "test-admin-key"

func config(dir string) app.Config {
	return app.Config{
		AdminKey: testAdminKey, DatabasePath: dir, Port: -1, LogLevel: "error", Quiet: true, Version: "test",
		Assets: fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>AiHub</title>")}},
	}
}

// newWorld starts everything, with a channel of each provider, two accounts in
// each, and a user.
func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, func(*app.Config) {})
}

// newWorldWith is newWorld with a configuration that change has altered.
func newWorldWith(t *testing.T, change func(*app.Config)) *world {
	t.Helper()
	w := &world{t: t, change: change, dir: t.TempDir(), sim: simulator.New(simulator.Options{Seed: 1}), channels: map[core.Provider]string{}}
	w.upstream = httptest.NewServer(w.sim)
	t.Cleanup(w.upstream.Close)
	w.open()
	s := w.hub.Service()
	for _, p := range []core.Provider{core.ProviderOpenAI, core.ProviderAnthropic, core.ProviderGemini} {
		name := string(p)
		ch, err := s.CreateChannel(t.Context(), admin.ChannelInput{Name: &name, Provider: &p, BaseURL: &w.upstream.URL})
		w.must(err)
		w.channels[p] = ch.ID
		for _, account := range []string{"a", "b"} {
			_, err = s.CreateAccount(t.Context(), ch.ID, admin.AccountInput{
				Name: &account, Credential: &core.Credential{APIKey: accountKey(p, account)},
			})
			w.must(err)
		}
	}
	name := "tester"
	user, err := s.CreateUser(t.Context(), admin.UserInput{Name: &name})
	w.must(err)
	w.key, w.userID = user.Secret, user.ID
	return w
}

func accountKey(p core.Provider, account string) string {
	return "test-" + string(p) + "-account-" + account
}

func (w *world) open() {
	w.t.Helper()
	cfg := config(w.dir)
	w.change(&cfg)
	hub, err := app.New(w.t.Context(), cfg)
	w.must(err)
	w.hub = hub
	w.t.Cleanup(w.close)
	w.must(hub.StartGateway(w.t.Context()))
	w.url = hub.Gateway().URL
}

func (w *world) close() {
	if w.hub == nil {
		return
	}
	hub := w.hub
	w.hub = nil
	if err := hub.Close(context.Background()); err != nil {
		w.t.Errorf("close: %v", err)
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
	err    error // of reading the body
}

func (r reply) row() string { return r.header.Get("X-Aihub-Request-Id") }

// send sends a request; change may alter it first.
func (w *world) send(method, path string, body []byte, change func(*http.Request)) reply {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, bytes.NewReader(body))
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+w.key)
	req.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(req)
	}
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	defer res.Body.Close()
	r := reply{status: res.StatusCode, header: res.Header}
	r.body, r.err = io.ReadAll(res.Body)
	return r
}

func (w *world) post(path, body string) reply {
	w.t.Helper()
	return w.send(http.MethodPost, path, []byte(body), nil)
}

// record returns the ended row of a request. A stream's row is ended before its
// last byte, so no waiting is needed, unless the client left early.
func (w *world) record(id string) *core.Record {
	w.t.Helper()
	for {
		r, err := w.hub.Service().FindLog(w.t.Context(), id)
		w.must(err)
		if r.Outcome != core.OutcomeInFlight {
			return &r
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (w *world) fault(f simulator.Fault) {
	w.t.Helper()
	_, err := w.sim.AddFault(f)
	w.must(err)
}

// decode reads JSON into a generic value.
func decode(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("not a JSON object: %v\n%s", err, body)
	}
	return v
}

// traffic is one request of each protocol.
type traffic struct {
	name, path, body string
	provider         core.Provider
}

func plain() []traffic {
	return []traffic{
		{"chat", "/v1/chat/completions", `{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}`, core.ProviderOpenAI},
		{"responses", "/v1/responses", `{"model":"gpt-4o","input":"Hi"}`, core.ProviderOpenAI},
		{"messages", "/v1/messages", `{"model":"claude-sonnet-4-5","max_tokens":200,"messages":[{"role":"user","content":"Hi"}]}`, core.ProviderAnthropic},
		{"gemini", "/v1beta/models/gemini-2.5-flash:generateContent", `{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}`, core.ProviderGemini},
	}
}

func streams() []traffic {
	return []traffic{
		{"chat", "/v1/chat/completions", `{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi [sim:tokens=30]"}]}`, core.ProviderOpenAI},
		{"responses", "/v1/responses", `{"model":"gpt-4o","stream":true,"input":"Hi [sim:tokens=30]"}`, core.ProviderOpenAI},
		{"messages", "/v1/messages", `{"model":"claude-sonnet-4-5","stream":true,"max_tokens":200,"messages":[{"role":"user","content":"Hi [sim:tokens=30]"}]}`, core.ProviderAnthropic},
		{"gemini sse", "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", `{"contents":[{"role":"user","parts":[{"text":"Hi [sim:tokens=30]"}]}]}`, core.ProviderGemini},
		{"gemini array", "/v1beta/models/gemini-2.5-flash:streamGenerateContent", `{"contents":[{"role":"user","parts":[{"text":"Hi [sim:tokens=30]"}]}]}`, core.ProviderGemini},
	}
}
