package balance

import (
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

func count(n int64) *int64 { return &n }

func TestBudget(t *testing.T) {
	dollars := 2.0
	tests := []struct {
		name   string
		budget core.Quota
		share  int
		uses   int           // until it is used up, of 100 tokens and half a dollar each
		closed time.Duration // from then on, at 2026-01-02 03:04 UTC, a Friday
	}{
		{"tokens of a day", core.Quota{Period: core.PeriodDay, Tokens: count(250)}, 0, 3, 20*time.Hour + 56*time.Minute},
		{"requests of a week", core.Quota{Period: core.PeriodWeek, Requests: count(2)}, 0, 2, 68*time.Hour + 56*time.Minute},
		{"dollars of a month", core.Quota{Period: core.PeriodMonth, CostUSD: &dollars}, 0, 4, 29*24*time.Hour + 20*time.Hour + 56*time.Minute},
		{"a day's share of a month", core.Quota{Period: core.PeriodMonth, Tokens: count(1000)}, 20, 2, 20*time.Hour + 56*time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, b := two()
			w.edit("a", func(a *core.Account) { a.Budget, a.DailyShare = &tt.budget, tt.share })
			half := 0.5
			for i := range tt.uses {
				w.pick(t, b, "m", "b").Done(limits.Finding{})
				if h := b.Health("a"); h.State != core.StateReady {
					t.Fatalf("closed behind %d uses: %+v", i, h)
				}
				b.Spend("a", w.clock, 100, &half)
			}
			h := b.Health("a")
			if h.State != core.StateExhausted || h.Until.Sub(w.clock) != tt.closed || h.Reason == "" {
				t.Fatalf("%+v, want %v", h, tt.closed)
			}
			if l, _ := b.Pick(w.ask("m", "b")); l != nil {
				t.Error("picked beyond its budget")
			}
			w.clock = w.clock.Add(tt.closed)
			w.pick(t, b, "m", "b").Done(limits.Finding{})
			if h := b.Health("a"); h.State != core.StateReady {
				t.Errorf("in the next period: %+v", h)
			}
		})
	}
}

func TestBudgetIsSeededAndChanged(t *testing.T) {
	w, b := two()
	w.edit("a", func(a *core.Account) { a.Budget = &core.Quota{Period: core.PeriodDay, Tokens: count(100)} })
	sum := func(hours int, tokens int64) core.Rollup {
		return core.Rollup{
			RollupKey: core.RollupKey{Hour: w.clock.Truncate(time.Hour).Add(time.Duration(hours) * time.Hour), AccountID: "a"},
			Counts:    core.Counts{Requests: 1, Input: tokens},
		}
	}
	b.Seed([]core.Rollup{sum(-30, 5000), sum(-1, 60), sum(0, 50)})
	if h := b.Health("a"); h.State != core.StateExhausted {
		t.Errorf("110 of 100: %+v", h)
	}
	w.edit("a", func(a *core.Account) { a.Budget = &core.Quota{Period: core.PeriodDay, Tokens: count(111)} })
	w.pick(t, b, "m", "b")
	w.edit("a", func(a *core.Account) { a.Budget = &core.Quota{Period: core.PeriodWeek, Tokens: count(5110)} })
	if h := b.Health("a"); h.State != core.StateExhausted {
		t.Errorf("5110 of 5110 in the week: %+v", h)
	}
}

func TestDailyShareOfTheProvidersQuota(t *testing.T) {
	w, b := two()
	left := 800.0
	b.Usage = func(id string) (float64, float64, time.Time, bool) { return left, 1000, time.Time{}, id == "a" }
	w.edit("a", func(a *core.Account) { a.DailyShare = 10 })
	b.Health("a")
	for _, step := range []struct {
		left  float64
		ready bool
	}{{750, true}, {700, false}} {
		left = step.left
		b.Spend("a", w.clock, 1, nil)
		if h := b.Health("a"); (h.State == core.StateReady) != step.ready {
			t.Errorf("%v left: %+v", left, h)
		}
	}
	w.clock = w.clock.Add(24 * time.Hour)
	if h := b.Health("a"); h.State != core.StateReady {
		t.Errorf("the next day: %+v", h)
	}
}

func TestHours(t *testing.T) {
	tests := []struct {
		name string
		set  core.Hours
		at   string
		want string // until when it is closed; "" = open
	}{
		{"before", core.Hours{From: "08:00", To: "18:30"}, "2026-01-02T07:59:59Z", "2026-01-02T08:00:00Z"},
		{"begin", core.Hours{From: "08:00", To: "18:30"}, "2026-01-02T08:00:00Z", ""},
		{"end", core.Hours{From: "08:00", To: "18:30"}, "2026-01-02T18:30:00Z", "2026-01-03T08:00:00Z"},
		{"over midnight, evening", core.Hours{From: "22:00", To: "06:00"}, "2026-01-02T23:00:00Z", ""},
		{"over midnight, morning", core.Hours{From: "22:00", To: "06:00"}, "2026-01-02T05:59:00Z", ""},
		{"over midnight, day", core.Hours{From: "22:00", To: "06:00"}, "2026-01-02T06:00:00Z", "2026-01-02T22:00:00Z"},
		{"another zone", core.Hours{From: "09:00", To: "17:00", TimeZone: "Asia/Shanghai"}, "2026-01-02T00:59:00Z", "2026-01-02T01:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, b := two()
			w.edit("a", func(a *core.Account) { a.ActiveHours = &tt.set })
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			w.clock = at
			h := b.Health("a")
			if tt.want == "" {
				if h.State != core.StateReady {
					t.Errorf("%+v", h)
				}
				return
			}
			if h.Until == nil || h.Until.Format(time.RFC3339) != tt.want {
				t.Fatalf("%+v, want %s", h, tt.want)
			}
			if l, _ := b.Pick(w.ask("m", "b")); l != nil {
				t.Error("picked outside its hours")
			}
			w.clock = *h.Until
			w.pick(t, b, "m", "b")
		})
	}
}
