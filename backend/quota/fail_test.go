package quota_test

import (
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/quota"
)

// What a failed request has used counts, the request does not: neither now nor
// behind a restart, which knows it by the ledger's sums.
func TestFailedRequestsCountWhatTheyUsed(t *testing.T) {
	u := user(core.Quota{})
	before := quota.New(time.Now)
	spend(t, before, u, 100, usd(0.5))
	r, refusal := before.Reserve(u, 500, nil)
	if refusal != nil {
		t.Fatal(refusal.Message)
	}
	r.Fail(used(30), usd(0.25))
	r.Settle(used(30), nil)
	behind := quota.New(time.Now)
	behind.Seed([]core.Rollup{{
		RollupKey: core.RollupKey{Hour: time.Now().Truncate(time.Hour), UserID: u.ID},
		Counts:    core.Counts{Requests: 2, Errors: 1, Input: 130, CostUSD: 0.75},
	}})
	for _, g := range []*quota.Gate{before, behind} {
		if got := g.Used(u); got.Tokens != 130 || got.Requests != 1 || got.CostUSD != 0.75 {
			t.Errorf("used %+v", got)
		}
	}
}
