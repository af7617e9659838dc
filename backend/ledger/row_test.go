package ledger_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
)

func TestRowsAreBounded(t *testing.T) {
	s := openStore(t, t.TempDir())
	l, _ := openLedger(t, s)
	r := request(0)
	nan := math.NaN()
	long := strings.Repeat("x", 1<<20) + "\xff"
	r.RequestedModel, r.UserAgent, r.Error, r.CostUSD = long, long, "\xff\xfe broken", &nan
	r.Attempts = slices.Repeat([]core.Attempt{{Reason: long}}, 100)
	r.Attempts[99].Reason = "the last"
	r.Dropped = slices.Repeat([]string{long}, 100)
	if err := begin(t, l, r).End(answered(r)); err != nil {
		t.Fatal(err)
	}
	got := find(t, l, r.ID)
	if len(got.RequestedModel) > 256 || len(got.UserAgent) > 2048 || got.Error != "? broken" || got.CostUSD != nil {
		t.Errorf("model %d bytes, agent %d bytes, error %q, cost %v", len(got.RequestedModel), len(got.UserAgent), got.Error, got.CostUSD)
	}
	if n := len(got.Attempts); n != 64 || got.Attempts[63].Reason != "the last" {
		t.Errorf("%d attempts, the last %q", n, got.Attempts[n-1].Reason)
	}
	r.Attempts, r.Dropped = nil, nil
	if row := tidyOf(t, l, r); row.Attempts == nil || row.Dropped == nil {
		t.Error("an absent list is nil, which JSON shows as null")
	}
}

// tidyOf returns the row as the ledger keeps it in flight.
func tidyOf(t *testing.T, l *ledger.Ledger, r *core.Record) *core.Record {
	t.Helper()
	r.ID = core.NewID("req", noon)
	begin(t, l, r)
	return find(t, l, r.ID)
}

func TestRowsAreNotShared(t *testing.T) {
	l, _ := openLedger(t, openStore(t, t.TempDir()))
	r := request(0)
	r.Dropped = []string{"seed"}
	begin(t, l, r)
	r.Dropped[0], r.RequestedModel = "changed", "changed"
	l.InFlight()[0].Dropped[0] = "changed"
	if got := l.InFlight()[0]; got.Dropped[0] != "seed" || got.RequestedModel != "gpt-5" {
		t.Errorf("the row followed its callers: %+v", got)
	}
}
