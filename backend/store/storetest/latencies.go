package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func latencies(t *testing.T, open Open) {
	s := open(t)
	for i, at := range []time.Time{day, day.Add(time.Minute), day.Add(time.Hour)} {
		r := record(at)
		r.AccountID, r.FirstByteMS, r.DurationMS = core.NewID("acc", at), 100, int64(1000*(i+1))
		if err := s.CommitRecords(context.Background(), nil, []*core.Record{r}); err != nil {
			t.Fatal(err)
		}
	}
	failed := record(day)
	failed.Outcome, failed.FirstByteMS = core.OutcomeUpstreamError, 0
	if err := s.CommitRecords(context.Background(), nil, []*core.Record{failed}); err != nil {
		t.Fatal(err)
	}
	shut(t, s)
	s = open(t)
	defer shut(t, s)
	for _, tt := range []struct {
		name  string
		f     core.RollupFilter
		count int64
	}{
		{"all", core.RollupFilter{}, 3},
		{"since", core.RollupFilter{Since: day.Add(time.Hour)}, 1},
		{"until", core.RollupFilter{Until: day.Add(time.Hour)}, 2},
		{"between", core.RollupFilter{Since: day, Until: day.Add(time.Hour)}, 2},
		{"another user", core.RollupFilter{UserID: "nobody"}, 0},
	} {
		wantLatency(t, s, tt.name, tt.f, tt.count)
	}
	// What comes behind a look is there at the next one, also for another model.
	late, other := record(day.Add(time.Minute)), record(day.Add(time.Minute))
	late.FirstByteMS, other.RequestedModel = 100, "another"
	commit(t, s, nil, []*core.Record{late, other})
	wantLatency(t, s, "behind a look", core.RollupFilter{Since: day, Model: late.RequestedModel}, 4)
	list, err := s.SumLatencies(context.Background(), core.RollupFilter{Since: day})
	if err != nil || len(list) != 2 {
		t.Errorf("%d latencies (%v), want those of two models", len(list), err)
	}
}

// wantLatency wants so many answers, all of one channel and model.
func wantLatency(t *testing.T, s core.RecordStore, name string, f core.RollupFilter, count int64) {
	t.Helper()
	list, err := s.SumLatencies(context.Background(), f)
	if err != nil || len(list) != int(min(count, 1)) {
		t.Fatalf("%s: %d latencies (%v), want one of %d", name, len(list), err, count)
	}
	for _, l := range list {
		if l.First.Count() != count || l.Total.Count() != count || l.ChannelID != "chn_1" || l.Model != "gpt-5" {
			t.Errorf("%s: %d first bytes and %d totals of %s, want %d", name, l.First.Count(), l.Total.Count(), l.Model, count)
		}
	}
}
