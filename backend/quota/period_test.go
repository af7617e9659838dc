package quota_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/quota"
)

func TestPeriodBorders(t *testing.T) {
	tests := []struct {
		name   string
		period core.Period
		now    string // in any zone: periods are those of UTC
		resets string
	}{
		{"day", core.PeriodDay, "2026-11-18T23:59:59Z", "2026-11-19T00:00:00Z"},
		{"day of another zone", core.PeriodDay, "2026-11-18T23:59:59-08:00", "2026-11-20T00:00:00Z"},
		{"day at the end of a year", core.PeriodDay, "2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z"},
		{"leap day", core.PeriodDay, "2028-02-28T12:00:00Z", "2028-02-29T00:00:00Z"},
		{"week from Monday", core.PeriodWeek, "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"},
		{"week until Sunday", core.PeriodWeek, "2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z"},
		{"week over a year's end", core.PeriodWeek, "2026-12-31T12:00:00Z", "2027-01-04T00:00:00Z"},
		{"month", core.PeriodMonth, "2026-01-31T12:00:00Z", "2026-02-01T00:00:00Z"},
		{"leap month", core.PeriodMonth, "2028-02-29T12:00:00Z", "2028-03-01T00:00:00Z"},
		{"month at the end of a year", core.PeriodMonth, "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &clock{at(t, tt.now)}
			g := quota.New(c.now)
			u := user(core.Quota{Period: tt.period, Requests: tokens(1)})
			spend(t, g, u, 5, nil)
			resets := at(t, tt.resets)
			if got := g.Used(u); !got.ResetsAt.Equal(resets) || got.Requests != 1 {
				t.Fatalf("used %+v, resets %s, want %s", got, got.ResetsAt, resets)
			}
			c.t = resets.Add(-time.Nanosecond)
			refused(t, g, u)
			c.t = resets
			spend(t, g, u, 5, nil)
			if got := g.Used(user(core.Quota{})); got.Tokens != 10 {
				t.Errorf("%d tokens in total, want 10", got.Tokens)
			}
		})
	}
}

// A request belongs to the period in which it began.
func TestRequestOverTheBorder(t *testing.T) {
	c := &clock{at(t, "2026-11-18T23:59:30Z")}
	g := quota.New(c.now)
	u := user(core.Quota{Period: core.PeriodDay, Requests: tokens(1)})
	late, _ := g.Reserve(u, 5, nil)
	c.t = c.t.Add(time.Minute)
	today, refusal := g.Reserve(u, 5, nil)
	if refusal != nil {
		t.Fatalf("yesterday's request took today's quota: %s", refusal.Message)
	}
	late.Settle(used(5), nil)
	today.Settle(used(7), nil)
	if got := g.Used(u); got.Tokens != 7 || got.Requests != 1 {
		t.Errorf("used %+v, want today's request only", got)
	}
	month := user(core.Quota{Period: core.PeriodMonth})
	if got := g.Used(month); got.Tokens != 12 || got.Requests != 2 {
		t.Errorf("used %+v in the month, want both", got)
	}
}

func TestRollingFiveHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quota.New(time.Now)
		u := user(core.Quota{Period: core.Period5h, Tokens: tokens(100)})
		if g.Used(u).ResetsAt != nil {
			t.Error("an empty window has nothing to reset")
		}
		begin := time.Now()
		spend(t, g, u, 60, nil)
		time.Sleep(2 * time.Hour)
		spend(t, g, u, 30, nil)
		time.Sleep(time.Hour)
		spend(t, g, u, 30, nil)
		if got := refused(t, g, u).RetryAfter; got != 2*time.Hour {
			t.Errorf("retry after %s, want 2h", got)
		}
		if got := g.Used(u); got.Tokens != 120 || !got.ResetsAt.Equal(begin.Add(5*time.Hour)) {
			t.Errorf("used %+v", got)
		}
		time.Sleep(2 * time.Hour)
		spend(t, g, u, 40, nil)
		refused(t, g, u)
		time.Sleep(20 * time.Hour)
		if got := g.Used(u); got.Tokens != 0 {
			t.Errorf("%d tokens after a day, want 0", got.Tokens)
		}
	})
}

func TestSeed(t *testing.T) {
	c := &clock{at(t, "2026-11-18T10:30:00Z")} // a Wednesday
	roll := func(user, hour string, in, out, requests, errors int64, cost float64) core.Rollup {
		return core.Rollup{
			RollupKey: core.RollupKey{UserID: user, Hour: at(t, hour)},
			Counts:    core.Counts{Input: in, Output: out, Requests: requests, Errors: errors, CostUSD: cost, CacheRead: in},
		}
	}
	g := quota.New(c.now)
	g.Seed([]core.Rollup{
		roll("u1", "2025-01-01T00:00:00Z", 1, 0, 2, 1, 0.1),
		roll("u1", "2026-11-01T00:00:00Z", 10, 0, 1, 0, 0.1),
		roll("u1", "2026-11-16T00:00:00Z", 50, 50, 1, 0, 0.1),
		roll("u1", "2026-11-18T05:00:00Z", 1000, 0, 1, 0, 0.1),
		roll("u1", "2026-11-18T10:00:00Z", 10000, 0, 1, 0, 0.1),
		roll("u2", "2026-11-18T10:00:00Z", 5, 5, 1, 0, 0),
		roll("", "2026-11-18T10:00:00Z", 5, 5, 1, 0, 0),
	})
	for _, tt := range []struct {
		period   core.Period
		tokens   int64
		requests int64
		cost     float64
	}{
		{core.PeriodTotal, 11111, 5, 0.5},
		{core.PeriodMonth, 11110, 4, 0.4},
		{core.PeriodWeek, 11100, 3, 0.3},
		{core.PeriodDay, 11000, 2, 0.2},
		{core.Period5h, 11000, 2, 0.2}, // 05:00 counts as 05:59:59
	} {
		got := g.Used(user(core.Quota{Period: tt.period}))
		if got.Tokens != tt.tokens || got.Requests != tt.requests || got.CostUSD != tt.cost {
			t.Errorf("%s: used %+v, want %d tokens, %d requests, $%g", tt.period, got, tt.tokens, tt.requests, tt.cost)
		}
	}
	c.t = at(t, "2026-11-18T10:55:00Z")
	if got := g.Used(user(core.Quota{Period: core.Period5h})); got.Tokens != 10000 {
		t.Errorf("%d tokens, want only those of 10:00", got.Tokens)
	}
}

// A clock that ran ahead and was put right must not lock anybody out.
func TestClockSetBack(t *testing.T) {
	c := &clock{at(t, "2031-05-01T00:00:00Z")}
	g := quota.New(c.now)
	u := user(core.Quota{Period: core.PeriodDay, Tokens: tokens(100)})
	u.RPM = 2
	running, _ := g.Reserve(u, 10, nil)
	spend(t, g, u, 90, nil)
	refused(t, g, u)
	c.t = at(t, "2026-11-18T10:00:00Z")
	running.Settle(used(10), nil)
	spend(t, g, u, 50, nil)
	spend(t, g, u, 50, nil)
	if got := g.Used(u); got.Tokens != 100 {
		t.Errorf("used %+v", got)
	}
	c.t = time.Time{}
	if _, refusal := g.Reserve(u, 1, nil); refusal != nil {
		t.Error(refusal.Message)
	}
}
