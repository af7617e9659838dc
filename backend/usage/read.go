package usage

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/forecast"
)

// flight is one question under way.
type flight struct {
	done chan struct{}
	err  error
}

// document is what is stored of an account.
type document struct {
	Usage core.AccountUsage `json:"usage"`
	Spent float64           `json:"spent,omitempty"`
	Trail forecast.Trail    `json:"trail,omitempty"`
}

// New returns a watcher that knows what an earlier one has stored.
func New(ctx context.Context, d Deps) (*Watcher, error) {
	w := &Watcher{Deps: d, accounts: map[string]*account{}}
	docs, err := d.States.ListStates(ctx, core.StateUsage)
	for id, raw := range docs {
		var doc document
		if json.Unmarshal(raw, &doc) == nil && !doc.Usage.FetchedAt.IsZero() {
			w.accounts[id] = &account{usage: &doc.Usage, spent: doc.Spent, inUse: doc.Spent > 0, trail: doc.Trail}
		}
	}
	return w, err
}

// Refresh asks the provider for the account's usage now, because a person wants
// to know.
func (w *Watcher) Refresh(ctx context.Context, a *core.Account) error {
	if w.Health(a.ID).State == core.StateSuspended {
		return core.Errorf(core.CodeConflict, "the provider has suspended the account, so it is left alone; reset the account when the provider has unlocked it")
	}
	f := w.begin(ctx, a)
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// begin joins the question for the account, or puts it. It does not end with
// ctx: several may wait for the answer.
func (w *Watcher) begin(ctx context.Context, a *core.Account) *flight {
	w.mu.Lock()
	defer w.mu.Unlock()
	st := w.of(a.ID)
	if st.flight != nil {
		return st.flight
	}
	f := &flight{done: make(chan struct{})}
	if w.closed {
		f.err = core.Errorf(core.CodeUnavailable, "AiHub is stopping")
		close(f.done)
		return f
	}
	st.flight = f
	before := st.spent
	ctx = context.WithoutCancel(ctx)
	w.flights.Go(func() {
		f.err = w.read(ctx, a, st, before)
		close(f.done)
	})
	return f
}

// read asks, and keeps the answer. before is what had been spent when the
// question was put: what came later may not be in the answer.
func (w *Watcher) read(ctx context.Context, a *core.Account, st *account, before float64) error {
	short, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	u, err := w.Read(short, a)
	now := w.Now()
	u.FetchedAt = now.UTC()
	w.mu.Lock()
	st.flight = nil
	if err != nil {
		st.fail(now, err)
	} else {
		*st = account{usage: &u, spent: max(0, st.spent-before), inUse: st.spent > before, trail: st.trail.Add(now, u.Used)}
	}
	doc := st.document()
	w.mu.Unlock()
	if err != nil {
		w.Log.Info("usage: an account's usage was not read", "account", a.ID, "err", err)
		w.Refused(a.ID, err)
		w.Changed(a.ID)
		return err
	}
	w.store(ctx, map[string][]byte{a.ID: doc})
	w.judge(a.ID, &u)
	w.Changed(a.ID)
	return nil
}

// fail keeps the old numbers and says what is wrong with them. The caller holds
// the lock.
func (st *account) fail(now time.Time, err error) {
	st.failures++
	st.retryAt = now.Add(min(maxRest, minRest<<min(st.failures-1, 10)))
	st.problem = words(err)
	if st.usage != nil {
		u := *st.usage
		u.Error = st.problem
		st.usage = &u
	}
}

// words are what an error says to a person.
func words(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok {
		return e.Message
	}
	const most = 300
	text := err.Error()
	return text[:min(len(text), most)]
}

// judge tells the balancer what the provider says of a quota. A report says
// nothing of one: neither that it is used up nor that it is not.
func (w *Watcher) judge(id string, u *core.AccountUsage) {
	if u.Source == core.UsageReport {
		return
	}
	if !IsExhausted(u) {
		w.Refill(id)
		return
	}
	var until time.Time
	if u.ResetsAt != nil {
		until = *u.ResetsAt
	}
	w.Exhaust(id, "the account's "+u.Unit+" are used up", until)
}

// IsExhausted reports whether nothing is left: neither of the quota nor of what
// may be used beyond it.
func IsExhausted(u *core.AccountUsage) bool {
	if u.Unlimited || u.Remaining > 0 || u.Limit == 0 && len(u.Parts) == 0 {
		return false
	}
	o := u.Overage
	return o == nil || !o.Enabled || o.Limit > 0 && o.Used >= o.Limit
}

// document is the account as it is stored; nil when there is nothing to store.
// The caller holds the lock.
func (st *account) document() []byte {
	if st.usage == nil {
		return nil
	}
	// Numbers and texts of our own cannot fail to encode.
	doc, _ := json.Marshal(document{Usage: *st.usage, Spent: st.spent, Trail: st.trail})
	return doc
}

func (w *Watcher) store(ctx context.Context, docs map[string][]byte) {
	if err := w.States.PutStates(context.WithoutCancel(ctx), core.StateUsage, docs); err != nil {
		w.Log.Warn("usage: what is known of accounts was not stored", "err", err)
	}
}

// Close puts no further question, waits for those under way, and stores what was
// spent since the last answers.
func (w *Watcher) Close(ctx context.Context) {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.flights.Wait()
	snap := w.Store.Snapshot()
	docs := map[string][]byte{}
	w.mu.Lock()
	for id, st := range w.accounts {
		if doc := st.document(); doc != nil && st.spent > 0 && snap.Account(id) != nil {
			docs[id] = doc
		}
	}
	w.mu.Unlock()
	w.store(ctx, docs)
}
