package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// kiroAccount puts an account of the simulated Kiro into the channel.
func (w *world) kiroAccount(channel string, seed simulator.KiroAccount) (id string, seeded simulator.KiroAccount) {
	w.t.Helper()
	seeded, cred, err := w.sim.AddKiroAccount(seed)
	w.must(err)
	a, err := w.hub.Service().CreateAccount(w.t.Context(), channel, admin.AccountInput{Name: &seeded.ID, Credential: &cred})
	w.must(err)
	return a.ID, seeded
}

// onlyKiro leaves models of Anthropic's names to Kiro.
func (w *world) onlyKiro() {
	w.t.Helper()
	w.must(w.hub.Service().DeleteChannel(w.t.Context(), w.channels[core.ProviderAnthropic]))
}

const kiroBody = `{"model":"claude-sonnet-4.5","max_tokens":500,"messages":[{"role":"user","content":"Hi [sim:text=bonjour]"}]}`

// Kiro's accounts answer clients of other protocols; a token that has ended is
// renewed on the way, and what a request cost is in the row and in the account.
func TestKiroAnswers(t *testing.T) {
	w, channel := kiroWorld(t)
	w.onlyKiro()
	id, seeded := w.kiroAccount(channel, simulator.KiroAccount{Kind: simulator.KiroBuilderID, Used: 10, Rotation: simulator.KiroSingleUse})
	before := w.hub.Store().Snapshot().Account(id).Credential
	w.must(w.sim.ExpireKiro(seeded.ID, "access"))
	r := w.post("/v1/messages", kiroBody)
	if r.status != http.StatusOK || !strings.Contains(string(r.body), "bonjour") {
		t.Fatalf("%d %s", r.status, r.body)
	}
	row := w.record(r.row())
	if row.AccountID != id || row.Usage.Credits <= 0 || len(row.Attempts) != 1 {
		t.Errorf("row %+v", row)
	}
	if after := w.hub.Store().Snapshot().Account(id).Credential; after.RefreshToken == before.RefreshToken {
		t.Error("the rotated token was not kept")
	}
	s := w.hub.Service()
	got, err := s.RefreshUsage(t.Context(), id)
	w.must(err)
	if u := got.Usage; u == nil || u.Plan != "KIRO FREE" || u.Limit != 50 || u.Used <= 10 || u.Owner == "" {
		t.Errorf("usage %+v", got.Usage)
	}
	_, err = s.RefreshToken(t.Context(), id)
	w.must(err)
	if test, err := s.TestAccount(t.Context(), id); err != nil || !test.OK {
		t.Errorf("test %+v, %v", test, err)
	}
}

// Where the policy looks at quotas, Kiro's own count of the credits decides who
// serves how much.
func TestQuotaAwareKnowsKirosCredits(t *testing.T) {
	w, channel := kiroWorld(t)
	w.onlyKiro()
	policy := core.PolicyQuotaAware
	_, err := w.hub.Service().UpdateChannel(t.Context(), channel, admin.ChannelInput{Policy: &policy})
	w.must(err)
	served := map[string]int{}
	low, _ := w.kiroAccount(channel, simulator.KiroAccount{ID: "low", Kind: simulator.KiroAPIKey, Plan: simulator.KiroPro, Used: 900})
	full, _ := w.kiroAccount(channel, simulator.KiroAccount{ID: "full", Kind: simulator.KiroAPIKey, Plan: simulator.KiroPro})
	for _, id := range []string{low, full} {
		a, err := w.hub.Service().RefreshUsage(t.Context(), id)
		w.must(err)
		if f := a.Forecast; f != nil || a.ForecastGap != core.GapTooLittle {
			t.Errorf("a pace out of nothing: %+v %q", f, a.ForecastGap)
		}
	}
	for i := range 22 {
		r := w.post("/v1/messages", strings.Replace(kiroBody, "Hi", fmt.Sprint("Hi ", i), 1))
		if r.status != http.StatusOK {
			t.Fatalf("%d %s", r.status, r.body)
		}
		served[w.record(r.row()).AccountID]++
	}
	if served[low] == 0 || served[full] < 3*served[low] {
		t.Errorf("the account with a tenth left served %d, the full one %d", served[low], served[full])
	}
}

// An account is not chosen for a model that it does not have, and the list of
// models is that of all accounts.
func TestKiroModels(t *testing.T) {
	w, channel := kiroWorld(t)
	w.onlyKiro()
	w.kiroAccount(channel, simulator.KiroAccount{Kind: simulator.KiroGoogle, Plan: simulator.KiroFree})
	paid, _ := w.kiroAccount(channel, simulator.KiroAccount{Kind: simulator.KiroAPIKey, Plan: simulator.KiroPro})
	list := decode(t, w.send(http.MethodGet, "/v1/models", nil, nil).body)
	var names []string
	for _, m := range list["data"].([]any) {
		names = append(names, m.(map[string]any)["id"].(string))
	}
	if !slices.Contains(names, "glm-5") || !slices.Contains(names, "claude-opus-5.5") {
		t.Errorf("models %q", names)
	}
	for range 4 {
		r := w.post("/v1/chat/completions", `{"model":"claude-opus-5.5","messages":[{"role":"user","content":"Hi"}]}`)
		if row := w.record(r.row()); r.status != http.StatusOK || row.AccountID != paid || len(row.Attempts) != 1 {
			t.Errorf("%d by %s after %d attempts: %s", r.status, row.AccountName, len(row.Attempts), r.body)
		}
	}
}

// A sign-in that is over, and one that is locked, each say so.
func TestKiroStates(t *testing.T) {
	w, channel := kiroWorld(t)
	w.onlyKiro()
	id, seeded := w.kiroAccount(channel, simulator.KiroAccount{Kind: simulator.KiroGitHub})
	w.must(w.sim.ExpireKiro(seeded.ID, "refresh"))
	w.must(w.sim.ExpireKiro(seeded.ID, "access"))
	if r := w.post("/v1/messages", kiroBody); r.status < 400 {
		t.Errorf("%d %s", r.status, r.body)
	}
	a, err := w.hub.Service().FindAccount(t.Context(), id)
	w.must(err)
	if a.State != core.StateNeedsLogin || a.Reason == "" {
		t.Errorf("state %s: %s", a.State, a.Reason)
	}
	other, seeded := w.kiroAccount(channel, simulator.KiroAccount{Kind: simulator.KiroGitHub, Suspended: true})
	if _, err := w.hub.Service().RefreshUsage(t.Context(), other); err == nil {
		t.Error("a suspended account told its usage")
	}
	if a, err = w.hub.Service().FindAccount(t.Context(), other); err != nil || a.State != core.StateSuspended {
		t.Errorf("state %s, %v", a.State, err)
	}
}
