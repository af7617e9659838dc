package usage

import (
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

func rollup(hour time.Time, account string, tokens int64) core.Rollup {
	return core.Rollup{RollupKey: core.RollupKey{Hour: hour, AccountID: account}, Counts: core.Counts{Requests: 2, Errors: 1, Input: tokens, CostUSD: 0.5}}
}

func TestTally(t *testing.T) {
	now := time.Date(2026, 12, 3, 12, 30, 0, 0, time.UTC)
	hour := now.Truncate(time.Hour)
	tally := NewTally(func() time.Time { return now }, []core.Rollup{
		rollup(hour.Add(-2*time.Hour), "a", 200),
		rollup(hour.Add(-80*time.Hour), "a", 1000), // last month, this week
		rollup(hour.Add(-30*24*time.Hour), "a", 5000),
		rollup(hour.Add(-48*time.Hour), "a", 30),
		rollup(hour, "b", 7),
	})
	tally.Observe(&core.Record{AccountID: "a", Time: now, Outcome: core.OutcomeOK, Usage: llm.Usage{Input: 5, Output: 6}})
	tally.Observe(&core.Record{AccountID: "", Time: now, Outcome: core.OutcomeOK})
	own, month := tally.Month("a")
	if own.Input != 235 || own.Output != 6 || own.Requests != 3 || own.CostUSD != 1 || month.Day() != 1 {
		t.Errorf("month %+v since %v", own, month)
	}
	day, first := tally.Since("a", hour.Add(-23*time.Hour))
	if day.Input != 205 || !first.Equal(hour.Add(-80*time.Hour)) {
		t.Errorf("day %+v, first %v", day, first)
	}
	if week, _ := tally.Since("a", hour.Add(-200*time.Hour)); week.Input != 1235 {
		t.Errorf("week %+v", week)
	}
	tally.Observe(&core.Record{AccountID: "c", Time: now.Add(-7 * time.Minute), Outcome: core.OutcomeOK})
	if _, first := tally.Since("c", time.Time{}); !first.Equal(now.Add(-7 * time.Minute)) {
		t.Errorf("first use seen at %v", first)
	}
	now = now.AddDate(0, 1, 0)
	if own, _ := tally.Month("a"); own != (Own{}) {
		t.Errorf("next month %+v", own)
	}
	if week, first := tally.Since("a", time.Time{}); week != (Own{}) || !first.IsZero() {
		t.Errorf("a month later %+v, %v", week, first)
	}
	tally.Forget(func(id string) bool { return id == "a" })
	if tally.accounts["b"] != nil || tally.accounts["a"] == nil {
		t.Error("the wrong account was forgotten")
	}
}

func TestCombine(t *testing.T) {
	now := time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)
	own := Own{Requests: 3, Input: 10, Output: 5, CostUSD: 0.25}
	quota := &core.AccountUsage{Unit: "credits", Source: core.UsageQuota, Limit: 50, Parts: []core.UsagePart{{Name: "plan", Limit: 50}}}
	report := &core.AccountUsage{Unit: "usd", Source: core.UsageReport, Unlimited: true, Used: 2, Parts: []core.UsagePart{{Name: "cost", Used: 2}}}
	told := &core.AccountUsage{Unit: "tokens", Source: core.UsageHeaders, Limit: 100, FetchedAt: now, Parts: []core.UsagePart{{Name: "tokens", Limit: 100}}}
	tests := []struct {
		name    string
		known   Known
		source  core.UsageSource // of the whole; "" = nothing
		parts   map[core.UsageSource]int
		problem string
	}{
		{"nothing", Known{}, "", nil, ""},
		{"the ledger alone", Known{Own: own}, core.UsageLedger, map[core.UsageSource]int{core.UsageLedger: 4}, ""},
		{"a quota", Known{Asked: quota}, core.UsageQuota, map[core.UsageSource]int{"": 1}, ""},
		{"headers and the ledger", Known{Told: told, Own: own}, core.UsageHeaders, map[core.UsageSource]int{"": 1, core.UsageLedger: 4}, ""},
		{"everything", Known{Asked: report, Told: told, Own: own}, core.UsageReport, map[core.UsageSource]int{"": 1, core.UsageHeaders: 1, core.UsageLedger: 4}, ""},
		{"a key that is refused", Known{Problem: "refused"}, core.UsageLedger, nil, "refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.known.Since = now.AddDate(0, 0, -2)
			u := Combine(tt.known, now)
			if u == nil || tt.source == "" {
				if u != nil || tt.source != "" {
					t.Fatalf("got %+v", u)
				}
				return
			}
			if u.Source != tt.source || u.Error != tt.problem || u.Parts == nil {
				t.Errorf("got %+v", u)
			}
			parts := map[core.UsageSource]int{}
			for _, p := range u.Parts {
				parts[p.Source]++
			}
			if len(parts) != len(tt.parts) {
				t.Errorf("parts %v", parts)
			}
			for source, n := range tt.parts {
				if parts[source] != n {
					t.Errorf("%d parts of %q, want %d", parts[source], source, n)
				}
			}
		})
	}
	if len(quota.Parts) != 1 || len(report.Parts) != 1 {
		t.Error("what was known has been changed")
	}
}
