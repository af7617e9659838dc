package app_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/simulator"
)

// onKiro is a model that only Kiro has.
const onKiro = "qwen3-coder-next"

// kiroPeople is a kiroWorld with two accounts of Kiro, and the other channels
// kept to their own models.
func kiroPeople(t *testing.T) *world {
	t.Helper()
	w, channel := kiroWorld(t)
	w.restrict()
	for _, kind := range []simulator.KiroKind{simulator.KiroBuilderID, simulator.KiroGoogle} {
		_, cred, err := w.sim.AddKiroAccount(simulator.KiroAccount{Kind: kind, ID: string(kind), Plan: simulator.KiroPro, Rotation: simulator.KiroSingleUse})
		w.must(err)
		name := string(kind)
		_, err = w.hub.Service().CreateAccount(t.Context(), channel, admin.AccountInput{Name: &name, Credential: &cred})
		w.must(err)
	}
	return w
}

// The ledger has Kiro's own price of every answer.
func TestKiroCreditsAreTheProvidersOwn(t *testing.T) {
	w := kiroPeople(t)
	credits := 0.0
	for _, tr := range append(plain(), streams()...) {
		path, body := onto(tr, onKiro)
		got := w.post(path, body)
		if got.status != http.StatusOK || got.err != nil {
			t.Fatalf("%s: %d %v %s", tr.name, got.status, got.err, got.body)
		}
		credits += w.record(got.row()).Usage.Credits
	}
	total := w.sim.Stats().Total
	if d := credits - total.Usage.Credits; d > 1e-9 || d < -1e-9 || credits == 0 || total.Refused > 0 {
		t.Errorf("%v credits in the ledger, %v at the provider, %d refused", credits, total.Usage.Credits, total.Refused)
	}
}

// What goes wrong with one account before any content, another makes good.
func TestKiroFailsOver(t *testing.T) {
	for _, f := range []simulator.Fault{
		{Kind: simulator.FaultStatus, Status: 402},
		{Kind: simulator.FaultStatus, Status: 403, Reason: "suspended"},
		{Kind: simulator.FaultStatus, Status: 429},
		{Kind: simulator.FaultStatus, Status: 429, Reason: "insufficient_quota"},
		{Kind: simulator.FaultStatus, Status: 503},
		{Kind: simulator.FaultStreamError, Status: 429, Reason: "requests"},
		{Kind: simulator.FaultCut},
		{Kind: simulator.FaultNoEnd},
		{Kind: simulator.FaultTorn},
		{Kind: simulator.FaultEmpty},
	} {
		t.Run(string(f.Kind)+" "+f.Reason, func(t *testing.T) {
			w := kiroPeople(t)
			f.Times = 1
			w.fault(f)
			path, body := onto(streams()[0], onKiro)
			got := w.post(path, body)
			if got.status != http.StatusOK || got.header.Get("X-Aihub-Attempts") != "2" || bytes.Contains(got.body, []byte(`"error":{`)) || !bytes.Contains(got.body, []byte("[DONE]")) {
				t.Errorf("%d after %s attempts: %s", got.status, got.header.Get("X-Aihub-Attempts"), got.body)
			}
		})
	}
}

// A token that the provider ends early is renewed in the middle of a request,
// and none of the tokens is used twice.
func TestKiroRenewsInTheMiddle(t *testing.T) {
	w := kiroPeople(t)
	for _, a := range w.sim.KiroAccounts() {
		w.must(w.sim.ExpireKiro(a.ID, "access"))
	}
	for range 4 {
		path, body := onto(plain()[0], onKiro)
		if got := w.post(path, body); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	live := 0
	for _, token := range w.sim.KiroTokens() {
		if token.Uses > 1 || token.Refused > 0 {
			t.Errorf("a refresh token was used %d times and refused %d times", token.Uses, token.Refused)
		}
		if token.State == "live" {
			live++
		}
	}
	if live != 2 || len(w.sim.KiroTokens()) < 3 {
		t.Errorf("%d tokens, %d live", len(w.sim.KiroTokens()), live)
	}
}
