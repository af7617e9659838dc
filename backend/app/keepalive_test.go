package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// signs of life of each client's format.
func sign(tr traffic) string {
	switch tr.name {
	case "messages":
		return "event: ping\n"
	case "gemini array":
		return "\n"
	}
	return ": keep-alive\n\n"
}

func impatient(cfg *app.Config) { cfg.KeepAlive = 20 * time.Millisecond }

// A streaming client that waits gets signs of life, and then its answer.
func TestAWaitingClientIsKeptAlive(t *testing.T) {
	t.Parallel()
	w := newTrio(t, impatient)
	for name, model := range everywhere() {
		for _, tr := range streams() {
			path, body := onto(tr, model)
			w.sim.ClearFaults()
			w.fault(simulator.Fault{Kind: simulator.FaultSlowStart, DelayMS: 90})
			got := w.post(path, body)
			text := squeeze(got.body)
			if got.status != http.StatusOK || got.err != nil || !strings.HasPrefix(text, sign(tr)) || strings.Count(text, ending(tr)) != 1 {
				t.Errorf("%s to %s: %d %v %s", tr.name, name, got.status, got.err, got.body)
			}
			if tr.name == "gemini array" && !json.Valid(got.body) {
				t.Errorf("%s to %s: no JSON: %s", tr.name, name, got.body)
			}
			row := w.record(got.row())
			if row.Outcome != core.OutcomeOK || row.ResponseBytes != int64(len(got.body)) {
				t.Errorf("%s to %s: row %s, %d of %d bytes", tr.name, name, row.Outcome, row.ResponseBytes, len(got.body))
			}
		}
	}
}

// Between the pieces of a slow answer there are signs of life too.
func TestASlowAnswerIsKeptAlive(t *testing.T) {
	t.Parallel()
	w := newTrio(t, impatient)
	w.fault(simulator.Fault{Kind: simulator.FaultSlowChunks, DelayMS: 50})
	for name, model := range everywhere() {
		tr := streams()[0]
		path, body := onto(tr, model)
		got := w.post(path, strings.Replace(body, "tokens=30", "tokens=4", 1))
		if text := squeeze(got.body); got.status != http.StatusOK || strings.Count(text, ending(tr)) != 1 || strings.LastIndex(text, sign(tr)) < strings.Index(text, `"content":"`) {
			t.Errorf("to %s: %d %s", name, got.status, got.body)
		}
	}
}

// Behind a sign of life every account can still be tried; when none answers, the
// client is told inside its stream.
func TestAFailureBehindASignOfLife(t *testing.T) {
	for name, model := range everywhere() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, impatient)
			for _, tr := range streams() {
				path, body := onto(tr, model)
				w.heal(core.Provider(name))
				w.fault(simulator.Fault{Kind: simulator.FaultSlowStart, DelayMS: 60})
				w.fault(simulator.Fault{Kind: simulator.FaultStreamError, Chunks: -1})
				got := w.post(path, body)
				w.checkTold(tr, tr.name+" to "+name, got, false)
				if row := w.record(got.row()); len(row.Attempts) < 3 || !strings.HasPrefix(squeeze(got.body), sign(tr)) {
					t.Errorf("%s to %s: %d attempts, %s", tr.name, name, len(row.Attempts), got.body)
				}
			}
		})
	}
}

// heal ends all faults and lets the accounts of a provider be as new.
func (w *trio) heal(p core.Provider) {
	w.t.Helper()
	w.sim.ClearFaults()
	accounts, err := w.hub.Service().ListAccounts(w.t.Context(), w.channels[p])
	w.must(err)
	for _, a := range accounts.Items {
		_, err := w.hub.Service().ResetAccount(w.t.Context(), a.ID)
		w.must(err)
	}
}

// slowly sends a request, slower each time, until its answer is not held whole:
// what arrives at once is held at once, and fails over still.
func (w *world) slowly(send func(delayMS int) reply) reply {
	for delayMS := 5; ; delayMS *= 4 {
		got := send(delayMS)
		if row := w.record(got.row()); row.Outcome != core.OutcomeOK || len(row.Attempts) == 1 || delayMS > 1000 {
			return got
		}
	}
}
