package store

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// wantSums compares the sums from memory with those that the database has.
func wantSums(t *testing.T, db *DB, f core.RollupFilter) {
	t.Helper()
	ctx := context.Background()
	want := map[core.RollupKey]core.Counts{}
	err := db.rollups.read(ctx, db.db.View, &f, hourOf(f.Since), 1<<32-1, func(k *core.RollupKey, c core.Counts) error {
		if f.Until.IsZero() || k.Hour.Before(f.Until) {
			want[*k] = c
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[core.RollupKey]core.Counts{}
	list, err := db.ListRollups(ctx, f)
	for _, r := range list {
		got[r.RollupKey] = r.Counts
	}
	if err != nil || len(list) != len(got) || !maps.Equal(got, want) {
		t.Errorf("%+v: %d sums (%v), want %d", f, len(list), err, len(want))
	}
}

// fillHours stores one row an hour for each of some users.
func fillHours(t testing.TB, db *DB, first time.Time, hours, users int) {
	t.Helper()
	for h := range hours {
		var batch []*core.Record
		for u := range users {
			at := first.Add(time.Duration(h) * time.Hour)
			batch = append(batch, &core.Record{
				ID: core.NewID("req", at), Time: at, UserID: fmt.Sprint("usr_", u), ChannelID: "chn_1", AccountID: fmt.Sprint("acc_", u%5),
				RequestedModel: "gpt-5", Outcome: core.OutcomeOK, FirstByteMS: int64(100 + h), DurationMS: int64(1000 + u),
			})
		}
		if err := db.CommitRecords(context.Background(), nil, batch); err != nil {
			t.Fatal(err)
		}
	}
}

// The database is read once, however often somebody asks, and what is committed
// meanwhile is there.
func TestSumsAreReadOnce(t *testing.T) {
	db, err := Open(context.Background(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	fillHours(t, db, first, 100, 7)
	since := core.RollupFilter{Since: first.Add(50 * time.Hour)}
	wantSums(t, db, since)
	if n := db.rollups.hours.read.Load(); n != 50*7 {
		t.Errorf("%d sums were read, want those of 50 hours", n)
	}
	fillHours(t, db, first.Add(95*time.Hour), 10, 9) // some of them anew
	for _, f := range []core.RollupFilter{
		since,
		{Since: first.Add(60*time.Hour + time.Minute)},
		{Since: since.Since, Until: first.Add(70 * time.Hour)},
		{Since: since.Since, UserID: "usr_3"},
		{Since: since.Since, UserID: "nobody"},
		{Since: since.Since, Model: "gpt-5", ChannelID: "chn_1"},
	} {
		wantSums(t, db, f)
	}
	if n := db.rollups.hours.read.Load(); n != 50*7 {
		t.Errorf("%d sums were read, the later ones are in memory", n)
	}
	wantSums(t, db, core.RollupFilter{Since: first})
	if n := db.rollups.hours.read.Load(); n != 100*7 {
		t.Errorf("%d sums were read, want the older ones too", n)
	}
	db.rollups.hours.rest()
	db.rollups.hours.rest()
	if db.rollups.hours.count != 0 {
		t.Error("what nobody asks for stays in memory")
	}
	wantSums(t, db, since)
}

// So are the latencies, which agree with those of the database.
func TestLatenciesAreReadOnce(t *testing.T) {
	db, err := Open(context.Background(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	fillHours(t, db, first, 20, 5)
	sum := func(f core.RollupFilter) core.Latency {
		list, err := db.SumLatencies(context.Background(), f)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d latencies (%v)", len(list), err)
		}
		return list[0].Latency
	}
	sum(core.RollupFilter{Since: first.Add(10 * time.Hour)})
	fillHours(t, db, first.Add(15*time.Hour), 10, 5)
	// Without a beginning everything is read from the database.
	if got, want := sum(core.RollupFilter{Since: first}), sum(core.RollupFilter{}); got != want || got.Total.Count() != 150 {
		t.Errorf("in memory %+v\nin the database %+v", got, want)
	}
	if n := db.latencies.hours.read.Load(); n != 20*5 {
		t.Errorf("%d sums were read, want each of the first once", n)
	}
}

// What does not fit into the memory comes from the database.
func TestSumsInMemoryAreBounded(t *testing.T) {
	db, err := Open(context.Background(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	const most = 3000
	db.rollups.hours.most = most
	fillHours(t, db, first, 20, most/15)
	wantSums(t, db, core.RollupFilter{Since: first})
	if db.rollups.hours.count > most || db.rollups.hours.count < most/2 {
		t.Errorf("%d sums are in memory", db.rollups.hours.count)
	}
	read := db.rollups.hours.read.Load()
	wantSums(t, db, core.RollupFilter{Since: first})
	if db.rollups.hours.read.Load() != read {
		t.Error("what does not fit is loaded again and again")
	}
}

// BenchmarkRollups is what the statistics of ninety days pay, with fifty sums an
// hour.
func BenchmarkRollups(b *testing.B) {
	db, err := Open(context.Background(), Options{Dir: b.TempDir(), Key: make([]byte, 32)})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	fillHours(b, db, first, 90*24, 50)
	for b.Loop() {
		if list, err := db.ListRollups(context.Background(), core.RollupFilter{Since: first}); err != nil || len(list) != 90*24*50 {
			b.Fatal(len(list), err)
		}
	}
}
