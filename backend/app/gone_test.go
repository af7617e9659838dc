package app_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/simulator"
)

// onClientGone sets the policy of the world's user.
func (w *world) onClientGone(policy string) {
	w.t.Helper()
	got := w.admin(http.MethodPut, "/api/users/"+w.userID, `{"on_client_gone":`+policy+`}`)
	if got.status != http.StatusOK {
		w.t.Fatalf("%d %s", got.status, got.body)
	}
}

// leave sends a request, goes away once the answer has begun, and returns the
// row that came of it. A stream has begun with its first bytes; a whole answer is
// left before it comes.
func (w *world) leave(tr traffic, stream bool) *core.Record {
	w.t.Helper()
	ctx, leave := context.WithCancel(w.t.Context())
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+tr.path, strings.NewReader(tr.body))
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+w.key)
	if !stream {
		go w.leaveInFlight(leave)
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
			w.t.Fatalf("the answer came: %d", res.StatusCode)
		}
		return w.lastRow()
	}
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	defer res.Body.Close()
	_, err = io.ReadAtLeast(res.Body, make([]byte, 256), 64)
	w.must(err)
	leave()
	return w.record(res.Header.Get("X-Aihub-Request-Id"))
}

// leaveSilence is leave of a stream that has fallen silent.
func (w *world) leaveSilence(tr traffic) *core.Record {
	w.t.Helper()
	ctx, leave := context.WithCancel(w.t.Context())
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+tr.path, strings.NewReader(tr.body))
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+w.key)
	res, err := http.DefaultClient.Do(req)
	w.must(err)
	defer res.Body.Close()
	const silence = 300 * time.Millisecond
	timer := time.AfterFunc(silence, leave)
	for buf := make([]byte, 4096); err == nil; timer.Reset(silence) {
		_, err = res.Body.Read(buf)
	}
	return w.record(res.Header.Get("X-Aihub-Request-Id"))
}

// leaveInFlight leaves when the upstream has the request.
func (w *world) leaveInFlight(leave func()) {
	defer leave()
	for w.t.Context().Err() == nil && len(w.sim.Requests()) == 0 {
		time.Sleep(time.Millisecond)
	}
}

func (w *world) lastRow() *core.Record {
	w.t.Helper()
	for {
		got := w.admin(http.MethodGet, "/api/logs?limit=1", "")
		if items := decode(w.t, got.body)["items"].([]any); len(items) > 0 {
			return w.record(items[0].(map[string]any)["id"].(string))
		}
		time.Sleep(time.Millisecond)
	}
}

// converted is a stream and a whole answer that pass between two protocols.
func converted(stream string) traffic {
	return traffic{
		name: "converted", path: "/v1/chat/completions", provider: core.ProviderAnthropic,
		body: `{"model":"claude-sonnet-4-5","stream":` + stream + `,"messages":[{"role":"user","content":"Hi [sim:tokens=30]"}]}`,
	}
}

// With drain the provider's own numbers are in the row of a client that left.
func TestDrainKnowsWhatWasUsed(t *testing.T) {
	t.Parallel()
	check := func(tr traffic, stream bool) {
		t.Run(tr.name, func(t *testing.T) {
			w := newWorld(t)
			w.onClientGone(`{"mode":"drain"}`)
			w.fault(simulator.Fault{Kind: simulator.FaultSlowChunks, DelayMS: 10})
			w.fault(simulator.Fault{Kind: simulator.FaultSlowStart, DelayMS: 100})
			row := w.leave(tr, stream)
			if row.Outcome != core.OutcomeClientGone || row.Status != 499 || row.Error == "" || row.Attempts[0].Reason != "" {
				t.Errorf("row %+v", row)
			}
			seen := w.sim.Stats().Total
			if row.Usage.Source != llm.Reported || row.Usage.Output == 0 || row.Usage.Output != seen.Usage.Output || row.Usage.Input != seen.Usage.Input {
				t.Errorf("usage %+v, the provider counted %+v", row.Usage, seen.Usage)
			}
			if seen.StreamsCancelled+seen.Cancelled > 0 {
				t.Error("the upstream was cancelled")
			}
			w.wantUsed(row.Usage.Total())
		})
	}
	for _, tr := range streams() {
		check(tr, true)
	}
	for _, tr := range plain() {
		tr.name += " whole"
		check(tr, false)
	}
	check(converted("true"), true)
	check(converted("false"), false)
}

