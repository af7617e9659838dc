package balance

import (
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// two is one channel with two accounts.
func two() (*world, *Balancer) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	w.account("c", "a", func(a *core.Account) { a.Credential.APIKey = "key-a" })
	w.account("c", "b", func(a *core.Account) { a.Credential.APIKey = "key-b" })
	return w, w.balancer()
}

func TestFindingsCloseWhatTheyAreAbout(t *testing.T) {
	later := time.Hour
	tests := []struct {
		name  string
		scope limits.Scope
		state core.State
		named bool
		times int
		// who can serve which model afterwards
		am, an, bm, bn bool
	}{
		{"the request's own fault", limits.ScopeRequest, "", false, 9, true, true, true, true},
		{"a limit", limits.ScopeAccount, core.StateCooling, true, 1, false, false, true, true},
		{"a quota", limits.ScopeAccount, core.StateExhausted, true, 1, false, false, true, true},
		{"a lock", limits.ScopeAccount, core.StateSuspended, false, 1, false, false, true, true},
		{"a credential", limits.ScopeAccount, core.StateNeedsLogin, false, 1, false, false, true, true},
		{"a model of the account", limits.ScopeAccountModel, core.StateCooling, true, 1, false, true, true, true},
		{"a model", limits.ScopeModel, core.StateCooling, true, 1, false, true, false, true},
		{"the provider", limits.ScopeProvider, core.StateCooling, true, 1, false, false, false, false},
		{"one failure", limits.ScopeProvider, core.StateCooling, false, 1, true, true, true, true},
		{"three failures", limits.ScopeProvider, core.StateCooling, false, 3, false, false, false, false},
		{"one overload", limits.ScopeModel, core.StateCooling, false, 1, true, true, true, true},
		{"three overloads", limits.ScopeModel, core.StateCooling, false, 3, false, true, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, b := two()
			f := of(tt.scope, tt.state, time.Time{})
			if tt.named {
				f = of(tt.scope, tt.state, w.clock.Add(later))
			}
			for range tt.times {
				w.fail(t, b, "a", "m", f)
			}
			for _, c := range []struct {
				other, model string
				want         bool
			}{{"b", "m", tt.am}, {"b", "n", tt.an}, {"a", "m", tt.bm}, {"a", "n", tt.bn}} {
				l, _ := b.Pick(w.ask(c.model, c.other))
				if (l != nil) != c.want {
					t.Errorf("not %s, %s: fit %v, want %v", c.other, c.model, l != nil, c.want)
				}
				if l != nil {
					l.Done(neutral())
				}
			}
		})
	}
}

func TestRests(t *testing.T) {
	usual := limits.Finding{Scope: limits.ScopeAccount, State: core.StateCooling}
	tests := []struct {
		name  string
		usual time.Duration // 0 = none
		state core.State
		want  []time.Duration // one behind the other, without an answer between
	}{
		{"back-off", 0, core.StateCooling, []time.Duration{0, 0, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, time.Minute, time.Minute}},
		{"usual limit", 10 * time.Second, core.StateCooling, []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 5 * time.Minute}},
		{"usual quota", time.Hour, core.StateExhausted, []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 6 * time.Hour}},
		{"quota", 0, core.StateExhausted, []time.Duration{10 * time.Minute, 20 * time.Minute}},
		{"refusal", 15 * time.Minute, core.StateNeedsLogin, []time.Duration{15 * time.Minute, 30 * time.Minute}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, b := two()
			for i, want := range tt.want {
				f := usual
				if f.State = tt.state; tt.usual > 0 {
					f.Until = w.clock.Add(tt.usual)
				}
				w.fail(t, b, "a", "m", f)
				h := b.Health("a")
				if want == 0 {
					if h.State != core.StateReady {
						t.Fatalf("failure %d: %+v", i, h)
					}
					continue
				}
				if h.State != tt.state || h.Until == nil || h.Until.Sub(w.clock) != want {
					t.Fatalf("failure %d: %s until %v, want %v", i, h.State, h.Until, want)
				}
				w.clock = w.clock.Add(want)
				if h := b.Health("a"); h.State != core.StateReady || h.Until != nil {
					t.Fatalf("failure %d: not ready when the rest is over: %+v", i, h)
				}
			}
			w.pick(t, b, "m", "b").Done(limits.Finding{})
			if h := b.Health("a"); h.LastError != "" {
				t.Errorf("an answer did not clear %q", h.LastError)
			}
		})
	}
}

// What a provider names is neither lengthened nor shortened, and several requests
// that meet the same limit count once.
func TestNamedTimes(t *testing.T) {
	w, b := two()
	leases := []*Lease{w.pick(t, b, "m", "b"), w.pick(t, b, "m", "b"), w.pick(t, b, "m", "b")}
	until := w.clock.Add(9 * time.Minute)
	for i, l := range leases {
		l.Done(limited("slow down", until.Add(time.Duration(-i)*time.Second)))
	}
	if h := b.Health("a"); h.State != core.StateCooling || !h.Until.Equal(until) || h.Reason != "slow down" || h.InFlight != 0 {
		t.Errorf("%+v", h)
	}
	w.clock = until
	w.fail(t, b, "a", "m", limited("again", until.Add(time.Minute)))
	if h := b.Health("a"); !h.Until.Equal(until.Add(time.Minute)) {
		t.Errorf("the named time was changed: %+v", h)
	}
}

