package balance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// one is one channel with one account, on the clock of a synctest bubble.
func one(change func(*core.Account)) (*world, *Balancer) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyWeighted)
	w.account("c", "a", change)
	return w, New(Options{Snapshot: w.snapshot, Now: time.Now, Rand: half})
}

func serial(a *core.Account) { a.MaxConcurrency = 1 }

func patient(w *world, user string) *Ask {
	a := w.ask("m")
	a.User, a.Patience = user, 30*time.Second
	return a
}

func TestWaitsUntilARequestEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := one(serial)
		first := w.pick(t, b, "m")
		time.AfterFunc(3*time.Second, func() { first.Done(limits.Finding{}) })
		began := time.Now()
		l, unfit := b.Acquire(t.Context(), patient(w, "u"))
		if l == nil || time.Since(began) != 3*time.Second {
			t.Errorf("after %v: %+v", time.Since(began), unfit)
		}
	})
}

func TestWaitsForATime(t *testing.T) {
	tests := []struct {
		name  string
		close func(*testing.T, *world, *Balancer)
		wait  time.Duration
		fit   bool
		after time.Duration // when it is not
	}{
		{"a short cooldown", func(_ *testing.T, _ *world, b *Balancer) {
			b.Report("a", "", limited("slow down", time.Now().Add(5*time.Second)))
		}, 5 * time.Second, true, 0},
		{"a long cooldown", func(_ *testing.T, _ *world, b *Balancer) {
			b.Report("a", "", limited("slow down", time.Now().Add(20*time.Second)))
		}, 0, false, 20 * time.Second},
		{"a lock", func(_ *testing.T, _ *world, b *Balancer) {
			b.Report("a", "", of(limits.ScopeAccount, core.StateSuspended, time.Time{}))
		}, 0, false, 0},
		{"the window of a minute", func(t *testing.T, w *world, b *Balancer) {
			w.edit("a", func(a *core.Account) { a.RPM = 1 })
			w.pick(t, b, "m").Done(limits.Finding{})
			time.Sleep(40 * time.Second)
		}, 20 * time.Second, true, 0},
		{"the window of a minute, too far away", func(t *testing.T, w *world, b *Balancer) {
			w.edit("a", func(a *core.Account) { a.RPM = 1 })
			w.pick(t, b, "m").Done(limits.Finding{})
		}, 0, false, time.Minute},
		{"a request that does not end", func(t *testing.T, w *world, b *Balancer) {
			w.edit("a", serial)
			w.pick(t, b, "m")
		}, 30 * time.Second, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, b := one(nil)
				tt.close(t, w, b)
				began := time.Now()
				l, unfit := b.Acquire(t.Context(), patient(w, "u"))
				if (l != nil) != tt.fit || time.Since(began) != tt.wait {
					t.Fatalf("fit %v after %v: %+v", l != nil, time.Since(began), unfit)
				}
				if l == nil && unfit.After != tt.after {
					t.Errorf("fit again after %v, want %v", unfit.After, tt.after)
				}
				if b.Waiting() != 0 {
					t.Errorf("%d wait still", b.Waiting())
				}
			})
		})
	}
}

// One user's flood does not make another one wait for all of it.
func TestUsersAreServedInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := one(serial)
		first := w.pick(t, b, "m")
		var mu sync.Mutex
		var order []string
		var wg sync.WaitGroup
		for _, name := range strings.Fields("x1 x2 x3 x4 y1 z1 y2") {
			wg.Go(func() {
				l, _ := b.Acquire(t.Context(), patient(w, name[:1]))
				mu.Lock()
				order = append(order, name)
				mu.Unlock()
				time.Sleep(time.Second)
				l.Done(limits.Finding{})
			})
			synctest.Wait()
		}
		first.Done(limits.Finding{})
		wg.Wait()
		if got, want := strings.Join(order, " "), "x1 y1 z1 x2 y2 x3 x4"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestAClientThatLeavesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := one(serial)
		first := w.pick(t, b, "m")
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if l, _ := b.Acquire(ctx, patient(w, "u")); l != nil {
				t.Error("a lease for nobody")
			}
		})
		synctest.Wait()
		if b.Waiting() != 1 {
			t.Fatalf("%d wait", b.Waiting())
		}
		leave()
		wg.Wait()
		first.Done(limits.Finding{})
		if h := b.Health("a"); b.Waiting() != 0 || h.InFlight != 0 {
			t.Errorf("%d wait, %d in flight", b.Waiting(), h.InFlight)
		}
	})
}

func TestTheQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := one(serial)
		w.pick(t, b, "m")
		var wg sync.WaitGroup
		for i := range maxWaiting {
			wg.Go(func() { b.Acquire(t.Context(), patient(w, fmt.Sprint(i%7))) })
		}
		synctest.Wait()
		if l, unfit := b.Acquire(t.Context(), patient(w, "u")); l != nil || !unfit.Crowded {
			t.Errorf("%+v", unfit)
		}
		wg.Wait()
		if b.Waiting() != 0 {
			t.Errorf("%d wait", b.Waiting())
		}
	})
}

// At the first sign of a lock everything that waits for the account moves on.
func TestALockSendsTheQueueOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, b := one(serial)
		first := w.pick(t, b, "m")
		began := time.Now()
		var wg sync.WaitGroup
		var mu sync.Mutex
		var got []string
		for range 3 {
			wg.Go(func() {
				l, unfit := b.Acquire(t.Context(), patient(w, "u"))
				mu.Lock()
				defer mu.Unlock()
				if l != nil {
					got = append(got, l.Account.ID)
				} else {
					got = append(got, unfit.Reason)
				}
			})
		}
		synctest.Wait()
		w.account("c", "b", serial)
		first.Done(of(limits.ScopeAccount, core.StateSuspended, time.Time{}))
		synctest.Wait()
		b.Report("b", "", of(limits.ScopeAccount, core.StateNeedsLogin, time.Time{}))
		wg.Wait()
		slices.Sort(got)
		if s := fmt.Sprint(got); s != "[account suspended account suspended b]" || time.Since(began) != 0 {
			t.Errorf("%s after %v", s, time.Since(began))
		}
	})
}

// All accounts are limited at once while many wait: behind the limit they are
// taken up slowly, nobody is lost, and no account gets more than it can take.
func TestStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const accounts, requests = 40, 400
		w := newWorld()
		w.channel("c", 0, 1, core.PolicyLeastBusy)
		for i := range accounts {
			w.account("c", fmt.Sprint("a", i), func(a *core.Account) { a.MaxConcurrency = 3 })
		}
		b := New(Options{Snapshot: w.snapshot, Now: time.Now, Rand: half})
		until := time.Now().Add(8 * time.Second)
		for i := range accounts {
			b.Report(fmt.Sprint("a", i), "", limited("storm", until))
		}
		s := storm{w: w, b: b, perSecond: map[int64]int{}, flying: map[string]int{}}
		var wg sync.WaitGroup
		for i := range requests {
			wg.Go(func() { s.request(t, fmt.Sprint(i%5)) })
		}
		wg.Wait()
		if s.served != requests {
			t.Errorf("%d of %d were served", s.served, requests)
		}
		first := until.Unix()
		if n := s.perSecond[first]; n != herdWidth {
			t.Errorf("%d requests in the second in which all limits end", n)
		}
		if s.perSecond[first+1] > 4*herdWidth {
			t.Errorf("%d requests in the second behind it", s.perSecond[first+1])
		}
	})
}

type storm struct {
	w *world
	b *Balancer

	mu        sync.Mutex
	perSecond map[int64]int
	flying    map[string]int
	served    int
}

func (s *storm) request(t *testing.T, user string) {
	a := patient(s.w, user)
	a.Patience = 5 * time.Minute
	l, unfit := s.b.Acquire(t.Context(), a)
	if l == nil {
		t.Errorf("sent away: %+v", unfit)
		return
	}
	s.mu.Lock()
	s.perSecond[time.Now().Unix()]++
	if s.flying[l.Account.ID]++; s.flying[l.Account.ID] > 3 {
		t.Errorf("%d requests at once", s.flying[l.Account.ID])
	}
	s.mu.Unlock()
	time.Sleep(time.Second)
	s.mu.Lock()
	s.flying[l.Account.ID]--
	s.served++
	s.mu.Unlock()
	l.Done(limits.Finding{})
}
