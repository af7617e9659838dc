package ledger

import (
	"cmp"
	"context"
	"slices"

	"github.com/aihub/aihub/backend/core"
)

// InFlight returns copies of the rows of the requests in flight, newest first.
func (l *Ledger) InFlight() []*core.Record {
	return l.liveRows(&core.RecordFilter{Outcome: core.OutcomeInFlight})
}

func (l *Ledger) liveRows(f *core.RecordFilter) []*core.Record {
	rows := []*core.Record{}
	l.mu.Lock()
	for _, r := range l.live {
		if f.Matches(r) {
			rows = append(rows, r)
		}
	}
	l.mu.Unlock()
	slices.SortFunc(rows, func(a, b *core.Record) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.ID, a.ID))
	})
	for i, r := range rows {
		rows[i] = tidy(r)
	}
	return rows
}

// Find returns the row with the id, in flight or ended, or core.CodeNotFound.
func (l *Ledger) Find(ctx context.Context, id string) (*core.Record, error) {
	l.mu.Lock()
	r := l.live[id]
	l.mu.Unlock()
	if r != nil {
		return tidy(r), nil
	}
	return l.store.FindRecord(ctx, id)
}

// The page size when none is given, and the largest.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// cursorStored is the cursor of the first stored rows, for a first page that the
// rows in flight have filled.
const cursorStored = "stored"

// List returns a page of rows and the cursor of the next one, "" at the end. The
// first page begins with the rows in flight; both kinds are newest first. Rows in
// flight that do not fit on the first page are left out.
func (l *Ledger) List(ctx context.Context, f core.RecordFilter) ([]*core.Record, string, error) {
	if f.Cursor == cursorStored {
		f.Cursor = ""
		return l.store.ListRecords(ctx, f)
	}
	if f.Cursor != "" || f.Limit < 0 || f.Limit > maxLimit {
		return l.store.ListRecords(ctx, f)
	}
	limit := cmp.Or(f.Limit, defaultLimit)
	live := l.liveRows(&f)
	if len(live) >= limit {
		return live[:limit], cursorStored, ctx.Err()
	}
	f.Limit = limit - len(live)
	stored, next, err := l.store.ListRecords(ctx, f)
	if err != nil {
		return nil, "", err
	}
	return append(withoutStored(live, stored), stored...), next, nil
}

// withoutStored leaves out the rows that ended while the page was read.
func withoutStored(live, stored []*core.Record) []*core.Record {
	ended := make(map[string]bool, len(stored))
	for _, r := range stored {
		ended[r.ID] = true
	}
	return slices.DeleteFunc(live, func(r *core.Record) bool { return ended[r.ID] })
}
