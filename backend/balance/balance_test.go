package balance

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// world is a snapshot builder with a clock that tests move by hand.
type world struct {
	clock time.Time
	chans []core.Channel
	accs  []core.Account
}

func newWorld() *world { return &world{clock: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)} }

func (w *world) now() time.Time { return w.clock }

func (w *world) channel(id string, priority, weight int, p core.Policy) {
	w.chans = append(w.chans, core.Channel{ID: id, Priority: priority, Weight: weight, Policy: p, Enabled: true})
}

func (w *world) account(ch, id string, change func(*core.Account)) {
	a := core.Account{ID: id, ChannelID: ch, Name: id, Weight: 1, Enabled: true}
	if change != nil {
		change(&a)
	}
	w.accs = append(w.accs, a)
}

func (w *world) snapshot() (*core.Snapshot, []core.Candidate) {
	s := core.NewSnapshot(core.DefaultSettings(), w.chans, w.accs, nil, nil, nil)
	var cands []core.Candidate
	for _, ch := range s.Channels() {
		cands = append(cands, core.Candidate{Channel: ch, Model: "m"})
	}
	return s, cands
}

func picks(t *testing.T, b *Balancer, w *world, n int, v Verdict) map[string]int {
	t.Helper()
	s, cands := w.snapshot()
	got := map[string]int{}
	for range n {
		l, unfit := b.Pick(s, cands, nil)
		if l == nil {
			t.Fatalf("nothing picked: %+v", unfit)
		}
		got[l.Account.ID]++
		l.Done(v)
	}
	return got
}

func TestWeightsAreExact(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	w.channel("d", 0, 3, core.PolicyWeighted)
	w.account("c", "c1", nil)
	w.account("d", "d1", func(a *core.Account) { a.Weight = 1 })
	w.account("d", "d2", func(a *core.Account) { a.Weight = 2 })
	got := picks(t, New(w.now), w, 120, Verdict{})
	if got["c1"] != 30 || got["d1"] != 30 || got["d2"] != 60 {
		t.Errorf("got %v", got)
	}
}

func TestPriorityFirst(t *testing.T) {
	w := newWorld()
	w.channel("low", 0, 1, core.PolicyWeighted)
	w.channel("high", 9, 1, core.PolicyWeighted)
	w.account("low", "l", nil)
	w.account("high", "h1", nil)
	w.account("high", "h2", func(a *core.Account) { a.Priority = 1 })
	b := New(w.now)
	s, cands := w.snapshot()
	for _, want := range []string{"h2", "h1", "l"} {
		l, unfit := b.Pick(s, cands, nil)
		if l == nil || l.Account.ID != want {
			t.Fatalf("want %s, got %+v %+v", want, l, unfit)
		}
		l.Done(Verdict{Class: Limited})
	}
	if l, unfit := b.Pick(s, cands, nil); l != nil || unfit.Closed != 3 || unfit.After != limitRest {
		t.Errorf("all cooling: %+v %+v", l, unfit)
	}
	w.clock = w.clock.Add(limitRest)
	if l, _ := b.Pick(s, cands, nil); l == nil || l.Account.ID != "h2" {
		t.Errorf("the cooldown did not end by itself: %+v", l)
	}
}

