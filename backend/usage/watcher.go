// Package usage knows how much of their accounts' quotas is used: it asks the
// providers now and then, and adds up between what passes through the gateway.
//
// It stands beside the way of a request: the relay tells it what a request has
// cost, and it tells the balancer which accounts are used up and which are full
// again.
package usage

import (
	"context"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/forecast"
)

// Deps is what a watcher works with.
type Deps struct {
	Store  core.ConfigStore
	States core.StateStore
	// Reads reports whether a provider tells the usage of an account with what the
	// account has to ask with; Read asks it.
	Reads  func(core.Provider, *core.Account) bool
	Read   func(context.Context, *core.Account) (core.AccountUsage, error)
	Health func(accountID string) core.Health
	// Exhaust is told that an account is used up until a time, which is zero when
	// it is not known; Refill that it is not, or not any more.
	Exhaust func(accountID, reason string, until time.Time)
	Refill  func(accountID string)
	// Refused is told of a provider's refusal: it may have locked the account.
	Refused func(accountID string, err error)
	// Changed is told the id of an account whose usage has changed.
	Changed func(accountID string)
	Now     func() time.Time
	Log     *slog.Logger
}

// Watcher knows the usage of accounts. Its methods may be called concurrently.
type Watcher struct {
	Deps

	mu       sync.Mutex
	accounts map[string]*account
	closed   bool
	flights  sync.WaitGroup
}

// account is what is known of one account.
type account struct {
	usage    *core.AccountUsage // as the provider told it; nil = never
	spent    float64            // through the gateway since then
	inUse    bool               // a request has ended since then
	urgent   bool               // something says that the usage is another one
	flight   *flight
	failures int
	retryAt  time.Time
	problem  string         // why the last attempts failed; "" = they did not
	trail    forecast.Trail // what the provider has counted
}

const (
	tick  = 15 * time.Second
	width = 2 // questions of its own at once
	// The providers are asked no more often than their own programs ask them.
	usedTime   = 20 * time.Minute // after use; and up to four more, each account its own
	reportTime = 45 * time.Minute // after use, of a report: it lags behind by as much
	urgentTime = 5 * time.Minute  // when something has happened
	idleTime   = 6 * time.Hour
	minRest    = 2 * time.Minute // after a failure, doubled with each in a row
	maxRest    = 2 * time.Hour
	readTime   = 30 * time.Second // one question
)

// Find returns what is known of an account's usage; nil = nothing.
func (w *Watcher) Find(id string) *core.AccountUsage {
	w.mu.Lock()
	defer w.mu.Unlock()
	st := w.accounts[id]
	if st == nil || st.usage == nil {
		return nil
	}
	u := *st.usage
	if st.spent > 0 {
		add(&u, st.spent)
	}
	return &u
}

// Problem returns why an account's usage could not be read lately; "" = it could,
// or nobody asked.
func (w *Watcher) Problem(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if st := w.accounts[id]; st != nil {
		return st.problem
	}
	return ""
}

// Over returns how much of its quota an account has used over the last span, by
// the provider's count and what has passed through the gateway since, and how
// long that reaches back.
func (w *Watcher) Over(id string, span time.Duration) (used float64, since time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	st := w.accounts[id]
	if st == nil || st.usage == nil {
		return 0, 0
	}
	return st.trail.Over(span, w.Now(), st.usage.Used+st.spent)
}

// add counts what the gateway itself has spent since the provider was asked.
func add(u *core.AccountUsage, spent float64) {
	over := max(0, spent-u.Remaining)
	u.SpentSince = spent
	u.Used += spent - over
	u.Remaining = max(0, u.Remaining-spent)
	if u.Overage != nil && u.Overage.Enabled && over > 0 {
		o := *u.Overage
		if o.Used > 0 {
			o.CostUSD += o.CostUSD / o.Used * over
		}
		o.Used += over
		u.Overage = &o
	}
}

// Spend notes that a request of the account has ended and what it cost, in the
// unit of the account's usage; 0 when that is not known.
func (w *Watcher) Spend(id string, amount float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	st := w.accounts[id]
	if st == nil {
		return // of a provider that is not asked
	}
	st.inUse = true
	st.spent += max(0, amount)
	if st.usage != nil && !st.usage.Unlimited && st.spent >= st.usage.Remaining {
		st.urgent = true
	}
}

// Suspect says that an account's usage may be another one than is known, because
// its provider has refused a request for want of quota.
func (w *Watcher) Suspect(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if st := w.accounts[id]; st != nil {
		st.urgent = true
	}
}

// Run asks the providers for all enabled accounts whose turn it is until ctx
// ends.
func (w *Watcher) Run(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		w.sweep(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (w *Watcher) sweep(ctx context.Context) {
	snap := w.Store.Snapshot()
	free := width - w.forget(snap)
	for _, ch := range snap.Channels() {
		if !ch.Enabled {
			continue
		}
		for _, a := range snap.AccountsOf(ch.ID) {
			if free <= 0 || ctx.Err() != nil {
				return
			}
			if a.Enabled && w.Reads(ch.Provider, a) && w.isDue(a) {
				w.begin(ctx, a)
				free--
			}
		}
	}
}

func (w *Watcher) isDue(a *core.Account) bool {
	state := w.Health(a.ID).State
	if state == core.StateSuspended || state == core.StateNeedsLogin {
		return false
	}
	now := w.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	st := w.of(a.ID)
	return st.flight == nil && !now.Before(st.due(a, state == core.StateExhausted))
}

// due is when an account is to be asked for next. The caller holds the lock.
func (st *account) due(a *core.Account, exhausted bool) time.Time {
	if st.usage == nil || st.failures > 0 {
		return st.retryAt
	}
	at := st.usage.FetchedAt.Add(idleTime + 10*jitter(a.ID))
	isReport := st.usage.Source == core.UsageReport
	switch {
	case st.urgent && !isReport || a.UpdatedAt.After(st.usage.FetchedAt):
		at = st.usage.FetchedAt.Add(urgentTime)
	case isReport:
		if st.inUse {
			at = st.usage.FetchedAt.Add(reportTime + 3*jitter(a.ID))
		}
	case st.inUse || exhausted:
		at = st.usage.FetchedAt.Add(usedTime + jitter(a.ID))
	}
	if r := st.usage.ResetsAt; r != nil && st.usage.FetchedAt.Before(*r) {
		if r = ptr(r.Add(jitter(a.ID))); r.Before(at) {
			at = *r
		}
	}
	return at
}

func ptr(t time.Time) *time.Time { return &t }

// jitter is between no time and four minutes, the same for the account always.
func jitter(id string) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(id))
	return time.Duration(h.Sum32()%240) * time.Second
}

func (w *Watcher) of(id string) *account {
	st := w.accounts[id]
	if st == nil {
		st = &account{}
		w.accounts[id] = st
	}
	return st
}

// isAsked reports whether an account is there and has what it takes to ask.
func (w *Watcher) isAsked(snap *core.Snapshot, id string) bool {
	a := snap.Account(id)
	if a == nil {
		return false
	}
	ch := snap.Channel(a.ChannelID)
	return ch != nil && w.Reads(ch.Provider, a)
}

// forget drops what is known of deleted accounts, and of those that cannot be
// asked any more, and returns how many questions
// are under way.
func (w *Watcher) forget(snap *core.Snapshot) (underway int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, st := range w.accounts {
		switch {
		case st.flight != nil:
			underway++
		case !w.isAsked(snap, id):
			delete(w.accounts, id)
		}
	}
	return underway
}
