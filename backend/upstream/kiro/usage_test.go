package kiro

import (
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
)

// The shapes of answers that were seen over two years.
func TestShapesOfUsage(t *testing.T) {
	now := time.Unix(1_793_000_000, 0)
	tests := []struct {
		name, doc              string
		used, limit, remaining float64
		parts                  int
		resets                 int64
		unlimited              bool
	}{
		{
			"2026", `{"nextDateReset":1.7934912E9,"usageBreakdownList":[{"resourceType":"VIBE","currentUsage":9},
			{"resourceType":"CREDIT","currentUsage":412,"currentUsageWithPrecision":412.5,"usageLimit":1000,"usageLimitWithPrecision":1000.0,"bonuses":null}]}`,
			412.5, 1000, 587.5, 1, 1_793_491_200, false,
		},
		{
			"milliseconds, trial by its other name", `{"usageBreakdownList":[{"resourceType":"CREDIT","nextDateReset":1793491200000,"currentUsage":60,"usageLimit":50,
			"freeTrialUsage":{"freeTrialStatus":"ACTIVE","freeTrialExpiry":1793900000,"currentUsage":100,"usageLimit":500}}]}`,
			160, 550, 400, 2, 1_793_491_200, false,
		},
		{
			"trial that is over", `{"usageBreakdownList":[{"resourceType":"CREDIT","currentUsage":1,"usageLimit":50,
			"freeTrialInfo":{"freeTrialStatus":"EXPIRED","currentUsage":0,"usageLimit":500},
			"bonuses":[{"status":"ACTIVE","expiresAt":1792999999,"usageLimit":100},{"status":"EXHAUSTED","currentUsage":100,"usageLimit":100}]}]}`,
			101, 150, 49, 2, 0, false,
		},
		{"one entry, no list", `{"usageBreakdown":{"currentUsage":3,"usageLimit":10,"resetDate":"2026-12-01T00:00:00Z"}}`, 3, 10, 7, 1, 1_796_083_200, false},
		{"2025", `{"limits":[{"type":"CODE_COMPLETIONS","currentUsage":5,"totalUsageLimit":9},{"type":"AGENTIC_REQUEST","currentUsage":7,"totalUsageLimit":50,"percentUsed":14}]}`, 7, 50, 43, 1, 0, false},
		{"without a limit", `{"usageBreakdownList":[{"resourceType":"CREDIT","currentUsage":5,"usageLimit":999999}]}`, 5, 999_999, 999_994, 1, 0, true},
		{"numbers as text", `{"usageBreakdownList":[{"resourceType":"CREDIT","currentUsage":"5.5","usageLimit":"10","nextDateReset":"1793491200.0"}]}`, 5.5, 10, 4.5, 1, 1_793_491_200, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, ok := usageOf(gjson.Parse(tt.doc), now)
			if !ok || u.Used != tt.used || u.Limit != tt.limit || u.Remaining != tt.remaining || len(u.Parts) != tt.parts || u.Unlimited != tt.unlimited {
				t.Errorf("got %+v", u)
			}
			if tt.resets == 0 && u.ResetsAt != nil || tt.resets != 0 && (u.ResetsAt == nil || u.ResetsAt.Unix() != tt.resets) {
				t.Errorf("resets at %v", u.ResetsAt)
			}
			if u.Overage != nil {
				t.Errorf("overage %+v", u.Overage)
			}
		})
	}
	if _, ok := usageOf(gjson.Parse(`{"limits":[],"usageBreakdown":null}`), now); ok {
		t.Error("an answer without an entry was taken")
	}
	doc := gjson.Parse(`{"overageConfiguration":{"overageStatus":"DISABLED"},"usageBreakdownList":[{"resourceType":"CREDIT","currentOverages":10,"overageRate":0.04,"overageCap":100}]}`)
	if u, _ := usageOf(doc, now); u.Overage == nil || *u.Overage != (core.Overage{Used: 10, Limit: 100, CostUSD: 0.4}) {
		t.Errorf("overage %+v", u.Overage)
	}
}

func FuzzUsage(f *testing.F) {
	f.Add(`{"usageBreakdownList":[{"resourceType":"CREDIT","currentUsage":1,"bonuses":[{}],"nextDateReset":1e300}]}`)
	f.Fuzz(func(t *testing.T, doc string) {
		u, _ := usageOf(gjson.Parse(doc), time.Unix(1_793_000_000, 0))
		if u.Parts == nil {
			t.Error("no list of parts")
		}
	})
}
