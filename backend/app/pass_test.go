package app_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/pricing"
	"github.com/aihub/aihub/backend/simulator"
)

func TestEveryRequestHasARowWithReportedUsage(t *testing.T) {
	w := newWorld(t)
	var in, out int64
	for _, tr := range append(plain(), streams()...) {
		t.Run(tr.name, func(t *testing.T) {
			got := w.post(tr.path, tr.body)
			if got.status != http.StatusOK || got.err != nil {
				t.Fatalf("%d %v %s", got.status, got.err, got.body)
			}
			row := w.record(got.row())
			if row.Outcome != core.OutcomeOK || row.Status != http.StatusOK || row.UserID != w.userID || len(row.Attempts) != 1 {
				t.Errorf("row %+v", row)
			}
			if row.Usage.Source != llm.Reported || row.Usage.Input == 0 || row.Usage.Output == 0 {
				t.Errorf("usage %+v", row.Usage)
			}
			if row.CostUSD == nil || row.Price == nil || *row.CostUSD != pricing.Cost(*row.Price, row.Usage) || *row.CostUSD == 0 {
				t.Errorf("cost %v by %+v", row.CostUSD, row.Price)
			}
			if row.ResponseBytes != int64(len(got.body)) || row.RequestBytes != int64(len(tr.body)) {
				t.Errorf("%d of %d bytes out, %d of %d in", row.ResponseBytes, len(got.body), row.RequestBytes, len(tr.body))
			}
			for name, want := range map[string]string{
				"X-Aihub-Account": row.AccountID, "X-Aihub-Channel": row.ChannelID, "X-Aihub-Model": row.UpstreamModel, "X-Aihub-Attempts": "1",
			} {
				if v := got.header.Get(name); v != want || want == "" {
					t.Errorf("%s is %q, want %q", name, v, want)
				}
			}
			in, out = in+row.Usage.Input, out+row.Usage.Output
		})
	}
	seen := w.sim.Stats()
	if seen.Total.Usage.Input != in || seen.Total.Usage.Output != out {
		t.Errorf("the provider counted %d in and %d out, the ledger %d and %d", seen.Total.Usage.Input, seen.Total.Usage.Output, in, out)
	}
}

// What the gateway does not know arrives upstream as it was sent; what is the
// client's own does not arrive.
func TestBytesArriveAsTheyWereSent(t *testing.T) {
	w := newWorld(t)
	body := "{ \"model\" : \"claude-sonnet-4-5\",\n \"x_future\" : {\"b\":1.0, \"a\":[1,2]}, \"max_tokens\":10, \"messages\":[{\"role\":\"user\",\"content\":\"\\u00e9 <&> é\"}] }"
	got := w.send(http.MethodPost, "/v1/messages?beta=true&key="+w.key, []byte(body), func(r *http.Request) {
		r.Header.Del("Authorization")
		r.Header["Anthropic-Beta"] = []string{"one-2026-01-01,two", "three"}
		r.Header.Set("Anthropic-Version", "2026-10-21")
		r.Header.Set("X-Stainless-Lang", "js")
		r.Header.Set("Cookie", "session=1")
	})
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	seen := w.sim.Requests()
	last := seen[len(seen)-1]
	if string(last.Body) != body {
		t.Errorf("body arrived as %s", last.Body)
	}
	if last.Query != "beta=true" {
		t.Errorf("query arrived as %q", last.Query)
	}
	if v := strings.Join(last.Header["Anthropic-Beta"], "|"); v != "one-2026-01-01,two|three" {
		t.Errorf("anthropic-beta arrived as %q", v)
	}
	if last.Header.Get("Anthropic-Version") != "2026-10-21" || last.Header.Get("X-Stainless-Lang") != "js" || last.Header.Get("Cookie") != "" {
		t.Errorf("headers arrived as %v", last.Header)
	}
	for name, values := range last.Header {
		if strings.Contains(strings.Join(values, ","), w.key) {
			t.Errorf("the client's key arrived in %s", name)
		}
	}
}

func TestAliasChangesOnlyTheModel(t *testing.T) {
	w := newWorld(t)
	w.update(core.ProviderOpenAI, `{"aliases":{"my-model":"gpt-4o"}}`)
	got := w.post("/v1/chat/completions", `{"x_1":1,"model":"my-model","stream":true,"messages":[{"role":"user","content":"Hi"}]}`)
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if bytes.Contains(got.body, []byte(`"usage"`)) {
		t.Errorf("the client gets usage that it has not asked for: %s", got.body)
	}
	seen := w.sim.Requests()
	want := `{"stream_options":{"include_usage":true},"x_1":1,"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi"}]}`
	if body := string(seen[len(seen)-1].Body); body != want {
		t.Errorf("arrived as %s", body)
	}
	row := w.record(got.row())
	if row.RequestedModel != "my-model" || row.UpstreamModel != "gpt-4o" || row.Usage.Source != llm.Reported {
		t.Errorf("row %+v", row)
	}
}