func TestGraverStatesStay(t *testing.T) {
	w, b := two()
	leases := []*Lease{w.pick(t, b, "m", "b"), w.pick(t, b, "m", "b"), w.pick(t, b, "m", "b")}
	lock := of(limits.ScopeAccount, core.StateSuspended, time.Time{})
	lock.Link = "https://example.com/unlock"
	leases[0].Done(limited("a limit", w.clock.Add(time.Hour)))
	leases[1].Done(lock)
	leases[2].Done(of(limits.ScopeAccount, core.StateExhausted, w.clock.Add(1000*time.Hour)))
	if h := b.Health("a"); h.State != core.StateSuspended || h.Until != nil || h.Link != lock.Link {
		t.Errorf("%+v", h)
	}
	b.Refill("a")
	w.clock = w.clock.Add(10000 * time.Hour)
	if h := b.Health("a"); h.State != core.StateSuspended {
		t.Errorf("a lock ended by itself: %+v", h)
	}
	w.edit("a", func(a *core.Account) { a.Credential.APIKey = "another" })
	if h := b.Health("a"); h.State != core.StateReady {
		t.Errorf("another credential has not opened it: %+v", h)
	}
}

func TestWhatOpensAnAccount(t *testing.T) {
	tests := []struct {
		name string
		open func(*Balancer)
		want map[core.State]bool
	}{
		{"a button", func(b *Balancer) { b.Reset("a") }, map[core.State]bool{
			core.StateCooling: true, core.StateExhausted: true, core.StateNeedsLogin: true, core.StateSuspended: true,
		}},
		{"a test that worked", func(b *Balancer) { b.Report("a", "", limits.Finding{}) }, map[core.State]bool{
			core.StateCooling: true, core.StateExhausted: true, core.StateNeedsLogin: true, core.StateSuspended: true,
		}},
		{"the usage endpoint", func(b *Balancer) { b.Refill("a") }, map[core.State]bool{
			core.StateExhausted: true,
		}},
	}
	for _, tt := range tests {
		for _, state := range []core.State{core.StateCooling, core.StateExhausted, core.StateNeedsLogin, core.StateSuspended} {
			w, b := two()
			b.Report("a", "", of(limits.ScopeAccount, state, w.clock.Add(time.Hour)))
			if h := b.Health("a"); h.State != state || len(h.Cooldowns) != 1 {
				t.Fatalf("%s: %+v", state, h)
			}
			tt.open(b)
			if h := b.Health("a"); (h.State == core.StateReady) != tt.want[state] {
				t.Errorf("%s, %s: %+v", tt.name, state, h)
			}
		}
	}
}

// An account that fails alone is told apart from a provider that fails.
func TestFailuresOfOneAccount(t *testing.T) {
	w, b := two()
	for range 3 {
		w.fail(t, b, "a", "m", of(limits.ScopeProvider, core.StateCooling, time.Time{}))
		w.pick(t, b, "m", "a").Done(limits.Finding{})
	}
	if h := b.Health("a"); h.State != core.StateCooling || h.Until.Sub(w.clock) != faultRest {
		t.Errorf("a: %+v", h)
	}
	if h := b.Health("b"); h.State != core.StateReady {
		t.Errorf("b: %+v", h)
	}
}

// A request that fails wherever it goes must not close anything by itself.
func TestAPoisonousRequest(t *testing.T) {
	w, b := two()
	ask := w.ask("m")
	for _, scope := range []limits.Scope{limits.ScopeProvider, limits.ScopeModel} {
		for range 12 {
			l, unfit := b.Pick(ask)
			if l == nil {
				t.Fatalf("%s: %+v", scope, unfit)
			}
			l.Done(of(scope, core.StateCooling, time.Time{}))
		}
	}
}

func TestHealthListsModels(t *testing.T) {
	w, b := two()
	w.fail(t, b, "a", "m", of(limits.ScopeAccountModel, core.StateCooling, w.clock.Add(time.Minute)))
	w.fail(t, b, "a", "n", of(limits.ScopeModel, core.StateCooling, w.clock.Add(time.Hour)))
	h := b.Health("a")
	if h.State != core.StateReady || len(h.Cooldowns) != 2 || h.Cooldowns[0].Model != "m" || h.Cooldowns[1].Model != "n" {
		t.Errorf("a: %+v", h)
	}
	if h := b.Health("b"); len(h.Cooldowns) != 1 || h.Cooldowns[0].Model != "n" || !h.Cooldowns[0].Until.Equal(w.clock.Add(time.Hour)) {
		t.Errorf("b: %+v", h)
	}
	w.clock = w.clock.Add(time.Hour)
	if h := b.Health("a"); len(h.Cooldowns) != 0 {
		t.Errorf("cooldowns that have ended are listed: %+v", h)
	}
}

// What the provider itself says of an account's quota and sign-in outlasts the
// rests that are guessed.
func TestToldByTheProvider(t *testing.T) {
	w, b := two()
	reset := w.clock.Add(72 * time.Hour)
	b.Exhaust("a", "no credit", reset)
	if h := b.Health("a"); h.State != core.StateExhausted || !h.Until.Equal(reset) || h.Reason != "no credit" {
		t.Errorf("exhausted: %+v", h)
	}
	b.Refill("a")
	if h := b.Health("a"); h.State != core.StateReady {
		t.Errorf("refilled: %+v", h)
	}
	b.Refuse("a", "signed out")
	b.Exhaust("a", "no credit", reset)
	w.clock = w.clock.Add(1000 * time.Hour)
	b.Refill("a")
	if h := b.Health("a"); h.State != core.StateNeedsLogin || h.Until != nil || h.Reason != "signed out" {
		t.Errorf("refused: %+v", h)
	}
	b.SignedIn("a")
	if h := b.Health("a"); h.State != core.StateReady {
		t.Errorf("signed in: %+v", h)
	}
}
