package ledger_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
)

func ids(rows []*core.Record) (list []string) {
	for _, r := range rows {
		list = append(list, r.ID)
	}
	return list
}

func TestList(t *testing.T) {
	l, _ := openLedger(t, openStore(t, t.TempDir()))
	var want []string // newest first, those in flight before the others
	for n := range 10 {
		r := request(n)
		e := begin(t, l, r)
		if n >= 4 && n < 7 {
			want = slices.Insert(want, 0, r.ID)
			continue
		}
		if err := e.End(answered(r)); err != nil {
			t.Fatal(err)
		}
	}
	stored, _, err := l.List(t.Context(), core.RecordFilter{Outcome: core.OutcomeOK})
	if err != nil || len(stored) != 7 {
		t.Fatalf("%d ended rows (%v), want 7", len(stored), err)
	}
	all := append(slices.Clone(want), ids(stored)...)
	for _, limit := range []int{0, 1, 2, 3, 4, 5, 10} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			live := want
			if limit > 0 {
				live = want[:min(limit, 3)] // the others in flight are left out
			}
			expect := append(slices.Clone(live), all[3:]...)
			if got := listAll(t, l, core.RecordFilter{Limit: limit}); !slices.Equal(got, expect) {
				t.Errorf("rows %v\nwant %v", got, expect)
			}
		})
	}
	if got := listAll(t, l, core.RecordFilter{Outcome: core.OutcomeInFlight}); !slices.Equal(got, want) {
		t.Errorf("in flight %v, want %v", got, want)
	}
	if got := listAll(t, l, core.RecordFilter{UserID: "nobody"}); len(got) != 0 {
		t.Errorf("rows of nobody: %v", got)
	}
	for _, f := range []core.RecordFilter{{Limit: -1}, {Limit: 1001}, {Cursor: "x"}} {
		if _, _, err := l.List(t.Context(), f); core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%+v: %v, want invalid", f, err)
		}
	}
}

func listAll(t *testing.T, l *ledger.Ledger, f core.RecordFilter) (all []string) {
	t.Helper()
	for {
		rows, next, err := l.List(context.Background(), f)
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		all = append(all, ids(rows)...)
		if next == "" {
			return all
		}
		f.Cursor = next
	}
}
