package balance

import (
	"fmt"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// atOnce picks until nobody is fit any more, or limit is reached.
func atOnce(b *Balancer, w *world, limit int) []*Lease {
	var out []*Lease
	for len(out) < limit {
		l, _ := b.Pick(w.ask("m"))
		if l == nil {
			break
		}
		out = append(out, l)
	}
	return out
}

// What was closed comes back with one request, then two, then four.
func TestTrafficComesBackSlowly(t *testing.T) {
	tests := []struct {
		name string
		f    limits.Finding
	}{
		{"account", of(limits.ScopeAccount, core.StateCooling, time.Time{})},
		{"model of an account", of(limits.ScopeAccountModel, core.StateCooling, time.Time{})},
		{"model", of(limits.ScopeModel, core.StateCooling, time.Time{})},
		{"provider", of(limits.ScopeProvider, core.StateCooling, time.Time{})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.channel("c", 0, 1, core.PolicyWeighted)
			w.account("c", "a", nil)
			b := w.balancer()
			tt.f.Until = w.clock.Add(time.Minute)
			w.fail(t, b, "a", "m", tt.f)
			w.clock = w.clock.Add(time.Minute)
			for _, width := range []int{1, 2, 4, 8, 16, 32} {
				out := atOnce(b, w, 100)
				if len(out) != width {
					t.Fatalf("%d at once, want %d", len(out), width)
				}
				for _, l := range out {
					l.Answered()
					l.Done(neutral())
				}
			}
			if out := atOnce(b, w, 100); len(out) != 100 {
				t.Errorf("%d at once when it is well", len(out))
			}
		})
	}
}

// A trial that says nothing does not keep everybody waiting for ever.
func TestASilentTrial(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	w.account("c", "a", nil)
	b := w.balancer()
	w.fail(t, b, "a", "m", limited("", w.clock.Add(time.Second)))
	w.clock = w.clock.Add(time.Second)
	w.pick(t, b, "m")
	if _, unfit := b.Pick(w.ask("m")); unfit == nil || unfit.Busy != 1 || unfit.After != time.Duration(trialTime) {
		t.Fatalf("%+v", unfit)
	}
	w.clock = w.clock.Add(time.Duration(trialTime))
	w.pick(t, b, "m")
}

// All limits end in the same second: only few accounts are tried at once, and
// more only as they answer.
func TestMassRecovery(t *testing.T) {
	const accounts = 300
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	for i := range accounts {
		w.account("c", fmt.Sprint("a", i), nil)
	}
	b := w.balancer()
	until := w.clock.Add(30 * time.Second)
	for i := range accounts {
		b.Report(fmt.Sprint("a", i), "", limited("", until))
	}
	w.clock = until
	if out := atOnce(b, w, accounts); len(out) != herdWidth {
		t.Fatalf("%d at once", len(out))
	} else {
		for _, l := range out {
			l.Done(limited("still", w.clock.Add(time.Minute)))
		}
	}
	first := atOnce(b, w, accounts)
	if len(first) != 1 {
		t.Fatalf("%d at once although none has answered", len(first))
	}
	first[0].Done(limits.Finding{})
	back, waves := map[string]bool{first[0].Account.ID: true}, 0
	for ; len(back) < accounts-herdWidth && waves < 100; waves++ {
		before := len(back)
		for _, l := range atOnce(b, w, 2*accounts) {
			back[l.Account.ID] = true
			l.Done(limits.Finding{})
		}
		if n := len(back) - before; n > 2*before {
			t.Fatalf("%d new accounts behind %d", n, before)
		}
	}
	if waves > 10 {
		t.Errorf("%d waves until all were back", waves)
	}
}

func TestAFailedTrialClosesAgain(t *testing.T) {
	w, b := two()
	f := of(limits.ScopeProvider, core.StateCooling, time.Time{})
	for range strikesBeforeRest {
		w.fail(t, b, "a", "m", f)
	}
	for _, rest := range []time.Duration{faultRest, 2 * faultRest, 4 * faultRest} {
		if h := b.Health("b"); h.State != core.StateCooling || h.Until.Sub(w.clock) != rest {
			t.Fatalf("want a rest of %v: %+v", rest, h)
		}
		w.clock = w.clock.Add(rest)
		w.fail(t, b, "b", "m", f)
	}
}
