package balance

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

func picks(t *testing.T, b *Balancer, w *world, n int) map[string]int {
	t.Helper()
	got := map[string]int{}
	for range n {
		l := w.pick(t, b, "m")
		got[l.Account.ID]++
		l.Done(limits.Finding{})
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
	got := picks(t, w.balancer(), w, 120)
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
	b := w.balancer()
	until := w.clock.Add(10 * time.Second)
	for _, want := range []string{"h2", "h1", "l"} {
		l := w.pick(t, b, "m")
		if l.Account.ID != want {
			t.Fatalf("want %s, got %s", want, l.Account.ID)
		}
		l.Done(limited("slow down", until))
	}
	if l, unfit := b.Pick(w.ask("m")); l != nil || unfit.Closed != 3 || unfit.After != 10*time.Second {
		t.Errorf("all cooling: %+v %+v", l, unfit)
	}
	w.clock = until
	if l := w.pick(t, b, "m"); l.Account.ID != "h2" {
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
			if got := picks(t, w.balancer(), w, 6); fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestLimitsOfAnAccount(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	w.account("c", "a", func(a *core.Account) { a.MaxConcurrency, a.RPM = 1, 2 })
	b := w.balancer()
	first := w.pick(t, b, "m")
	if _, unfit := b.Pick(w.ask("m")); unfit == nil || unfit.Busy != 1 {
		t.Fatalf("two at once: %+v", unfit)
	}
	first.Done(limits.Finding{})
	w.clock = w.clock.Add(20 * time.Second)
	w.pick(t, b, "m").Done(limits.Finding{})
	if _, unfit := b.Pick(w.ask("m")); unfit == nil || unfit.Busy != 1 || unfit.After != 40*time.Second {
		t.Fatalf("three in a minute: %+v", unfit)
	}
	w.clock = w.clock.Add(40 * time.Second)
	w.pick(t, b, "m").Done(limits.Finding{})
	if _, unfit := b.Pick(w.ask("m")); unfit == nil || unfit.After != 20*time.Second {
		t.Fatalf("the window did not slide: %+v", unfit)
	}
	w.edit("a", func(a *core.Account) { a.RPM = 0 })
	w.pick(t, b, "m").Done(limits.Finding{})
}

// An account that comes back has no claim for the time that it was away.
func TestNoClaimForTheTimeAway(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	w.account("c", "a", nil)
	w.account("c", "b", nil)
	b := w.balancer()
	w.fail(t, b, "b", "m", limited("", w.clock.Add(time.Minute)))
	picks(t, b, w, 50)
	w.clock = w.clock.Add(time.Minute)
	if got := picks(t, b, w, 20); got["a"] != 10 || got["b"] != 10 {
		t.Errorf("got %v", got)
	}
}

func TestModelsOfAnAccount(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	w.account("c", "a", func(a *core.Account) { a.Models = []string{"small-*"} })
	w.account("c", "b", nil)
	b := w.balancer()
	known := false
	b.Offers = func(id, model string) bool { return id != "b" || !known || model == "large" }
	if l, _ := b.Pick(w.ask("other")); l == nil || l.Account.ID != "b" {
		t.Fatalf("nothing is known of b: %+v", l)
	}
	known = true
	w.clock = w.clock.Add(time.Duration(lineTime))
	for range 3 {
		if l := w.pick(t, b, "small-1"); l.Account.ID != "a" {
			t.Errorf("small went to %s", l.Account.ID)
		}
		if l := w.pick(t, b, "large"); l.Account.ID != "b" {
			t.Errorf("large went to %s", l.Account.ID)
		}
	}
	if l, unfit := b.Pick(w.ask("other")); l != nil || *unfit != (Unfit{}) {
		t.Errorf("nobody offers it: %+v %+v", l, unfit)
	}
}

func TestConcurrentPicksBalanceInFlight(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyLeastBusy)
	for i := range 8 {
		w.account("c", fmt.Sprint("a", i), nil)
	}
	w.snapshot()
	b := w.balancer()
	findings := []limits.Finding{
		{},
		neutral(),
		limited("x", w.clock.Add(time.Nanosecond)),
		of(limits.ScopeProvider, core.StateCooling, time.Time{}),
		of(limits.ScopeModel, core.StateCooling, time.Time{}),
	}
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			for j := range 50 {
				if l, _ := b.Pick(w.ask("m")); l != nil {
					if j%2 == 0 {
						l.Answered()
					}
					l.Done(findings[(i+j)%len(findings)])
				}
				b.Health(fmt.Sprint("a", j%8))
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

func neutral() limits.Finding { return limits.Finding{Scope: limits.ScopeRequest} }

func BenchmarkPick1000(b *testing.B) {
	policies := []core.Policy{core.PolicyWeighted, core.PolicyLeastBusy, core.PolicyFillFirst, core.PolicyQuotaAware}
	for _, policy := range policies {
		b.Run(string(policy), func(b *testing.B) { benchmarkPick(b, policy, limits.Finding{}) })
	}
	b.Run("all but one model cooling", func(b *testing.B) {
		benchmarkPick(b, core.PolicyWeighted, of(limits.ScopeAccountModel, core.StateCooling, time.Now().Add(time.Hour*24*365*20)))
	})
}

func benchmarkPick(b *testing.B, policy core.Policy, before limits.Finding) {
	w := newWorld()
	w.channel("c", 0, 1, policy)
	for i := range 1000 {
		w.account("c", fmt.Sprint("a", i), nil)
	}
	bal := w.balancer()
	for i := range 999 {
		bal.Report(fmt.Sprint("a", i), "m", before)
	}
	ask := w.ask("m")
	b.ReportAllocs()
	for b.Loop() {
		l, _ := bal.Pick(ask)
		l.Done(limits.Finding{})
	}
}
