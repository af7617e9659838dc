package ledger

import (
	"context"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// checkpointTime is how often what is known of the requests in flight is stored.
// A request that is shorter is stored at its begin and its end and never between.
const checkpointTime = 2 * time.Second

// progress is what a request in flight has published since it began. The request
// only writes it down here; storing it is the work of Keep.
type progress struct {
	mu    sync.Mutex
	row   *core.Record // as begun or updated; never changed, only replaced
	usage llm.Usage
	news  bool // since it was stored
}

// Update replaces what is known of a request in flight, such as the account that
// it is tried with next. Id and time stay those of Begin. The caller keeps r.
func (e *Entry) Update(r *core.Record) {
	row := tidy(r)
	row.ID, row.Time, row.Outcome = e.id, e.time, core.OutcomeInFlight
	e.progress.mu.Lock()
	e.progress.row, e.progress.usage, e.progress.news = row, row.Usage, true
	e.progress.mu.Unlock()
	e.ledger.show(row)
}

// Count publishes the tokens of the request so far. It is quick: it may be called
// for every piece of an answer.
func (e *Entry) Count(u llm.Usage) {
	e.progress.mu.Lock()
	defer e.progress.mu.Unlock()
	if e.progress.usage != u {
		e.progress.usage, e.progress.news = u, true
	}
}

// asOf returns the row as it is known at a time, or nil when it has been returned
// so already.
func (p *progress) asOf(now time.Time) *core.Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.news {
		return nil
	}
	p.news = false
	row := *p.row
	row.Usage, row.DurationMS = p.usage, now.Sub(row.Time).Milliseconds()
	return &row
}

// show replaces the row that readers find of a request in flight.
func (l *Ledger) show(row *core.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.live[row.ID]; r != nil && r.Outcome == core.OutcomeInFlight {
		l.live[row.ID] = row
	}
}

// Keep stores again and again what is known of the requests in flight, until ctx
// ends, so that one which the death of the program interrupts has the tokens that
// were seen of it.
func (l *Ledger) Keep(ctx context.Context) {
	ticker := time.NewTicker(checkpointTime)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := l.checkpoint(ctx); err != nil && ctx.Err() == nil {
				l.log.Error("what is known of the requests in flight could not be stored", "error", err)
			}
		}
	}
}

// checkpoint stores the news of the requests that have been in flight for a
// while, all in one commit.
func (l *Ledger) checkpoint(ctx context.Context) error {
	now := l.now()
	var rows []*core.Record
	for _, e := range l.openSince(now.Add(-checkpointTime)) {
		if row := e.progress.asOf(now); row != nil {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	err := l.store.CheckpointRecords(ctx, rows)
	for _, row := range rows {
		l.show(row)
	}
	return err
}

// openSince returns the entries in flight that began before a time.
func (l *Ledger) openSince(t time.Time) []*Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []*Entry
	for e := range l.open {
		if e.time.Before(t) {
			list = append(list, e)
		}
	}
	return list
}
