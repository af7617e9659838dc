package ledger

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Ledger writes the rows. It is safe for concurrent use.
type Ledger struct {
	store  core.RecordStore
	events *Events
	now    func() time.Time
	log    *slog.Logger

	observers []func(*core.Record)

	mu sync.Mutex
	// live holds the rows that the store does not have as ended: those in flight
	// and those in unsaved. Rows are never changed, only replaced.
	live     map[string]*core.Record
	open     map[*Entry]struct{} // begun and not ended
	lastUsed map[string]time.Time
	closed   bool

	// The group commit (commit.go).
	busy    bool           // somebody is committing
	waiting *batch         // what arrived meanwhile
	quiet   *sync.Cond     // busy has become false
	unsaved []*core.Record // ended rows that the store has refused
}

// Open returns the ledger over a store. Requests that were in flight when the
// program last ended are ended as interrupted: their tokens and their duration are
// those that Keep had stored last. price, which may be nil, puts into such a row
// what its tokens cost.
func Open(ctx context.Context, store core.RecordStore, events *Events, price func(*core.Record), now func() time.Time, log *slog.Logger) (*Ledger, error) {
	l := &Ledger{store: store, events: events, now: now, log: log, live: map[string]*core.Record{}, open: map[*Entry]struct{}{}}
	l.quiet = sync.NewCond(&l.mu)
	if err := l.endOrphans(ctx, price); err != nil {
		return nil, err
	}
	var err error
	if l.lastUsed, err = store.LastUsed(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Ledger) endOrphans(ctx context.Context, price func(*core.Record)) error {
	orphans, err := l.store.OpenRecords(ctx)
	if err != nil || len(orphans) == 0 {
		return err
	}
	for _, r := range orphans {
		r.Outcome = core.OutcomeInterrupted
		r.Error = "AiHub ended before the request did"
		if price != nil && !r.Usage.IsZero() {
			price(r)
		}
	}
	l.log.Warn("requests were interrupted when the program last ended", "count", len(orphans))
	return l.store.CommitRecords(ctx, nil, orphans)
}

// Observe calls f with every row that ends from now on. f must be quick, and must
// neither change nor keep the row's parts. It is to be called before the first
// request.
func (l *Ledger) Observe(f func(*core.Record)) { l.observers = append(l.observers, f) }

// Entry is the row of a request in flight.
type Entry struct {
	ledger   *Ledger
	id       string
	time     time.Time
	ended    atomic.Bool
	progress progress
}

// Begin stores the row of a request that is about to reach an upstream, as in
// flight; a row without a time begins now. The row survives the death of the process when Begin returns; when it
// cannot be stored the request must not go on. The caller keeps r.
//
// A row that was begun must be ended, whatever becomes of ctx.
func (l *Ledger) Begin(ctx context.Context, r *core.Record) (*Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	row := l.tidy(r)
	row.Outcome = core.OutcomeInFlight
	if err := l.commit(context.WithoutCancel(ctx), row, nil); err != nil {
		return nil, &core.Error{Code: core.CodeUnavailable, Message: "the request cannot be recorded, so it was not sent", Err: err}
	}
	l.events.Publish(core.EventRequest, row)
	e := &Entry{ledger: l, id: row.ID, time: row.Time, progress: progress{row: row, usage: row.Usage}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[e] = struct{}{}
	return e, nil
}

// ID returns the id of the row.
func (e *Entry) ID() string { return e.id }

// End stores how the request ended. The first call counts, also among concurrent
// ones; the others do nothing and return nil. Id and time stay those of Begin,
// and an outcome of "in flight" becomes "interrupted". The caller keeps r.
//
// An error means that the store has not taken the row yet. The ledger keeps it,
// shows it, and tries again with the commits that follow and at Close.
func (e *Entry) End(r *core.Record) error {
	if e.ended.Swap(true) {
		return nil
	}
	l := e.ledger
	l.mu.Lock()
	delete(l.open, e)
	l.mu.Unlock()
	row := tidy(r)
	row.ID, row.Time = e.id, e.time
	return l.end(context.Background(), row)
}

// Reject stores the row of a request that was refused before any upstream was
// called. It is stored even when ctx has ended; otherwise it is like Entry.End.
func (l *Ledger) Reject(ctx context.Context, r *core.Record) error {
	return l.end(context.WithoutCancel(ctx), l.tidy(r))
}

func (l *Ledger) end(ctx context.Context, row *core.Record) error {
	if row.Outcome == core.OutcomeInFlight || row.Outcome == "" {
		row.Outcome = core.OutcomeInterrupted
	}
	err := l.commit(ctx, nil, row)
	for _, observe := range l.observers {
		observe(row)
	}
	l.events.Publish(core.EventRequest, row)
	return err
}

func (l *Ledger) tidy(r *core.Record) *core.Record {
	row := tidy(r)
	if row.Time.IsZero() {
		row.Time = l.now().UTC()
	}
	return row
}

// LastUsed returns when the key or account with the id ended its last request.
func (l *Ledger) LastUsed(id string) (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.lastUsed[id]
	return t, ok
}

// Close waits for the running commits, tries once more to store what the store
// has refused, and makes every later call fail. It returns an error when ended
// rows are lost. A request that is still in flight will be found as interrupted.
func (l *Ledger) Close() error {
	l.mu.Lock()
	l.closed = true
	for l.busy {
		l.quiet.Wait()
	}
	l.busy = true
	l.mu.Unlock()

	l.saveUnsaved(context.Background(), maxUnsaved)

	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = false
	l.quiet.Broadcast()
	if n := len(l.unsaved); n > 0 {
		return core.Errorf(core.CodeInternal, "%d ledger rows could not be stored", n)
	}
	return nil
}
