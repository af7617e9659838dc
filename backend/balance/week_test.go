package balance

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// week plays seven days of requests, one every ten minutes or so and each some
// minutes long, and returns how many each account got.
func week(t *testing.T, w *world, set func(*Balancer), each func(id string)) map[string]int {
	t.Helper()
	got := map[string]int{}
	synctest.Test(t, func(t *testing.T) {
		b := New(Options{Snapshot: w.snapshot, Now: time.Now, Rand: half})
		if set != nil {
			set(b)
		}
		random := rand.New(rand.NewPCG(1, 2))
		for range 7 * 24 * 6 {
			time.Sleep(time.Duration(random.Int64N(int64(20 * time.Minute))))
			l, unfit := b.Acquire(t.Context(), patient(w, "u"))
			if l == nil {
				t.Fatalf("nobody is fit: %+v", unfit)
			}
			got[l.Account.ID]++
			if each != nil {
				each(l.Account.ID)
			}
			time.AfterFunc(time.Duration(random.Int64N(int64(5*time.Minute))), func() { l.Done(limits.Finding{}) })
		}
		time.Sleep(time.Hour)
	})
	return got
}

func TestAWeekOfEachPolicy(t *testing.T) {
	const total = 7 * 24 * 6
	tests := []struct {
		policy core.Policy
		want   map[string]float64 // of all requests
	}{
		{core.PolicyWeighted, map[string]float64{"a": 1. / 6, "b": 2. / 6, "c": 3. / 6}},
		{core.PolicyLeastBusy, map[string]float64{"a": 1. / 3, "b": 1. / 3, "c": 1. / 3}},
		{core.PolicyFillFirst, map[string]float64{"a": 1}},
		{core.PolicyQuotaAware, map[string]float64{"a": 1. / 6, "b": 2. / 6, "c": 3. / 6}},
	}
	for _, tt := range tests {
		t.Run(string(tt.policy), func(t *testing.T) {
			w := newWorld()
			w.channel("ch", 0, 1, tt.policy)
			for i, id := range []string{"a", "b", "c"} {
				w.account("ch", id, func(a *core.Account) {
					if tt.policy == core.PolicyWeighted {
						a.Weight = i + 1
					}
				})
			}
			left := map[string]float64{"a": 1000, "b": 2000, "c": 3000}
			reset := time.Date(2000, 1, 20, 0, 0, 0, 0, time.UTC) // bubbles begin with the year 2000
			got := week(t, w, func(b *Balancer) {
				b.Usage = func(id string) (float64, float64, time.Time, bool) { return left[id], 3000, reset, true }
			}, func(id string) { left[id]-- })
			for id, share := range tt.want {
				if diff := math.Abs(float64(got[id])/total - share); diff > 0.05 {
					t.Errorf("%s got %d of %d, want %.0f %%", id, got[id], total, 100*share)
				}
			}
		})
	}
}

// What is lost soon is used first; what is empty is the last resort.
func TestQuotaAware(t *testing.T) {
	w := newWorld()
	w.channel("c", 0, 1, core.PolicyQuotaAware)
	for _, id := range []string{"soon", "late", "empty"} {
		w.account("c", id, nil)
	}
	b := w.balancer()
	b.Usage = func(id string) (float64, float64, time.Time, bool) {
		switch id {
		case "soon":
			return 500, 1000, w.clock.Add(10 * time.Hour), true
		case "late":
			return 500, 1000, w.clock.Add(100 * time.Hour), true
		}
		return 0, 1000, time.Time{}, true
	}
	got := picks(t, b, w, 1000)
	if got["soon"] < 8*got["late"] || got["late"] < 50 || got["empty"] > 3 {
		t.Errorf("got %v", got)
	}
}

// Whatever happens, nobody is chosen who is not fit, and by weight everybody who
// is fit gets a fair share.
func TestOnlyFitAccountsAreChosen(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for round := range 30 {
		w := newWorld()
		w.channel("c", 0, 1, core.PolicyWeighted)
		for i := range 20 {
			w.account("c", fmt.Sprint("a", i), func(a *core.Account) {
				a.Weight, a.MaxConcurrency, a.Enabled = 1+random.IntN(4), random.IntN(4), random.IntN(5) > 0
			})
		}
		b := w.balancer()
		closed, flying := map[string]time.Time{}, map[string][]*Lease{}
		for range 500 {
			w.clock = w.clock.Add(time.Duration(random.IntN(1000)) * time.Millisecond)
			l, _ := b.Pick(w.ask("m"))
			if l == nil {
				closeSome(random, flying, func(_ string, l *Lease) { l.Done(limits.Finding{}) })
				continue
			}
			a := l.Account
			flying[a.ID] = append(flying[a.ID], l)
			switch {
			case !a.Enabled, a.MaxConcurrency > 0 && len(flying[a.ID]) > a.MaxConcurrency:
				t.Fatalf("round %d: %+v with %d in flight", round, a, len(flying[a.ID]))
			case w.clock.Before(closed[a.ID]):
				t.Fatalf("round %d: %s is closed until %v", round, a.ID, closed[a.ID])
			}
			closeSome(random, flying, func(id string, l *Lease) {
				if random.IntN(8) > 0 {
					l.Done(limits.Finding{})
					return
				}
				until := w.clock.Add(time.Duration(random.IntN(60)) * time.Second)
				if l.Done(limited("", until)); until.After(closed[id]) {
					closed[id] = until
				}
			})
		}
	}
}

// closeSome ends some of the requests that are under way.
func closeSome(random *rand.Rand, flying map[string][]*Lease, end func(string, *Lease)) {
	for id, list := range flying {
		if len(list) > 0 && random.IntN(2) == 0 {
			flying[id] = list[1:]
			end(id, list[0])
		}
	}
}
