package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/simulator"
)

// A stream that ends before its end was cut, whether between two frames or
// inside one; the client is told so as of a limit.
func TestKiroCutsEndAsALimit(t *testing.T) {
	for _, kind := range []simulator.FaultKind{simulator.FaultNoEnd, simulator.FaultTorn} {
		every(t, func(t *testing.T, w *world, a asker, model string) {
			w.fault(simulator.Fault{Kind: kind, Chunks: 3, Times: 1})
			got := w.put(a, model, "[sim:tokens=30]", "", false, false)
			row := w.kiroRow(got)
			if !strings.Contains(string(got.body), a.cut) {
				t.Errorf("%s: %s", kind, got.body)
			}
			if row.Usage.Credits != 0 || row.Usage.Output == 0 {
				t.Errorf("%s: %+v", kind, row.Usage)
			}
		})
	}
}

// A call that is cut never reaches the client.
func TestKiroHoldsCallsBack(t *testing.T) {
	every(t, func(t *testing.T, w *world, a asker, model string) {
		w.fault(simulator.Fault{Kind: simulator.FaultNoEnd, Chunks: 4, Times: 1})
		got := w.put(a, model, `[sim:tool=get_weather args={"city":"Bonn on the Rhine"}]`, "", true, false)
		w.kiroRow(got)
		if body := string(got.body); strings.Contains(body, a.call) || !strings.Contains(body, a.cut) || !strings.Contains(body, "cut off") {
			t.Errorf("%s", body)
		}
	})
}

// An error inside an answer that has begun with 200 fails over as long as the
// client has got nothing of it.
func TestKiroExceptionsFailOver(t *testing.T) {
	t.Parallel()
	for _, a := range askers() {
		w := withKiro(t, 2)
		w.fault(simulator.Fault{Kind: simulator.FaultStreamError, Times: 1})
		got := w.put(a, kiroOld, "[sim:tokens=30]", "", false, false)
		w.kiroRow(got)
		if got.header.Get("X-Aihub-Attempts") != "2" {
			t.Errorf("%s: %s attempts", a.name, got.header.Get("X-Aihub-Attempts"))
		}
	}
}

// Behind the first content it is told to the client.
func TestKiroExceptionsInside(t *testing.T) {
	t.Parallel()
	for _, a := range askers() {
		if !a.stream {
			continue
		}
		w := withKiro(t, 1)
		got := w.slowly(func(delayMS int) reply {
			w.fault(simulator.Fault{Kind: simulator.FaultStreamError, Chunks: 3, Times: 1})
			return w.put(a, kiroOld, fmt.Sprintf("[sim:tokens=30][sim:delay=%d]", delayMS), "", false, false)
		})
		row := w.record(got.row())
		if row.Outcome != core.OutcomeUpstreamError || row.Usage.Source != llm.Estimated || row.Usage.Output == 0 {
			t.Errorf("%s: row %s %+v", a.name, row.Outcome, row.Usage)
		}
		if got.err == nil && !strings.Contains(string(got.body), `"error":{`) {
			t.Errorf("%s: the answer looks whole: %s", a.name, got.body)
		}
	}
}

// An empty answer is asked for again twice, not more often.
func TestKiroEmptyAnswers(t *testing.T) {
	for _, a := range askers() {
		w := withKiro(t, 1)
		w.fault(simulator.Fault{Kind: simulator.FaultEmpty, Times: 2})
		got := w.put(a, kiroOld, "Hi", "", false, false)
		if row := w.kiroRow(got); len(row.Attempts) != 3 || row.Attempts[0].Reason == "" {
			t.Errorf("%s: attempts %+v", a.name, row.Attempts)
		}
		w.fault(simulator.Fault{Kind: simulator.FaultEmpty, Times: 3})
		got = w.put(a, kiroOld, "Hi", "", false, false)
		row := w.record(got.row())
		if got.status != http.StatusBadGateway || len(row.Attempts) != 3 || row.Outcome != core.OutcomeUpstreamError {
			t.Errorf("%s: %d after %d attempts: %s", a.name, got.status, len(row.Attempts), got.body)
		}
		// The account is none the worse for it.
		w.kiroRow(w.put(a, kiroOld, "Hi", "", false, false))
	}
}

// Calls that leak into the text are calls all the same.
func TestKiroLeaksAreCalls(t *testing.T) {
	for _, form := range []string{"", "invoke"} {
		every(t, func(t *testing.T, w *world, a asker, model string) {
			w.fault(simulator.Fault{Kind: simulator.FaultLeak, Reason: form, Times: 1})
			got := w.put(a, model, `[sim:tool=get_weather args={"city":"Bonn"}]`, "", true, false)
			w.kiroRow(got)
			if body := string(got.body); !strings.Contains(body, a.call) || strings.Contains(body, "Called get_weather") || strings.Contains(body, "<invoke") {
				t.Errorf("%q: %s", form, body)
			}
		})
	}
}

// A test of the channel asks Kiro a real question, and tells its refusal.
func TestKiroChannelsCanBeTested(t *testing.T) {
	w := withKiro(t, 1)
	test := func() core.TestResult {
		t.Helper()
		res, err := w.hub.Service().TestChannel(t.Context(), w.channels[core.ProviderKiro])
		w.must(err)
		return res
	}
	if res := test(); !res.OK || res.Model == "" {
		t.Errorf("%+v", res)
	}
	w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 402, Times: 1})
	if res := test(); res.OK || res.Error == "" {
		t.Errorf("%+v", res)
	}
}

// The models that a client is shown are those that Kiro lists.
func TestKiroModelsAreListed(t *testing.T) {
	w := withKiro(t, 1)
	got := w.send(http.MethodGet, "/v1/models", nil, nil)
	for _, name := range []string{`"claude-opus-5"`, `"qwen3-coder-next"`} {
		if !strings.Contains(string(got.body), name) {
			t.Errorf("%s is not listed: %s", name, got.body)
		}
	}
}

// Old hosts end without the event that tells the end: a switch takes that for
// whole.
func TestKiroOpenEnd(t *testing.T) {
	for _, open := range []bool{false, true} {
		w := withKiro(t, 1)
		w.sim.SetKiro(simulator.KiroSettings{NoMetadata: true})
		w.close()
		w.change = func(c *app.Config) { c.KiroOpenEnd = open }
		w.open()
		for _, a := range askers() {
			got := w.put(a, kiroOld, "[sim:tokens=30]", "", false, false)
			w.kiroRow(got)
			if cut := strings.Contains(string(got.body), a.cut); cut == open {
				t.Errorf("%s: cut %v with the switch at %v: %s", a.name, cut, open, got.body)
			}
		}
	}
}
