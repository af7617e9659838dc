package ledger

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/aihub/aihub/backend/core"
)

const (
	// maxUnsaved bounds the ended rows that wait in memory for a store that
	// refuses them.
	maxUnsaved = 10_000
	// saveAtOnce bounds how many of them one commit takes along, so that no
	// request waits for all of them.
	saveAtOnce = 64
)

// batch is what one commit stores.
type batch struct {
	begun, ended []*core.Record

	lead chan struct{} // holds a token for the caller who is to commit the batch
	done chan struct{} // closed when it is committed
	err  error         // read after done
}

func (b *batch) add(begun, ended *core.Record) {
	if begun != nil {
		b.begun = append(b.begun, begun)
	}
	if ended != nil {
		b.ended = append(b.ended, ended)
	}
}

// commit stores a begun or an ended row and returns when it is stored. Who finds
// nobody committing commits at once; who finds somebody joins the batch of those
// who wait, and one of them commits it for all when the running commit is through:
// ctx must not be one that a single request can end.
func (l *Ledger) commit(ctx context.Context, begun, ended *core.Record) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return core.Errorf(core.CodeUnavailable, "the ledger is closed")
	}
	if !l.busy {
		l.busy = true
		l.mu.Unlock()
		var b batch
		b.add(begun, ended)
		l.run(ctx, &b)
		return b.err
	}
	if l.waiting == nil {
		l.waiting = &batch{lead: make(chan struct{}, 1), done: make(chan struct{})}
	}
	b := l.waiting
	b.add(begun, ended)
	l.mu.Unlock()

	select {
	case <-b.lead:
		l.mu.Lock()
		l.waiting = nil
		l.mu.Unlock()
		l.run(ctx, b)
		close(b.done)
	case <-b.done:
	}
	return b.err
}

// run commits the batch and hands the work over to one of those who came
// meanwhile. The caller has made the ledger busy, or was handed it busy.
func (l *Ledger) run(ctx context.Context, b *batch) {
	b.err = l.store.CommitRecords(ctx, b.begun, b.ended)
	l.settle(b)
	if b.err == nil {
		l.saveUnsaved(ctx, saveAtOnce)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting != nil {
		l.waiting.lead <- struct{}{}
		return
	}
	l.busy = false
	l.quiet.Broadcast()
}

// settle brings what is in memory up to the outcome of a commit.
func (l *Ledger) settle(b *batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b.err == nil {
		for _, r := range b.begun {
			l.live[r.ID] = r
		}
	}
	for _, r := range b.ended {
		l.use(r)
		if b.err == nil {
			delete(l.live, r.ID)
			continue
		}
		l.live[r.ID] = r
		l.unsaved = append(l.unsaved, r)
	}
	if b.err != nil {
		l.log.Error("the store refuses ledger rows", "begun", len(b.begun), "ended", len(b.ended), "unsaved", len(l.unsaved), "error", b.err)
	}
	l.forget(len(l.unsaved) - maxUnsaved)
}

// use notes the last use of the row's key and account. The caller holds mu.
func (l *Ledger) use(r *core.Record) {
	at := r.EndedAt()
	for _, id := range [...]string{r.KeyID, r.AccountID} {
		if id != "" && at.After(l.lastUsed[id]) {
			l.lastUsed[id] = at
		}
	}
}

// forget gives up the n oldest unsaved rows. They go to the log, which is then
// the only place that has them. The caller holds mu.
func (l *Ledger) forget(n int) {
	for ; n > 0; n-- {
		r := l.unsaved[0]
		l.unsaved = l.unsaved[1:]
		delete(l.live, r.ID)
		row, err := json.Marshal(r)
		l.log.Error("a ledger row is lost", "row", string(row), "error", err)
	}
}

// saveUnsaved tries to store up to n of the refused rows, each alone: one that
// can never be stored must not keep the others out. The caller has made the
// ledger busy.
func (l *Ledger) saveUnsaved(ctx context.Context, n int) {
	l.mu.Lock()
	rows := l.unsaved[:min(n, len(l.unsaved))]
	l.mu.Unlock()
	if len(rows) == 0 {
		return
	}
	var saved, failed []*core.Record
	for _, r := range rows {
		if l.save(ctx, r) == nil {
			saved = append(saved, r)
		} else {
			failed = append(failed, r)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unsaved = slices.Concat(l.unsaved[len(rows):], failed)
	for _, r := range saved {
		delete(l.live, r.ID)
	}
	l.log.Info("retried ledger rows that the store had refused", "stored", len(saved), "unsaved", len(l.unsaved))
}

// save stores a refused row, unless the refusal was an error after the fact.
func (l *Ledger) save(ctx context.Context, r *core.Record) error {
	if _, err := l.store.FindRecord(ctx, r.ID); core.CodeOf(err) != core.CodeNotFound {
		return err
	}
	return l.store.CommitRecords(ctx, nil, []*core.Record{r})
}
