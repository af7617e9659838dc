package store

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// The oldest days go, whole, until the rest fits, and the disk has their room
// again.
func TestTheLogKeepsToItsBudget(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(context.Background(), Options{Dir: dir, Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	fillDays(t, db, first, 6, 15_000)
	ctx := context.Background()
	if err := db.LimitRecords(ctx, 1<<40, first.AddDate(0, 0, 6)); err != nil {
		t.Fatal(err)
	}
	before, err := db.Storage(ctx)
	if err != nil || before.Days != 6 || before.Oldest != "20260301" || before.Logs < 5<<20 || before.Total < before.Logs || before.Free == 0 {
		t.Fatalf("storage %+v, %v", before, err)
	}
	budget := before.Logs / 2
	if err := db.LimitRecords(ctx, budget, first.AddDate(0, 0, 6)); err != nil {
		t.Fatal(err)
	}
	after, err := db.Storage(ctx)
	if err != nil || after.Logs > budget || after.Days == 0 || after.Days == 6 || after.Total > before.Total-budget/2 {
		t.Errorf("before %+v, after %+v, %v", before, after, err)
	}
	if taken := size(t, dir); taken > budget+budget/4 {
		t.Errorf("the tables take %d bytes of a budget of %d", taken, budget)
	}
	rows, _, err := db.ListRecords(ctx, core.RecordFilter{Limit: 1})
	if err != nil || len(rows) != 1 || rows[0].Time.Day() != 6 {
		t.Errorf("the youngest day is gone: %v, %v", rows, err)
	}
	sums, err := db.ListRollups(ctx, core.RollupFilter{})
	var n int64
	for _, s := range sums {
		n += s.Requests
	}
	if err != nil || n != 6*15_000 {
		t.Errorf("the sums say %d requests, %v", n, err)
	}
	if err := db.LimitRecords(ctx, 0, first.AddDate(0, 0, 5)); err != nil {
		t.Fatal(err)
	}
	if last, err := db.Storage(ctx); err != nil || last.Days != 1 || last.Oldest != "20260306" {
		t.Errorf("today's rows do not stay: %+v, %v", last, err)
	}
}
