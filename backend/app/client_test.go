package app_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// update changes a channel by the HTTP door.
func (w *world) update(p core.Provider, body string) {
	w.t.Helper()
	got := w.admin(http.MethodPut, "/api/channels/"+w.channels[p], body)
	if got.status != http.StatusOK {
		w.t.Fatalf("%d %s", got.status, got.body)
	}
}

func (w *world) admin(method, path, body string) reply {
	w.t.Helper()
	return w.send(method, path, []byte(body), func(r *http.Request) {
		r.Header.Del("Authorization")
		r.Header.Set("X-Admin-Key", testAdminKey)
	})
}

func TestKeyForms(t *testing.T) {
	w := newWorld(t)
	forms := map[string]func(*http.Request){
		"bearer":         func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+w.key) },
		"x-api-key":      func(r *http.Request) { r.Header.Set("x-api-key", w.key) },
		"x-goog-api-key": func(r *http.Request) { r.Header.Set("x-goog-api-key", w.key) },
		"query":          func(r *http.Request) { r.URL.RawQuery += "&key=" + w.key },
	}
	for _, tr := range plain() {
		for form, set := range forms {
			got := w.send(http.MethodPost, tr.path, []byte(tr.body), func(r *http.Request) {
				r.Header.Del("Authorization")
				set(r)
			})
			if got.status != http.StatusOK {
				t.Errorf("%s, %s: %d %s", tr.name, form, got.status, got.body)
			}
		}
	}
}

func TestRefusalsInTheClientsDialect(t *testing.T) {
	w := newWorld(t)
	disabled := w.newUser(`{"name":"disabled","enabled":false}`)
	narrow := w.newUser(`{"name":"narrow","models":["gpt-4o-mini"]}`)
	poor := w.newUser(`{"name":"poor","quota":{"period":"day","tokens":0}}`)
	far := w.newUser(`{"name":"far","allowed_ips":["10.0.0.0/8"]}`)
	tests := []struct {
		name, key string
		body      func(traffic) string
		status    int
		rows      bool // the key was right, so the refusal is in the ledger
	}{
		{"no key", "", same, 401, false},
		{"wrong key", "sk-aihub-wrong", same, 401, false},
		{"disabled user", disabled, same, 401, false},
		{"wrong address", far, same, 403, false},
		{"model not allowed", narrow, same, 403, true},
		{"quota", poor, same, 0, true}, // 402 or 429, by dialect
		{"malformed JSON", w.key, func(traffic) string { return `{"model":` }, 400, true},
		{"empty body", w.key, func(traffic) string { return "" }, 400, true},
		{"unknown model", w.key, func(tr traffic) string { return strings.ReplaceAll(tr.body, `"model":"`, `"model":"no-such-`) }, 0, true},
	}
	for _, tt := range tests {
		for _, tr := range plain() {
			if tt.name == "unknown model" && tr.provider == core.ProviderGemini {
				continue
			}
			got := w.send(http.MethodPost, tr.path, []byte(tt.body(tr)), func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+tt.key) })
			if tt.status != 0 && got.status != tt.status || got.status < 400 || got.status >= 500 {
				t.Errorf("%s, %s: %d %s", tt.name, tr.name, got.status, got.body)
			}
			checkDialect(t, tt.name, tr, got)
			if tt.rows {
				if row := w.record(got.row()); row.Status != got.status || row.Error == "" {
					t.Errorf("%s, %s: row %+v", tt.name, tr.name, row)
				}
			}
		}
	}
}

func same(tr traffic) string { return tr.body }

func checkDialect(t *testing.T, name string, tr traffic, got reply) {
	t.Helper()
	v := decode(t, got.body)
	e, ok := v["error"].(map[string]any)
	if !ok || e["message"] == "" {
		t.Errorf("%s, %s: %s", name, tr.name, got.body)
		return
	}
	switch tr.provider {
	case core.ProviderAnthropic:
		ok = v["type"] == "error" && e["type"] != nil
	case core.ProviderGemini:
		ok = e["status"] != nil && e["code"] == float64(got.status)
	default:
		_, param := e["param"]
		ok = e["type"] != nil && param
	}
	if !ok {
		t.Errorf("%s, %s: wrong dialect: %s", name, tr.name, got.body)
	}
}

func (w *world) newUser(body string) string {
	w.t.Helper()
	got := w.admin(http.MethodPost, "/api/users", body)
	if got.status != http.StatusCreated {
		w.t.Fatalf("%d %s", got.status, got.body)
	}
	key, _ := decode(w.t, got.body)["key"].(string)
	return key
}

