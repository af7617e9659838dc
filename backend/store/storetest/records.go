package storetest

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func rowRoundTrip(t *testing.T, open Open) {
	s := open(t)
	full := record(day.Add(123456789))
	bare := &core.Record{ID: core.NewID("req", day), Time: day, Attempts: []core.Attempt{}, Dropped: []string{}}
	commit(t, s, nil, []*core.Record{full, bare})
	for range 2 {
		for _, want := range []*core.Record{full, bare} {
			got, err := s.FindRecord(context.Background(), want.ID)
			if err != nil {
				t.Fatalf("FindRecord: %v", err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %+v\nwant %+v", got, want)
			}
		}
		shut(t, s)
		s = open(t)
	}
	_, err := s.FindRecord(context.Background(), "req_unknown")
	wantNotFound(t, err)
	shut(t, s)
}

// openIDs returns the ids of the open rows, sorted.
func openIDs(t *testing.T, s core.RecordStore) []string {
	t.Helper()
	rows, err := s.OpenRecords(context.Background())
	if err != nil {
		t.Fatalf("OpenRecords: %v", err)
	}
	return ids(rows)
}

func ids(rows []*core.Record) []string {
	list := []string{}
	for _, r := range rows {
		list = append(list, r.ID)
	}
	slices.Sort(list)
	return list
}

func wantOpen(t *testing.T, s core.RecordStore, want ...*core.Record) {
	t.Helper()
	if got := openIDs(t, s); !slices.Equal(got, ids(want)) {
		t.Errorf("open rows %v, want %v", got, ids(want))
	}
}

func openRows(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	r := records(5, day)
	commit(t, s, []*core.Record{begun(r[0]), begun(r[1]), begun(r[2])}, nil)
	wantOpen(t, s, r[:3]...)
	_, err := s.FindRecord(context.Background(), r[0].ID)
	wantNotFound(t, err)

	commit(t, s, []*core.Record{begun(r[3])}, []*core.Record{r[1]})
	wantOpen(t, s, r[0], r[2], r[3])
	commit(t, s, nil, []*core.Record{r[0], r[2], r[4]}) // r[4] was never begun
	wantOpen(t, s, r[3])
	commit(t, s, []*core.Record{begun(record(day))}, []*core.Record{r[3]})
	if got := openIDs(t, s); len(got) != 1 {
		t.Errorf("open rows %v, want the one that began last", got)
	}
	rows, _, err := s.ListRecords(context.Background(), core.RecordFilter{})
	if err != nil || len(rows) != 5 {
		t.Errorf("%d ended rows (%v), want 5", len(rows), err)
	}
}

func openRowsReopened(t *testing.T, open Open) {
	s := open(t)
	r := records(6, day)
	commit(t, s, []*core.Record{begun(r[0]), begun(r[1])}, nil)
	commit(t, s, []*core.Record{begun(r[2])}, nil)
	commit(t, s, []*core.Record{begun(r[3])}, []*core.Record{r[2]})
	commit(t, s, nil, []*core.Record{r[0]})
	shut(t, s)

	s = open(t)
	wantOpen(t, s, r[1], r[3])
	rows, err := s.OpenRecords(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range rows {
		want := begun(r[1])
		if got.ID == r[3].ID {
			want = begun(r[3])
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("\n got %+v\nwant %+v", got, want)
		}
	}
	commit(t, s, []*core.Record{begun(r[4])}, []*core.Record{r[1]})
	commit(t, s, []*core.Record{begun(r[5])}, []*core.Record{r[3]})
	wantOpen(t, s, r[4], r[5])
	shut(t, s)
	s = open(t)
	defer shut(t, s)
	wantOpen(t, s, r[4], r[5])
}

func openRowsAndDrop(t *testing.T, open Open) {
	s := open(t)
	r := records(3, day)
	commit(t, s, []*core.Record{begun(r[0]), begun(r[1])}, nil)
	commit(t, s, []*core.Record{begun(r[2])}, nil)
	commit(t, s, nil, []*core.Record{r[0], r[2]})
	if err := s.DropRecords(context.Background(), day.AddDate(0, 0, 1)); err != nil {
		t.Fatalf("DropRecords: %v", err)
	}
	for range 2 {
		wantOpen(t, s, r[1])
		shut(t, s)
		s = open(t)
	}
	shut(t, s)
}

func largeBatch(t *testing.T, open Open) {
	const n = 12_000
	s := open(t)
	r := records(n, day)
	begins := make([]*core.Record, n)
	for i := range r {
		begins[i] = begun(r[i])
	}
	commit(t, s, begins, nil)
	if got := len(openIDs(t, s)); got != n {
		t.Fatalf("%d open rows, want %d", got, n)
	}
	commit(t, s, nil, r)
	wantOpen(t, s)
	list, err := s.ListRollups(context.Background(), core.RollupFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var sum core.Counts
	for _, roll := range list {
		sum.Add(roll.Counts)
	}
	if sum.Requests != n || sum.Input != n*1000 {
		t.Errorf("the sums say %+v, want %d requests", sum, n)
	}
	shut(t, s)
}

// midnight ends a row whose id was made a moment after its time, on the next day.
func midnight(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	before := time.Date(2026, 3, 14, 23, 59, 59, 999999999, time.UTC)
	r := record(before)
	r.ID = core.NewID("req", before.Add(2))
	other := record(before)
	other.ID = "an id of another form"
	commit(t, s, nil, []*core.Record{r, other})
	for _, id := range []string{r.ID, other.ID} {
		if _, err := s.FindRecord(context.Background(), id); err != nil {
			t.Errorf("FindRecord(%q): %v", id, err)
		}
	}
}

func dropRecords(t *testing.T, open Open) {
	s := open(t)
	var all []*core.Record
	for i := range 5 {
		all = append(all, records(20, day.AddDate(0, 0, i))...)
	}
	commit(t, s, nil, all)
	if err := s.DropRecords(context.Background(), day.AddDate(0, 0, 3).Add(-12*time.Hour)); err != nil {
		t.Fatalf("DropRecords: %v", err)
	}
	for range 2 {
		rows, _, err := s.ListRecords(context.Background(), core.RecordFilter{Limit: 1000})
		if err != nil || !slices.Equal(ids(rows), ids(all[60:])) {
			t.Errorf("%d rows (%v), want the 40 of the last two days", len(rows), err)
		}
		_, err = s.FindRecord(context.Background(), all[0].ID)
		wantNotFound(t, err)
		list, err := s.ListRollups(context.Background(), core.RollupFilter{})
		var sum core.Counts
		for _, roll := range list {
			sum.Add(roll.Counts)
		}
		if err != nil || sum.Requests != 100 {
			t.Errorf("the sums say %d requests (%v), want 100", sum.Requests, err)
		}
		shut(t, s)
		s = open(t)
	}
	commit(t, s, nil, all[:1])
	if _, err := s.FindRecord(context.Background(), all[0].ID); err != nil {
		t.Errorf("a row of a dropped day that came later: %v", err)
	}
	shut(t, s)
}
