package admin

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/store"
)

// benchNow is when the statistics are asked for.
var benchNow = time.Date(2026, 9, 10, 15, 30, 0, 0, time.UTC)

// aged returns a service over an encrypted store that fill has filled.
func aged(b *testing.B, fill func(core.RecordStore)) *Service {
	b.Helper()
	db, err := store.Open(b.Context(), store.Options{Dir: b.TempDir(), Key: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	fill(db)
	now := func() time.Time { return benchNow }
	l, err := ledger.Open(b.Context(), db, ledger.NewEvents(now), nil, now, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	return New(Deps{Store: db, Ledger: l, Now: now})
}

// rowAt is the n-th row of an hour: its user, channel, account and model are one
// of thirty combinations.
func rowAt(at time.Time, n int) *core.Record {
	cost, k := 0.01, n%30
	return &core.Record{
		ID: core.NewID("req", at), Time: at, UserID: fmt.Sprint("usr_", k%5), KeyID: fmt.Sprint("key_", k%5),
		ChannelID: fmt.Sprint("chn_", k%3), ChannelName: "Work", AccountID: fmt.Sprint("acc_", k%6), AccountName: "first",
		RequestedModel: fmt.Sprint("model-", k/5), UpstreamModel: fmt.Sprint("model-", k/5), Outcome: core.OutcomeOK, Status: 200, Stream: true,
		Attempts:    []core.Attempt{{ChannelID: "chn_1", AccountID: "acc_1", Status: 200, StartedAt: at, DurationMS: 900}},
		FirstByteMS: int64(100 + n%1900), DurationMS: int64(1000 + 37*n%20000), CostUSD: &cost, UserAgent: "bench/1.0", ClientIP: "127.0.0.1",
	}
}

// commitRows stores n rows, size in each commit, step apart up to the time of
// the benchmarks.
func commitRows(b *testing.B, s core.RecordStore, n, size int, step time.Duration) {
	b.Helper()
	first := benchNow.Add(-time.Duration(n/size) * step)
	for done := 0; done < n; done += size {
		batch := make([]*core.Record, size)
		for i := range batch {
			batch[i] = rowAt(first.Add(time.Duration(done/size)*step).Add(time.Duration(i)*time.Millisecond), i)
		}
		if err := s.CommitRecords(context.Background(), nil, batch); err != nil {
			b.Fatal(err)
		}
	}
}

// reportMemory tells what the process holds on to.
func reportMemory(b *testing.B) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc>>20), "heap-MB")
}

// BenchmarkStats is GET /api/stats?days=90 when the ninety days, and those before
// to compare with, have thirty sums an hour.
func BenchmarkStats(b *testing.B) {
	const hours, keys = 180 * 24, 30
	s := aged(b, func(db core.RecordStore) { commitRows(b, db, hours*keys, keys, time.Hour) })
	ask := func() {
		got, err := s.FindStats(context.Background(), StatsRequest{Days: 90})
		if err != nil || got.Totals.Requests < 89*24*keys || got.Previous.Requests < 89*24*keys || got.Latency.Total.P99 == 0 {
			b.Fatalf("%v %+v", err, got.Totals)
		}
	}
	ask() // reads the sums once
	b.ReportAllocs()
	for b.Loop() {
		ask()
	}
	b.StopTimer()
	reportMemory(b)
}

// BenchmarkLogs is a page of a hundred rows out of a million: the newest, a later
// one, and those of one user.
func BenchmarkLogs(b *testing.B) {
	s := aged(b, func(db core.RecordStore) { commitRows(b, db, 1_000_000, 1000, 2*time.Hour) })
	first, err := s.ListLogs(context.Background(), LogsRequest{Limit: 100})
	if err != nil {
		b.Fatal(err)
	}
	for name, in := range map[string]LogsRequest{
		"newest": {Limit: 100}, "next": {Limit: 100, Cursor: first.NextCursor}, "user": {Limit: 100, User: "usr_3"},
		"until": {Limit: 100, Until: benchNow.AddDate(0, 0, -30)},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got, err := s.ListLogs(context.Background(), in); err != nil || len(got.Items) != 100 {
					b.Fatal(len(got.Items), err)
				}
			}
		})
	}
}