func TestNoChannelAndNoAccount(t *testing.T) {
	w := newWorld(t)
	w.update(core.ProviderOpenAI, `{"enabled":false}`)
	w.update(core.ProviderGemini, `{"enabled":false}`)
	if got := w.post(plain()[0].path, plain()[0].body); got.status != 404 || !bytes.Contains(got.body, []byte("another API")) {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.update(core.ProviderAnthropic, `{"enabled":false}`)
	if got := w.post(plain()[2].path, plain()[2].body); got.status != 529 || !bytes.Contains(got.body, []byte("no channel is configured")) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestUpstreamDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.upstream.Close()
	for _, tr := range plain() {
		got := w.post(tr.path, tr.body)
		if got.status != http.StatusBadGateway {
			t.Errorf("%s: %d %s", tr.name, got.status, got.body)
		}
		// Both accounts, and both once more: a failure of the network may be over.
		if row := w.record(got.row()); row.Outcome != core.OutcomeUpstreamError || len(row.Attempts) != 4 {
			t.Errorf("%s: row %+v", tr.name, row)
		}
	}
}

func TestBodyAboveTheLimit(t *testing.T) {
	w := newWorld(t)
	body := func(size int) string {
		return `{"model":"gpt-4o","messages":[{"role":"user","content":"` + strings.Repeat("x", size) + `"}]}`
	}
	if got := w.post("/v1/chat/completions", body(70<<20)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("above the usual limit: %d %s", got.status, got.body)
	}
	if got := w.admin(http.MethodPut, "/api/settings", `{"max_body_mb":1}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	big := body(2 << 20)
	for _, tr := range plain() {
		got := w.send(http.MethodPost, tr.path, []byte(big), nil)
		if got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d %s", tr.name, got.status, got.body)
		}
		chunked := w.send(http.MethodPost, tr.path, []byte(big), func(r *http.Request) { r.ContentLength = -1 })
		if chunked.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s in chunks: %d %s", tr.name, chunked.status, chunked.body)
		}
		if row := w.record(got.row()); row.Outcome != core.OutcomeBadRequest {
			t.Errorf("%s: row %+v", tr.name, row)
		}
	}
}

func TestAClientThatLeavesCancelsTheUpstream(t *testing.T) {
	for _, tr := range streams() {
		t.Run(tr.name, func(t *testing.T) {
			w := newWorld(t)
			w.fault(simulator.Fault{Kind: simulator.FaultHang, Chunks: 5})
			ctx, leave := context.WithCancel(t.Context())
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+tr.path, strings.NewReader(tr.body))
			w.must(err)
			req.Header.Set("Authorization", "Bearer "+w.key)
			res, err := http.DefaultClient.Do(req)
			w.must(err)
			defer res.Body.Close()
			_, err = io.ReadAtLeast(res.Body, make([]byte, 256), 64)
			w.must(err)
			leave()
			row := w.record(res.Header.Get("X-Aihub-Request-Id"))
			if row.Outcome != core.OutcomeClientGone || row.Status != 499 || row.Usage.Output == 0 {
				t.Errorf("row %+v", row)
			}
			for w.sim.Stats().Total.StreamsCancelled == 0 {
				time.Sleep(5 * time.Millisecond) // the upstream learns it over its connection
			}
		})
	}
}

func TestHostAndOrigin(t *testing.T) {
	w := newWorld(t)
	host := strings.TrimPrefix(w.url, "http://")
	tests := []struct {
		name, path, host, origin string
		status                   int
	}{
		{"own host", "/healthz", host, "", 200},
		{"localhost", "/healthz", "localhost", "", 200},
		{"rebound name", "/healthz", "evil.example", "", 403},
		{"rebound name on the API", "/api/channels", "evil.example:8000", "", 403},
		{"own page", "/api/channels", host, "http://" + host, 200},
		{"foreign page", "/api/channels", host, "https://evil.example", 403},
		{"foreign page on the gateway", "/v1/models", host, "https://evil.example", 403},
		{"sandboxed page", "/v1/models", host, "null", 403},
		{"an editor", "/v1/models", host, "vscode-webview://abc", 200},
	}
	for _, tt := range tests {
		got := w.send(http.MethodGet, tt.path, nil, func(r *http.Request) {
			r.Host = tt.host
			r.Header.Set("X-Admin-Key", testAdminKey)
			if tt.origin != "" {
				r.Header.Set("Origin", tt.origin)
			}
		})
		if got.status != tt.status {
			t.Errorf("%s: %d %s", tt.name, got.status, got.body)
		}
		if v := got.header.Get("Access-Control-Allow-Origin"); v == "*" {
			t.Errorf("%s: wildcard CORS", tt.name)
		}
	}
}

func TestChannelTest(t *testing.T) {
	w := newWorld(t)
	for p, id := range w.channels {
		res, err := w.hub.Service().TestChannel(t.Context(), id)
		w.must(err)
		if !res.OK || res.Model == "" {
			t.Errorf("%s: %+v", p, res)
		}
	}
	w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 401, Path: "*chat*"})
	res, err := w.hub.Service().TestChannel(t.Context(), w.channels[core.ProviderOpenAI])
	w.must(err)
	if res.OK || res.Error == "" {
		t.Errorf("%+v", res)
	}
}

// A model is part of the upstream's address with Gemini: it must not lead
// elsewhere there.
func TestModelsInPaths(t *testing.T) {
	w := newWorld(t)
	tests := map[string]int{
		"/v1beta/models/..%2f..%2fadmin:generateContent":            400,
		"/v1beta/models/a/../b:generateContent":                     400,
		"/v1beta/models/%2e%2e:generateContent":                     400,
		"/v1beta/models//gemini-2.5-flash:generateContent":          400,
		"/v1beta/models/:generateContent":                           400,
		"/v1beta/models/gemini%00:generateContent":                  400,
		"/v1beta/models/gemini%0a:generateContent":                  400,
		"/v1beta/models/gemini%3fx=1:generateContent":               400,
		"/v1beta/models/gemini%23:generateContent":                  400,
		"/v1beta/models/..%5cgemini:generateContent":                400,
		"/v1/publishers/x:generateContent":                          404,
		"/v1/publishers/google:generateContent":                     404,
		"/v1/publishers/../models/gemini-2.5-flash:generateContent": 400,
		"/v1beta/models/gemini-2.5-flash:unknown":                   404,
		"/v1beta/models/gemini-2.5-flash:generateContent":           200,
	}
	tr := plain()[3]
	for path, status := range tests {
		u, err := url.Parse(w.url + path)
		w.must(err)
		got := w.send(http.MethodPost, tr.path, []byte(tr.body), func(r *http.Request) {
			r.URL = u
			r.Header.Set("X-Goog-Api-Key", w.key)
		})
		if got.status != status {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if status != http.StatusOK {
			checkDialect(t, path, tr, got)
		}
	}
}