// A request that is wrong is wrong with every account: it is not tried again
// and burns none.
func TestARequestsOwnFaultBurnsNoAccount(t *testing.T) {
	w := newWorld(t)
	for range 5 {
		got := w.post("/v1/messages", `{"model":"claude-sonnet-4-5","max_tokens":10,"messages":[]}`)
		if got.status != http.StatusBadRequest || got.header.Get("X-Aihub-Attempts") != "1" {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if row := w.record(got.row()); row.Outcome != core.OutcomeBadRequest || row.Error == "" {
			t.Errorf("row %+v", row)
		}
	}
	accounts, err := w.hub.Service().ListAccounts(t.Context(), w.channels[core.ProviderAnthropic])
	w.must(err)
	for _, a := range accounts.Items {
		if a.State != core.StateReady {
			t.Errorf("account %s is %s", a.Name, a.State)
		}
	}
}

func TestTheGatewaysCredentialIsNotTheClientsProblem(t *testing.T) {
	for _, tr := range plain() {
		w := newWorld(t)
		w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 401})
		got := w.post(tr.path, tr.body)
		if got.status != http.StatusBadGateway || got.header.Get("X-Should-Retry") != "false" {
			t.Errorf("%s: %d %s", tr.name, got.status, got.body)
		}
	}
}

func TestBrokenStreamsDoNotLookWhole(t *testing.T) {
	t.Parallel()
	for _, tr := range streams() {
		for _, f := range []simulator.Fault{{Kind: simulator.FaultCut, Chunks: 5}, {Kind: simulator.FaultNoEnd, Chunks: 5}} {
			w := newWorld(t)
			w.fault(f)
			got := w.post(tr.path, tr.body)
			row := w.record(got.row())
			if row.Outcome != core.OutcomeUpstreamError || row.Error == "" {
				t.Errorf("%s, %s: row %s %q", tr.name, f.Kind, row.Outcome, row.Error)
			}
			if row.Usage.Source != llm.Estimated || row.Usage.Output == 0 || row.Usage.Input == 0 {
				t.Errorf("%s, %s: usage %+v", tr.name, f.Kind, row.Usage)
			}
			if got.err == nil && !bytes.Contains(got.body, []byte(`"error":{`)) {
				t.Errorf("%s, %s: the answer looks whole: %s", tr.name, f.Kind, got.body)
			}
		}
	}
}

func TestErrorInsideAStreamIsInTheRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(simulator.Fault{Kind: simulator.FaultStreamError, Chunks: 3})
	for _, tr := range streams() {
		got := w.post(tr.path, tr.body)
		if row := w.record(got.row()); row.Outcome != core.OutcomeUpstreamError || row.Error == "" {
			t.Errorf("%s: row %s %q", tr.name, row.Outcome, row.Error)
		}
	}
}

func TestCompressedBody(t *testing.T) {
	w := newWorld(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte(plain()[0].body))
	w.must(err)
	w.must(z.Close())
	got := w.send(http.MethodPost, plain()[0].path, packed.Bytes(), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") })
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	seen := w.sim.Requests()
	if body := string(seen[len(seen)-1].Body); body != plain()[0].body {
		t.Errorf("arrived as %q", body)
	}
}

func TestOtherPathsPassThrough(t *testing.T) {
	w := newWorld(t)
	for path, body := range map[string]string{
		"/v1/embeddings":                                      `{"model":"text-embedding-3-small","input":"Hi"}`,
		"/v1/moderations":                                     `{"model":"omni-moderation-latest","input":"Hi"}`,
		"/v1/images/generations":                              `{"model":"gpt-image-1","prompt":"a hub"}`,
		"/v1/audio/speech":                                    `{"model":"tts-1","input":"Hi","voice":"alloy"}`,
		"/v1/responses/input_tokens":                          `{"model":"gpt-4o","input":"Hi"}`,
		"/v1/messages/count_tokens":                           `{"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"Hi"}]}`,
		"/v1beta/models/gemini-2.5-flash:countTokens":         `{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}`,
		"/v1beta/models/gemini-embedding-001:embedContent":    `{"content":{"parts":[{"text":"Hi"}]}}`,
		"/v1/completions":                                     `{"model":"gpt-3.5-turbo-instruct","prompt":"Hi"}`,
		"/v1/models/gemini-2.5-flash:generateContent":         plain()[3].body,
		"/v1alpha/models/models%2Fgemini-x:generateContent":   "",
		"/v1beta/models/gemini-2.5-flash:predictLongRunning1": "",
	} {
		got := w.post(path, body)
		want := http.StatusOK
		if body == "" {
			want = 0
		}
		if want == http.StatusOK && got.status != want {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if want == 0 && (got.status < 400 || decode(t, got.body)["error"] == nil) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
