package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// fates are what becomes of the credentials of a file, for each provider.
var fates = []string{"good", "revoked", "exhausted"}

// pool writes a file with a credential of each fate for every provider, and lets
// the simulator know of them.
func (w *trio) pool(round string) admin.ImportRequest {
	w.t.Helper()
	in := admin.ImportRequest{Verify: true, Files: []admin.ImportFile{{Name: "kiro.json"}, {Name: "keys.csv"}}}
	table, tokens := "provider,name,api_key\n", []map[string]string{}
	for p, channel := range w.channels {
		in.Targets = append(in.Targets, admin.ImportTarget{Provider: p, ChannelID: channel})
		for _, fate := range fates {
			name := fmt.Sprintf("%s %s %s", p, fate, round)
			key := "sk-" + strings.ReplaceAll(name, " ", "-") + "-0123456789"
			if p == core.ProviderKiro {
				key = w.kiroToken(fate)
				tokens = append(tokens, map[string]string{"email": name, "refreshToken": key, "authMethod": "social"})
			} else {
				table += fmt.Sprintf("%s,%s,%s\n", p, name, key)
			}
			w.doom(p, fate, key)
		}
	}
	list, err := json.Marshal(tokens)
	w.must(err)
	in.Files[0].Content, in.Files[1].Content = string(list), table
	return in
}

// kiroToken is one that the simulator knows, or of a sign-in that is over.
func (w *trio) kiroToken(fate string) string {
	w.t.Helper()
	_, cred, err := w.sim.AddKiroAccount(simulator.KiroAccount{Kind: simulator.KiroGoogle, Plan: simulator.KiroPower})
	w.must(err)
	if fate == "revoked" {
		return cred.RefreshToken[:len(cred.RefreshToken)-4] + "0000"
	}
	return cred.RefreshToken
}

func (w *trio) doom(p core.Provider, fate, key string) {
	w.t.Helper()
	switch {
	case fate == "exhausted" && p == core.ProviderGemini: // whose quotas are those of models
		w.fault(simulator.Fault{Kind: simulator.FaultQuota, Key: key, Path: "*generateContent*"})
	case fate == "exhausted":
		w.fault(simulator.Fault{Kind: simulator.FaultQuota, Key: key})
	case fate == "revoked" && p != core.ProviderKiro:
		w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: http.StatusUnauthorized, Key: key})
	}
}

// verified waits for the end of a verification, or for so many verdicts.
func (w *world) verified(id string, done int) admin.Import {
	w.t.Helper()
	for {
		rec, err := w.hub.Service().FindImport(w.t.Context(), id)
		w.must(err)
		if rec.State != admin.ImportVerifying || rec.Done == done {
			return rec
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Each account of an import is tried with its real provider: what works is used,
// what does not says why, and what is to become of it happens.
func TestAnImportIsVerifiedWithEveryProvider(t *testing.T) {
	for _, policy := range []admin.OnFailure{admin.FailureKeep, admin.FailureDisable, admin.FailureSkip} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, func(*app.Config) {})
			in := w.pool(string(policy))
			in.OnFailure = policy
			out, err := w.hub.Service().Import(t.Context(), in)
			w.must(err)
			if out.Created != 12 {
				t.Fatalf("%+v", out)
			}
			rec := w.verified(out.ImportID, -1)
			if rec.State != admin.ImportDone || rec.Total != 12 || rec.Done != 12 || rec.OK != 4 || rec.Failed != 8 {
				t.Errorf("%s: %d of %d done, %d ok, %d failed", rec.State, rec.Done, rec.Total, rec.OK, rec.Failed)
			}
			for _, made := range rec.Accounts {
				w.checkVerdict(t, &made, policy)
			}
		})
	}
}

func (w *trio) checkVerdict(t *testing.T, made *admin.ImportedAccount, policy admin.OnFailure) {
	t.Helper()
	good := strings.Contains(made.Name, "good")
	if (made.Verdict == "ok") != good || (made.Error == "") != good || strings.Contains(made.Error, "0123456789") {
		t.Errorf("%s: %s %q", made.Name, made.Verdict, made.Error)
	}
	a, err := w.hub.Service().FindAccount(t.Context(), made.ID)
	switch {
	case !good && policy == admin.FailureSkip:
		if core.CodeOf(err) != core.CodeNotFound {
			t.Errorf("%s is still there: %v", made.Name, err)
		}
		return
	case err != nil:
		t.Fatal(err)
	case a.Enabled != (good || policy == admin.FailureKeep):
		t.Errorf("%s: enabled %v", made.Name, a.Enabled)
	}
	want := map[bool][]core.State{true: {core.StateReady}, false: {core.StateDisabled}}[good]
	switch {
	case policy == admin.FailureKeep && strings.Contains(made.Name, "revoked"):
		want = []core.State{core.StateNeedsLogin}
	case policy == admin.FailureKeep && strings.Contains(made.Name, "exhausted"):
		want = []core.State{core.StateExhausted, core.StateCooling}
	}
	if a.State == core.StateReady && len(a.Cooldowns) > 0 {
		a.State = core.StateCooling // for a model
	}
	if a.State != want[0] && a.State != want[len(want)-1] {
		t.Errorf("%s: state %s (%s), want %v", made.Name, a.State, a.Reason, want)
	}
}

// A verification tells how far it is, and can be cancelled in the middle: what
// was found out by then is kept, and the accounts stay.
func TestAVerificationIsCancelledInTheMiddle(t *testing.T) {
	w := newTrio(t, func(*app.Config) {})
	in := w.pool("hanging")
	// The last ones never answer; the eight before them can be found out at a time.
	for i := range 3 {
		key := fmt.Sprintf("sk-hangs-%d-0123456789", i)
		in.Files[1].Content += fmt.Sprintf("openai,hangs %d,%s\n", i, key)
		w.fault(simulator.Fault{Kind: simulator.FaultHang, Chunks: -1, Key: key})
	}
	in.OnFailure = admin.FailureSkip
	out, err := w.hub.Service().Import(t.Context(), in)
	w.must(err)
	half := w.verified(out.ImportID, 12)
	if half.State != admin.ImportVerifying || half.Total != 15 || half.OK != 4 || half.Failed != 8 {
		t.Fatalf("%s: %d of %d, %d ok, %d failed", half.State, half.Done, half.Total, half.OK, half.Failed)
	}
	got := w.admin(http.MethodPost, "/api/imports/"+out.ImportID+"/cancel", "")
	if got.status != http.StatusOK || !strings.Contains(string(got.body), `"state":"cancelled"`) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	rec := w.verified(out.ImportID, -1)
	if rec.Done != 12 || rec.Failed != 8 {
		t.Errorf("%d done, %d failed", rec.Done, rec.Failed)
	}
	for _, made := range rec.Accounts {
		a, err := w.hub.Service().FindAccount(t.Context(), made.ID)
		if strings.Contains(made.Name, "hangs") && (err != nil || made.Verdict != "pending" || a.State != core.StateReady) {
			t.Errorf("%s: %s, %s %v", made.Name, made.Verdict, a.State, err)
		}
	}
}
