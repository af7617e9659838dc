package balance

import (
	"slices"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/writeback"
)

// Options is what a Balancer works with.
type Options struct {
	// Snapshot returns the current configuration.
	Snapshot func() *core.Snapshot
	Now      func() time.Time
	// Rand returns a number in [0, 1); it spreads rests that nobody has named.
	Rand func() float64
	// Changed is told the id of an account whose state may have changed; nil =
	// nobody. It is called without a lock.
	Changed func(accountID string)
}

// Balancer chooses accounts. Its methods may be called concurrently.
type Balancer struct {
	// Offers reports whether an account has a model, as far as its provider has
	// told. It is set before the first use; nil = every account has every model.
	Offers func(accountID, model string) bool

	// Usage tells what is left of an account by its provider's own count. It is set
	// before the first use; nil = nothing is known.
	Usage func(accountID string) (remaining, limit float64, resetsAt time.Time, known bool)

	opts Options

	mu        sync.Mutex
	snap      *core.Snapshot // that the pools were built from
	pools     map[string]*pool
	accounts  map[string]*account
	endpoints map[endpointKey]*endpoint
	turns     map[string]*turn // of channels among those of their tier
	picks     uint64
	opens     uint64 // how often something was opened before its time
	searching search
	scratch   []option // of the search under way
	queue     queue
	sessions  sessions
	changed   []string       // accounts to tell of when the lock is released
	dirty     *writeback.Set // accounts whose states must be written
}

// New returns a balancer without memory of any account.
func New(o Options) *Balancer {
	return &Balancer{
		opts: o, pools: map[string]*pool{}, accounts: map[string]*account{},
		endpoints: map[endpointKey]*endpoint{}, turns: map[string]*turn{}, sessions: newSessions(),
		dirty: writeback.New(core.StateHealth, saveTime),
	}
}

// Ask is what one request wants. The same Ask serves all its attempts.
type Ask struct {
	// Candidates in the order of their tiers.
	Candidates []core.Candidate
	// Tried names accounts that have failed this request already.
	Tried []string
	// User is whose request it is; those of different users wait in turn.
	User string
	// Session is the conversation that the request belongs to, "" = none. It stays
	// with its account for as long as Sticky after its last request.
	Session string
	Sticky  time.Duration
	// Patience bounds the wait for an account.
	Patience time.Duration
	// hold is until when the conversation insists on its account; 0 = it has not
	// waited for it yet.
	hold int64
	// blamed are the doors that this request has counted a failure against: one
	// poisonous request must not close them by itself.
	blamed []*door
}

// blame reports whether the request has not blamed the door before.
func (a *Ask) blame(d *door) bool {
	if slices.Contains(a.blamed, d) {
		return false
	}
	a.blamed = append(a.blamed, d)
	return true
}

// Pick chooses an account: the highest priority of channels that has a fit
// account (in it, those without conversion first), among these channels by
// weight, then inside the channel the highest priority of accounts and by the
// channel's policy. Without a fit account the second result says why.
func (b *Balancer) Pick(a *Ask) (*Lease, *Unfit) {
	b.mu.Lock()
	defer b.unlock()
	now := b.nanos()
	b.sync()
	return b.pick(a, now)
}

func (b *Balancer) pick(a *Ask, now int64) (*Lease, *Unfit) {
	s := b.search(a, now)
	chosen, options := b.choose(s, a.Candidates)
	if chosen == nil {
		return nil, s.unfit.finish(now)
	}
	if b.insists(a, s, chosen) {
		return nil, Unfit{Busy: 1, leases: 1, soonest: a.hold}.finish(now)
	}
	b.remember(a, s, chosen.slot.st, now)
	return b.lease(a, chosen, options, now), nil
}

func (b *Balancer) nanos() int64 { return b.opts.Now().UnixNano() }

// unlock lets those go on who wait for what has changed, releases the lock and
// tells whose state has changed.
func (b *Balancer) unlock() {
	if len(b.changed) > 0 {
		b.dispatch(b.nanos())
	}
	changed := b.changed
	b.changed = nil
	b.mu.Unlock()
	if b.opts.Changed == nil {
		return
	}
	for _, id := range changed {
		b.opts.Changed(id)
	}
}

// reopened notes that an account was opened before its time.
func (b *Balancer) reopened(st *account) {
	b.opens++
	b.touch(st)
}

// touch notes that the state of an account has changed.
func (b *Balancer) touch(st *account) {
	b.changed = append(b.changed, st.id)
	b.dirty.Mark(st.id)
}
