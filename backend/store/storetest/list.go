package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// readAll reads every page of the filter.
func readAll(t *testing.T, s core.RecordStore, f core.RecordFilter) []*core.Record {
	t.Helper()
	var all []*core.Record
	for {
		rows, next, err := s.ListRecords(context.Background(), f)
		if err != nil {
			t.Fatalf("ListRecords: %v", err)
		}
		if f.Limit > 0 && len(rows) > f.Limit {
			t.Fatalf("a page of %d rows, want at most %d", len(rows), f.Limit)
		}
		all = append(all, rows...)
		if next == "" {
			return all
		}
		f.Cursor = next
	}
}

// newestFirst returns the ids in the order in which a list must have them.
func newestFirst(rows []*core.Record) []string {
	list := ids(rows)
	slices.Reverse(list)
	return list
}

func inOrder(rows []*core.Record) []string {
	list := []string{}
	for _, r := range rows {
		list = append(list, r.ID)
	}
	return list
}

func pages(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	all := slices.Concat(records(17, day), records(3, day.AddDate(0, 0, 1)), records(30, day.AddDate(0, 1, 0)))
	commit(t, s, nil, all)
	for _, limit := range []int{1, 7, 10, 50, 0} {
		got := readAll(t, s, core.RecordFilter{Limit: limit})
		if !slices.Equal(inOrder(got), newestFirst(all)) {
			t.Errorf("limit %d: %d rows, or not newest first", limit, len(got))
		}
	}
	rows, next, err := s.ListRecords(context.Background(), core.RecordFilter{Limit: len(all)})
	if err != nil || next != "" || len(rows) != len(all) {
		t.Errorf("a page that holds the last row has the cursor %q (%v)", next, err)
	}
}

func pagesWhileAdding(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	old := records(10, day)
	commit(t, s, nil, old)
	first, next, err := s.ListRecords(context.Background(), core.RecordFilter{Limit: 4})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, s, nil, records(10, day.Add(time.Hour)))
	rest := readAll(t, s, core.RecordFilter{Limit: 4, Cursor: next})
	if got := append(inOrder(first), inOrder(rest)...); !slices.Equal(got, newestFirst(old)) {
		t.Errorf("the pages hold %d rows, want the 10 that there were", len(got))
	}
}

func filters(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	all := slices.Concat(records(12, day), records(12, day.AddDate(0, 0, 1)))
	all[3].AccountID, all[4].ChannelID, all[5].Outcome = "acc_9", "chn_9", core.OutcomeClientGone
	all[6].Error, all[7].Attempts[0].Reason = "Überlastet: TRY later", "suspended"
	commit(t, s, nil, all)
	tests := []struct {
		name string
		f    core.RecordFilter
	}{
		{"user", core.RecordFilter{UserID: "usr_1"}},
		{"model", core.RecordFilter{Model: "model-1"}},
		{"user and model", core.RecordFilter{UserID: "usr_2", Model: "model-0"}},
		{"account", core.RecordFilter{AccountID: "acc_9"}},
		{"channel", core.RecordFilter{ChannelID: "chn_9"}},
		{"outcome", core.RecordFilter{Outcome: core.OutcomeClientGone}},
		{"a word of a model", core.RecordFilter{Query: "MODEL-1"}},
		{"words of an error", core.RecordFilter{Query: "try überlastet"}},
		{"a word of an attempt", core.RecordFilter{Query: "suspended", UserID: "usr_1"}},
		{"words of several places", core.RecordFilter{Query: "suspended claude"}},
		{"a word that is nowhere", core.RecordFilter{Query: "model-1 suspended nowhere"}},
		{"nothing", core.RecordFilter{Outcome: core.OutcomeRejected}},
		{"since", core.RecordFilter{Since: all[7].Time}},
		{"until", core.RecordFilter{Until: all[7].Time}},
		{"one second", core.RecordFilter{Since: all[7].Time, Until: all[8].Time}},
		{"another day", core.RecordFilter{Since: day.AddDate(1, 0, 0)}},
		{"before all", core.RecordFilter{Until: day}},
	}
	for _, test := range tests {
		var want []*core.Record
		for _, r := range all {
			if test.f.Matches(r) {
				want = append(want, r)
			}
		}
		for _, limit := range []int{2, 0} {
			test.f.Limit = limit
			if got := readAll(t, s, test.f); !slices.Equal(inOrder(got), newestFirst(want)) {
				t.Errorf("%s, limit %d: %v, want %v", test.name, limit, inOrder(got), newestFirst(want))
			}
		}
	}
}

func wrongPages(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	for _, f := range []core.RecordFilter{{Limit: -1}, {Limit: 1001}, {Cursor: "no cursor"}} {
		_, _, err := s.ListRecords(context.Background(), f)
		if core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%+v: %v, want invalid", f, err)
		}
	}
}
