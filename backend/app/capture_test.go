package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// capture turns capture on.
func (w *world) capture(settings string) {
	w.t.Helper()
	if got := w.admin(http.MethodPut, "/api/settings", settings); got.status != http.StatusOK {
		w.t.Fatalf("%d %s", got.status, got.body)
	}
}

func (w *world) bodies(id string) core.Capture {
	w.t.Helper()
	c, err := w.hub.Service().FindLogBody(w.t.Context(), id)
	w.must(err)
	return c
}

func (w *world) wantNoBodies(id string) {
	w.t.Helper()
	if row := w.record(id); row.Captured {
		w.t.Errorf("the row %+v says that it has bodies", row)
	}
	if got := w.admin(http.MethodGet, "/api/logs/"+id+"/body", ""); got.status != http.StatusNotFound || !strings.Contains(string(got.body), "settings") {
		w.t.Errorf("%d %s", got.status, got.body)
	}
}

func TestNoBodyIsKeptByDefault(t *testing.T) {
	w := newWorld(t)
	for _, tr := range append(plain(), streams()...) {
		w.wantNoBodies(w.post(tr.path, tr.body).row())
	}
	w.wantNoBodies(w.post("/v1/chat/completions", `{"model":"none"}`).row())
}

// The answer is kept as the client got it, byte for byte, however it came about.
func TestBodiesAreKeptAsTheyWere(t *testing.T) {
	w := newWorld(t)
	w.restrict()
	w.capture(`{"capture":"all"}`)
	for _, tr := range append(append(plain(), streams()...), converted("true"), converted("false")) {
		got := w.post(tr.path, tr.body)
		if got.status != http.StatusOK || got.err != nil {
			t.Fatalf("%s: %d %v", tr.name, got.status, got.err)
		}
		row := w.record(got.row())
		c := w.bodies(row.ID)
		if !row.Captured || c.Request != tr.body || c.Response != string(got.body) || len(c.Truncated) > 0 || c.Redacted > 0 {
			t.Errorf("%s: captured: %v\n%+v\nwant %s", tr.name, row.Captured, c, got.body)
		}
		if isConverted := row.UpstreamProtocol != row.ClientProtocol; isConverted && !strings.Contains(c.UpstreamRequest, `"max_tokens"`) {
			t.Errorf("%s: the converted request is missing: %q", tr.name, c.UpstreamRequest)
		}
	}
	answer := w.admin(http.MethodGet, "/api/logs/"+w.post(plain()[2].path, plain()[2].body).row()+"/body", "")
	if v := decode(t, answer.body); answer.status != http.StatusOK || v["request"] != plain()[2].body || v["upstream_request"] != nil || v["redacted"] != 0.0 {
		t.Errorf("%d %s", answer.status, answer.body)
	}
}

func TestBodiesHoldNoSecret(t *testing.T) {
	w := newWorld(t)
	w.capture(`{"capture":"all"}`)
	got := w.post("/v1/messages", `{"model":"claude-sonnet-4-5","max_tokens":200,"messages":[{"role":"user","content":"Why is `+w.key+` refused?\n`+w.key+`"}]}`)
	c := w.bodies(got.row())
	if all := fmt.Sprint(c); strings.Contains(all, w.key) || c.Redacted < 2 || !strings.Contains(c.Request, `Why is [secret] refused?\n[secret]"`) {
		t.Errorf("%+v", c)
	}
}

func TestBodiesAreCutAtTheLimit(t *testing.T) {
	w := newWorld(t)
	w.capture(`{"capture":"all","capture_kb":1}`)
	body := strings.Replace(streams()[0].body, "Hi [sim:tokens=30]", strings.Repeat("word ", 1000)+"[sim:tokens=300]", 1)
	got := w.post(streams()[0].path, body)
	c := w.bodies(got.row())
	if c.Request != body[:1024] || c.Response != string(got.body[:1024]) || len(c.Truncated) < 2 {
		t.Errorf("%d and %d bytes, %v", len(c.Request), len(c.Response), c.Truncated)
	}
}

func TestOnlyBodiesOfErrors(t *testing.T) {
	w := newWorld(t)
	w.capture(`{"capture":"errors"}`)
	w.wantNoBodies(w.post(plain()[0].path, plain()[0].body).row())
	for _, bad := range []string{`{"model":"none","messages":[]}`, `{"model":`, ""} {
		got := w.post("/v1/chat/completions", bad)
		if c := w.bodies(got.row()); got.status < 400 || c.Request != bad || c.Response != string(got.body) {
			t.Errorf("%q: %d %+v", bad, got.status, c)
		}
	}
	w.fault(simulator.Fault{Kind: simulator.FaultCut, Chunks: 10})
	got := w.post(streams()[2].path, streams()[2].body)
	if c := w.bodies(got.row()); c.Response != string(got.body) || !strings.Contains(c.Response, "error") {
		t.Errorf("a stream that broke: %+v", c)
	}
}

func TestBodiesOfAClientThatLeaves(t *testing.T) {
	for _, tr := range append(streams(), converted("true")) {
		w := newWorld(t)
		w.capture(`{"capture":"all"}`)
		w.fault(simulator.Fault{Kind: simulator.FaultHang, Chunks: 15})
		row := w.leave(tr, true)
		if c := w.bodies(row.ID); !row.Captured || c.Request != tr.body || len(c.Response) < 64 || int64(len(c.Response)) != row.ResponseBytes {
			t.Errorf("%s: %d bytes of %d, %+v", tr.name, len(c.Response), row.ResponseBytes, c)
		}
	}
}

// What has been handed over is kept when the program ends at once.
func TestBodiesOutliveARestart(t *testing.T) {
	w := newWorld(t)
	w.capture(`{"capture":"all"}`)
	id := w.post(streams()[0].path, streams()[0].body).row()
	w.close()
	w.open()
	if c := w.bodies(id); c.Request != streams()[0].body || c.Response == "" {
		t.Errorf("%+v", c)
	}
}