func TestPolicies(t *testing.T) {
	tests := []struct {
		policy core.Policy
		want   map[string]int
	}{
		{core.PolicyFillFirst, map[string]int{"a": 6}},
		{core.PolicyLeastBusy, map[string]int{"a": 3, "b": 3}},
		{core.PolicyQuotaAware, map[string]int{"a": 3, "b": 3}},
		{core.PolicyWeighted, map[string]int{"a": 3, "b": 3}},
	}
	for _, tt := range tests {
		t.Run(string(tt.policy), func(t *testing.T) {
			w := newWorld()
			w.channel("c", 0, 1, tt.policy)
			w.account("c", "a", nil)
			w.account("c", "b", nil)
			if got := picks(t, New(w.now), w, 6, Verdict{}); fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestLimitsOfAnAccount(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	w.account("c", "a", func(a *core.Account) { a.MaxConcurrency, a.RPM = 1, 2 })
	b := New(w.now)
	s, cands := w.snapshot()
	first, _ := b.Pick(s, cands, nil)
	if _, unfit := b.Pick(s, cands, nil); unfit == nil || unfit.Busy != 1 {
		t.Fatalf("two at once: %+v", unfit)
	}
	first.Done(Verdict{})
	second, _ := b.Pick(s, cands, nil)
	second.Done(Verdict{})
	if _, unfit := b.Pick(s, cands, nil); unfit == nil || unfit.Busy != 1 || unfit.After != time.Minute {
		t.Fatalf("three in a minute: %+v", unfit)
	}
	w.clock = w.clock.Add(2 * time.Minute)
	if l, unfit := b.Pick(s, cands, nil); l == nil {
		t.Fatalf("two minutes later: %+v", unfit)
	}
}

func TestVerdicts(t *testing.T) {
	tests := []struct {
		name  string
		v     Verdict
		times int
		state core.State
		rest  time.Duration
	}{
		{"fine", Verdict{Class: Fine}, 1, core.StateReady, 0},
		{"the request's own fault", Verdict{Class: Neutral}, 9, core.StateReady, 0},
		{"limit", Verdict{Class: Limited, Message: "slow down"}, 1, core.StateCooling, limitRest},
		{"limit with a time", Verdict{Class: Limited, RetryAfter: 7 * time.Second}, 1, core.StateCooling, 7 * time.Second},
		{"absurd time", Verdict{Class: Limited, RetryAfter: 9999 * time.Hour}, 1, core.StateCooling, maxRetryAfter},
		{"exhausted", Verdict{Class: Exhausted}, 1, core.StateExhausted, exhaustRest},
		{"refused", Verdict{Class: Refused}, 1, core.StateNeedsLogin, refuseRest},
		{"one fault", Verdict{Class: Faulty}, 1, core.StateReady, 0},
		{"third fault", Verdict{Class: Faulty}, 3, core.StateCooling, faultRest},
		{"many faults", Verdict{Class: Faulty}, 40, core.StateCooling, maxFault},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			b := New(w.now)
			for range tt.times {
				l := &Lease{Account: &core.Account{ID: "a"}, b: b}
				b.state("a").begin(w.clock, 1)
				l.Done(tt.v)
			}
			h := b.Health("a")
			if h.State != tt.state || h.InFlight != 0 {
				t.Fatalf("state %s, %d in flight", h.State, h.InFlight)
			}
			if tt.rest > 0 && !h.Until.Equal(w.clock.Add(tt.rest)) {
				t.Errorf("until %v, want +%v", h.Until, tt.rest)
			}
			w.clock = w.clock.Add(tt.rest)
			if h := b.Health("a"); h.State != core.StateReady {
				t.Errorf("not ready when the rest is over: %+v", h)
			}
		})
	}
}

func TestShorterRestDoesNotReplaceLonger(t *testing.T) {
	w := newWorld()
	b := New(w.now)
	st := b.state("a")
	st.close(core.StateExhausted, "credit", w.clock, time.Hour)
	st.close(core.StateCooling, "limit", w.clock, time.Second)
	if h := b.Health("a"); h.State != core.StateExhausted {
		t.Errorf("got %s", h.State)
	}
	b.Reset("a")
	if h := b.Health("a"); h.State != core.StateReady || h.Until != nil {
		t.Errorf("after a reset: %+v", h)
	}
}

func TestConcurrentPicksBalanceInFlight(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyLeastBusy)
	for i := range 8 {
		w.account("c", fmt.Sprint("a", i), nil)
	}
	b := New(w.now)
	s, cands := w.snapshot()
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 50 {
				if l, _ := b.Pick(s, cands, nil); l != nil {
					l.Done(Verdict{})
				}
			}
		})
	}
	wg.Wait()
	for i := range 8 {
		if h := b.Health(fmt.Sprint("a", i)); h.InFlight != 0 {
			t.Errorf("account %d has %d in flight", i, h.InFlight)
		}
	}
}

func BenchmarkPick1000(b *testing.B) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	for i := range 1000 {
		w.account("c", fmt.Sprint("a", i), nil)
	}
	bal := New(w.now)
	s, cands := w.snapshot()
	b.ReportAllocs()
	for b.Loop() {
		l, _ := bal.Pick(s, cands, nil)
		l.Done(Verdict{})
	}
}

// An account whose list of models is known is not chosen for another one.
func TestOffers(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	w.account("c", "a", nil)
	w.account("c", "b", nil)
	b := New(w.now)
	b.Offers = func(id, model string) bool { return id != "a" || model != "m" }
	if got := picks(t, b, w, 4, Verdict{}); got["a"] != 0 || got["b"] != 4 {
		t.Errorf("got %v", got)
	}
}

// What the provider itself says of an account's quota and sign-in outlasts the
// rests that are guessed.
func TestToldByTheProvider(t *testing.T) {
	w := newWorld()
	b := New(w.now)
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
