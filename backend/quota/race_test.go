package quota_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/quota"
)

// 200 requests at once may together overspend by less than one request.
func TestParallelRequestsDoNotOverspend(t *testing.T) {
	const each, limit = 70, 1000
	for _, period := range []core.Period{core.PeriodTotal, core.PeriodDay, core.Period5h} {
		g := quota.New(func() time.Time { return time.Unix(1.8e9, 0) })
		u := user(core.Quota{Period: period, Tokens: tokens(limit)})
		var start, done sync.WaitGroup
		start.Add(1)
		for range 200 {
			done.Go(func() {
				start.Wait()
				if r, refusal := g.Reserve(u, each, nil); refusal == nil {
					r.Settle(used(each), nil)
				}
			})
		}
		start.Done()
		done.Wait()
		if got := g.Used(u); got.Tokens < limit || got.Tokens >= limit+each {
			t.Errorf("%s: %d tokens used of %d", period, got.Tokens, limit)
		}
	}
}

// The very first requests of a user have no average to go by: what they will cost
// is set aside by their price.
func TestParallelRequestsDoNotOverspendMoney(t *testing.T) {
	g := quota.New(func() time.Time { return time.Unix(1.8e9, 0) })
	u := user(core.Quota{Period: core.PeriodDay, CostUSD: usd(1)})
	passed := 0
	var holds []*quota.Reservation
	for range 200 {
		if r, refusal := g.Reserve(u, 1000, usd(0.3)); refusal == nil {
			passed++
			holds = append(holds, r)
		}
	}
	for _, r := range holds {
		r.Settle(used(1000), usd(0.3))
	}
	if got := g.Used(u).CostUSD; passed != 4 || got >= 1.3 {
		t.Errorf("%d requests passed and cost $%g of $1", passed, got)
	}
}

func TestParallelLimits(t *testing.T) {
	g := quota.New(func() time.Time { return time.Unix(1.8e9, 0) })
	u := user(core.Quota{Period: core.PeriodMonth, Requests: tokens(90)})
	u.Concurrency = 5
	var running, most, passed atomic.Int64
	var done sync.WaitGroup
	for i := range 200 {
		done.Go(func() {
			r, refusal := g.Reserve(u, 1, nil)
			for refusal != nil && !refusal.Billing {
				time.Sleep(time.Microsecond)
				r, refusal = g.Reserve(u, 1, nil)
			}
			if refusal != nil {
				return
			}
			now := running.Add(1)
			for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
			}
			running.Add(-1)
			if i%7 == 0 {
				r.Fail(llm.Usage{}, nil)
				return
			}
			passed.Add(1)
			r.Settle(llm.Usage{Input: 1}, nil)
		})
	}
	done.Wait()
	if most.Load() > 5 || passed.Load() != 90 || g.Used(u).Requests != 90 {
		t.Errorf("%d at once (limit 5), %d passed, %d used (limit 90)", most.Load(), passed.Load(), g.Used(u).Requests)
	}
}

func TestManyUsersAtOnce(t *testing.T) {
	g := quota.New(time.Now)
	var done sync.WaitGroup
	for i := range 200 {
		done.Go(func() {
			u := &core.User{ID: fmt.Sprint("u", i%20), Quota: core.Quota{Period: core.PeriodTotal}}
			for range 50 {
				r, _ := g.Reserve(u, 3, nil)
				g.Used(u)
				r.Settle(llm.Usage{Input: 1, Output: 1}, usd(0.001))
			}
		})
	}
	done.Wait()
	for i := range 20 {
		got := g.Used(&core.User{ID: fmt.Sprint("u", i)})
		if got.Tokens != 1000 || got.Requests != 500 || got.CostUSD != 0.5 {
			t.Errorf("u%d: used %+v", i, got)
		}
	}
}

func BenchmarkReserveSettle(b *testing.B) {
	g := quota.New(time.Now)
	u := user(core.Quota{Period: core.PeriodMonth, Tokens: tokens(1 << 60), Requests: tokens(1 << 60), CostUSD: usd(1e9)})
	u.RPM, u.TPM, u.Concurrency = 1<<40, 1<<60, 100
	cost := usd(0.000001)
	b.ReportAllocs()
	for b.Loop() {
		r, refusal := g.Reserve(u, 100, nil)
		if refusal != nil {
			b.Fatal(refusal.Message)
		}
		r.Settle(llm.Usage{Input: 50, Output: 50}, cost)
	}
}

func BenchmarkReserveSettleManyUsers(b *testing.B) {
	g := quota.New(time.Now)
	var next atomic.Int64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		u := &core.User{ID: fmt.Sprint("u", next.Add(1)), Quota: core.Quota{Period: core.PeriodDay, Tokens: tokens(1 << 60)}}
		for pb.Next() {
			r, _ := g.Reserve(u, 100, nil)
			r.Settle(llm.Usage{Input: 50, Output: 50}, nil)
		}
	})
}

func BenchmarkRefuse(b *testing.B) {
	g := quota.New(time.Now)
	u := user(core.Quota{Period: core.PeriodMonth, Tokens: tokens(0)})
	b.ReportAllocs()
	for b.Loop() {
		g.Reserve(u, 100, nil)
	}
}
