package storetest

import (
	"context"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// after returns the open row as it is after some milliseconds, with as many
// tokens.
func after(r *core.Record, ms int64) *core.Record {
	b := begun(r)
	b.AccountID, b.DurationMS, b.Usage.Output = "acc_now", ms, ms
	return b
}

func checkpoint(t *testing.T, s core.RecordStore, rows ...*core.Record) {
	t.Helper()
	if err := s.CheckpointRecords(context.Background(), rows); err != nil {
		t.Fatalf("CheckpointRecords: %v", err)
	}
}

// wantOutput compares the tokens of the open rows.
func wantOutput(t *testing.T, s core.RecordStore, want map[string]int64) {
	t.Helper()
	rows, err := s.OpenRecords(context.Background())
	if err != nil || len(rows) != len(want) {
		t.Fatalf("%d open rows (%v), want %d", len(rows), err, len(want))
	}
	for _, r := range rows {
		if out, ok := want[r.ID]; !ok || r.Usage.Output != out || r.Outcome != core.OutcomeInFlight {
			t.Errorf("open row %s is %s with %d tokens, want %d", r.ID, r.Outcome, r.Usage.Output, out)
		}
	}
}

func checkpoints(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	r := records(4, day)
	commit(t, s, []*core.Record{begun(r[0]), begun(r[1])}, nil)
	checkpoint(t, s, after(r[0], 5), after(r[3], 5)) // r[3] was never begun
	wantOutput(t, s, map[string]int64{r[0].ID: 5, r[1].ID: r[1].Usage.Output})
	checkpoint(t, s, after(r[0], 7), after(r[1], 9))
	wantOutput(t, s, map[string]int64{r[0].ID: 7, r[1].ID: 9})
	commit(t, s, []*core.Record{begun(r[2])}, []*core.Record{r[0]})
	checkpoint(t, s, after(r[0], 11)) // it has ended meanwhile
	checkpoint(t, s)
	wantOutput(t, s, map[string]int64{r[1].ID: 9, r[2].ID: r[2].Usage.Output})
	rows := readAll(t, s, core.RecordFilter{Limit: 1000})
	if len(rows) != 1 || rows[0].Usage.Output != r[0].Usage.Output || len(sumsOf(t, s, core.RollupFilter{})) != 1 {
		t.Errorf("a checkpoint has become a row: %v", ids(rows))
	}
}

// checkpointsReopened leaves several states of the same rows behind, also in
// places that are used again.
func checkpointsReopened(t *testing.T, open Open) {
	s := open(t)
	r := records(6, day)
	want := map[string]int64{}
	for i, one := range r[:5] {
		commit(t, s, []*core.Record{begun(one)}, nil)
		for ms := range int64(i) {
			checkpoint(t, s, after(one, 10+ms), after(r[0], 10*int64(i)+ms))
		}
		want[one.ID] = 9 + int64(i)
	}
	want[r[0].ID] = 43
	commit(t, s, nil, []*core.Record{r[3]})
	delete(want, r[3].ID)
	for range 2 {
		wantOutput(t, s, want)
		shut(t, s)
		s = open(t)
	}
	checkpoint(t, s, after(r[0], 50), after(r[3], 50))
	commit(t, s, []*core.Record{begun(r[5])}, []*core.Record{r[4]})
	want[r[0].ID], want[r[5].ID] = 50, r[5].Usage.Output
	delete(want, r[4].ID)
	wantOutput(t, s, want)
	if err := s.DropRecords(context.Background(), day.AddDate(0, 0, 1)); err != nil {
		t.Fatalf("DropRecords: %v", err)
	}
	for range 2 {
		wantOutput(t, s, want)
		shut(t, s)
		s = open(t)
	}
	shut(t, s)
}