// With cut the row has what was counted here until the client left, and the
// provider generates no more.
func TestCutCountsWhatCame(t *testing.T) {
	for _, tr := range append(streams(), converted("true")) {
		t.Run(tr.name, func(t *testing.T) {
			w := newWorld(t)
			w.onClientGone(`{"mode":"cut"}`)
			w.fault(simulator.Fault{Kind: simulator.FaultHang, Chunks: 20})
			// Pieces of several tokens each: what is counted is the text.
			tr.body = strings.Replace(tr.body, "[sim:tokens=30]", "[sim:text="+strings.Repeat("Water flows. ", 90)+"]", 1)
			row := w.leaveSilence(tr)
			for w.sim.Stats().Total.StreamsCancelled == 0 {
				time.Sleep(5 * time.Millisecond) // the upstream learns it over its connection
			}
			lost := w.sim.Stats().Total.Lost
			if row.Outcome != core.OutcomeClientGone || row.Usage.Source != llm.Estimated || row.Attempts[0].Reason != "" {
				t.Errorf("row %+v", row)
			}
			if near := func(got, want int64) bool { return got >= want*3/4 && got <= want*3/2+8 }; lost.Output < 20 ||
				!near(row.Usage.Output, lost.Output) || !near(row.Usage.Input, lost.Input) {
				t.Errorf("usage %+v, the provider counted %+v", row.Usage, lost)
			}
			w.wantUsed(row.Usage.Total())
		})
	}
}

// wantUsed compares what the user's quota has counted.
func (w *world) wantUsed(tokens int64) {
	w.t.Helper()
	user, err := w.hub.Service().FindUser(w.t.Context(), w.userID)
	w.must(err)
	if user.Used.Tokens != tokens || user.Used.Requests != 1 {
		w.t.Errorf("the quota counts %d tokens of %d requests, want %d of 1", user.Used.Tokens, user.Used.Requests, tokens)
	}
}

// An upstream that does not come to its end is cut when the time is over.
func TestDrainEndsInTime(t *testing.T) {
	t.Parallel()
	for _, tr := range append(streams(), converted("true")) {
		t.Run(tr.name, func(t *testing.T) {
			w := newWorld(t)
			w.onClientGone(`{"mode":"drain_for","seconds":1}`)
			w.fault(simulator.Fault{Kind: simulator.FaultHang, Chunks: 5})
			row := w.leave(tr, true)
			if row.Outcome != core.OutcomeClientGone || row.Usage.Source != llm.Estimated || row.Usage.Output == 0 || row.DurationMS < 1000 {
				t.Errorf("row %+v", row)
			}
			for w.sim.Stats().Total.StreamsCancelled == 0 {
				time.Sleep(5 * time.Millisecond) // the upstream learns it over its connection
			}
			w.wantUsed(row.Usage.Total())
		})
	}
}

// An upstream that fails behind a client that has left is in the row as what it
// is to the user: an answer that nobody took.
func TestDrainOfABrokenStream(t *testing.T) {
	t.Parallel()
	for _, kind := range []simulator.FaultKind{simulator.FaultCut, simulator.FaultStreamError} {
		for _, tr := range append(streams(), converted("true")) {
			w := newWorld(t)
			w.onClientGone(`{"mode":"drain"}`)
			w.fault(simulator.Fault{Kind: simulator.FaultSlowChunks, DelayMS: 10})
			w.fault(simulator.Fault{Kind: kind, Chunks: 15})
			if row := w.leave(tr, true); row.Outcome != core.OutcomeClientGone || row.Usage.Output == 0 {
				t.Errorf("%s, %s: row %+v", tr.name, kind, row)
			}
		}
	}
}

// A stop does not wait for what nobody waits for longer than for a client.
func TestAStopEndsADrain(t *testing.T) {
	w := newWorld(t)
	w.onClientGone(`{"mode":"drain"}`)
	w.fault(simulator.Fault{Kind: simulator.FaultHang, Chunks: 5})
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() {
		for w.t.Context().Err() == nil && w.sim.Stats().Total.StreamsBegun == 0 {
			time.Sleep(time.Millisecond)
		}
		time.AfterFunc(300*time.Millisecond, cancel) // by then the client has left
		stopped <- w.hub.StopGateway(ctx)
	}()
	if row := w.leave(streams()[0], true); row.Outcome != core.OutcomeClientGone || row.Usage.Source != llm.Estimated {
		t.Errorf("row %+v", row)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
