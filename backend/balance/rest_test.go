package balance

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// What a search has passed over for its rest is found again the moment that the
// rest ends early.
func TestARestThatEndsEarly(t *testing.T) {
	model := of(limits.ScopeAccountModel, core.StateCooling, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
	account := of(limits.ScopeAccount, core.StateExhausted, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
	signIn := limits.Finding{Scope: limits.ScopeAccount, State: core.StateNeedsLogin}
	tests := []struct {
		name  string
		close limits.Finding
		open  func(*world, *Balancer)
	}{
		{"by a person", model, func(_ *world, b *Balancer) { b.Reset("a") }},
		{"by a test", model, func(_ *world, b *Balancer) { b.Report("a", "m", limits.Finding{}) }},
		{"by the provider's count", account, func(_ *world, b *Balancer) { b.Refill("a") }},
		{"by a sign-in that is taken", signIn, func(_ *world, b *Balancer) { b.SignedIn("a") }},
		{"by another credential", signIn, func(w *world, _ *Balancer) {
			w.edit("a", func(a *core.Account) { a.Credential.APIKey = "new" })
		}},
		{"by itself", model, func(w *world, _ *Balancer) { w.clock = w.clock.AddDate(0, 1, 0) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, b := two()
			b.Report("a", "m", tt.close)
			for range 3 {
				if l := w.pick(t, b, "m"); l.Account.ID != "b" {
					t.Fatal("an account that rests was chosen")
				}
			}
			if l, unfit := b.Pick(w.ask("m", "b")); l != nil || unfit.Closed != 1 || unfit.Tried != 1 || unfit.Reason != tt.close.Message {
				t.Fatalf("a refusal counts those that rest: %+v", unfit)
			}
			tt.open(w, b)
			w.pick(t, b, "m", "b")
		})
	}
}

// A lock with an end replaces a lasting refusal, and ends when it says.
func TestAGraverFindingThatEndsEarlier(t *testing.T) {
	w, b := two()
	b.Report("a", "", limits.Finding{Scope: limits.ScopeAccount, State: core.StateNeedsLogin})
	w.pick(t, b, "m")
	b.Report("a", "", of(limits.ScopeAccount, core.StateSuspended, w.clock.Add(time.Hour)))
	w.pick(t, b, "m")
	w.clock = w.clock.Add(time.Hour)
	w.pick(t, b, "m", "b")
}

// A request that waits goes on with the account that a person has just added.
func TestAChangeOfTheConfigurationWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := one(serial)
		busy := w.pick(t, b, "m")
		defer busy.Done(limits.Finding{})
		ask := patient(w, "u")
		got := make(chan *Lease)
		go func() {
			l, _ := b.Acquire(t.Context(), ask)
			got <- l
		}()
		synctest.Wait()
		w.account("c", "new", nil)
		began := time.Now()
		b.Wake()
		if l := <-got; l == nil || l.Account.ID != "new" || time.Since(began) != 0 {
			t.Errorf("%+v after %v", l, time.Since(began))
		}
	})
}
