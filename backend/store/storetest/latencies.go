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
		name   string
		f      core.RollupFilter
		counts []int64 // of each hour
	}{
		{"all", core.RollupFilter{}, []int64{2, 1}},
		{"since", core.RollupFilter{Since: day.Add(time.Hour)}, []int64{1}},
		{"until", core.RollupFilter{Until: day.Add(time.Hour)}, []int64{2}},
		{"another user", core.RollupFilter{UserID: "nobody"}, nil},
	} {
		list, err := s.ListLatencies(context.Background(), tt.f)
		if err != nil || len(list) != len(tt.counts) {
			t.Fatalf("%s: %d latencies, want %d: %v", tt.name, len(list), len(tt.counts), err)
		}
		for i, l := range list {
			if l.First.Count() != tt.counts[i] || l.Total.Count() != tt.counts[i] || l.AccountID != "" {
				t.Errorf("%s: %d first bytes and %d totals, want %d", tt.name, l.First.Count(), l.Total.Count(), tt.counts[i])
			}
		}
	}
}
