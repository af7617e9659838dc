// Package balance chooses one account among the candidates and remembers how
// each account fares.
//
// On the way of a request it stands between the catalog and the upstream. It
// keeps everything in memory; the clock is injected.
package balance

import (
	"cmp"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Balancer chooses accounts. Its methods may be called concurrently.
type Balancer struct {
	// Offers reports whether an account has a model, as far as its provider has
	// told. It is set before the first use; nil = every account has every model.
	Offers func(accountID, model string) bool

	now func() time.Time

	mu       sync.Mutex
	accounts map[string]*account
	picks    uint64
	channels map[string]*share // round-robin state between channels of a tier
}

// share is the state of smooth weighted round robin: each round every
// candidate gains its weight, the richest is chosen and pays the sum.
type share struct{ current int }

// New returns a balancer without memory of any account.
func New(now func() time.Time) *Balancer {
	return &Balancer{now: now, accounts: map[string]*account{}, channels: map[string]*share{}}
}

// Lease is the right to send one request with an account. It must be ended by
// Done.
type Lease struct {
	core.Candidate
	Account *core.Account
	b       *Balancer
}

// Pick chooses an account: the highest priority of channels that has a fit
// account (in it, those without conversion first), among these channels by weight, then inside the channel the highest
// priority of accounts and by the channel's policy. tried names accounts that
// have failed this request already. Without a fit account the second result
// says why.
func (b *Balancer) Pick(s *core.Snapshot, cands []core.Candidate, tried []string) (*Lease, *Unfit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	unfit := &Unfit{}
	for i := 0; i < len(cands); {
		tier := i
		for i < len(cands) && sameTier(cands[i], cands[tier]) {
			i++
		}
		if l := b.pickTier(s, cands[tier:i], tried, now, unfit); l != nil {
			return l, nil
		}
	}
	return nil, unfit
}

func sameTier(a, b core.Candidate) bool {
	return a.Channel.Priority == b.Channel.Priority && a.Native == b.Native
}

// option is a channel of a tier with its fit accounts.
type option struct {
	cand core.Candidate
	fit  []*core.Account
}

func (b *Balancer) pickTier(s *core.Snapshot, cands []core.Candidate, tried []string, now time.Time, unfit *Unfit) *Lease {
	var buf [4]option
	options := buf[:0]
	for _, c := range cands {
		if fit := b.fit(s.AccountsOf(c.Channel.ID), c.Model, tried, now, unfit); len(fit) > 0 {
			options = append(options, option{c, fit})
		}
	}
	if len(options) == 0 {
		return nil
	}
	o := b.pickChannel(options)
	a := b.pickAccount(o.cand.Channel.Policy, o.fit, now)
	st := b.state(a.ID)
	b.picks++
	st.begin(now, b.picks)
	return &Lease{Candidate: o.cand, Account: a, b: b}
}

func (b *Balancer) pickChannel(options []option) option {
	if len(options) == 1 {
		return options[0]
	}
	best, sum := 0, 0
	for i, o := range options {
		sh := b.channels[o.cand.Channel.ID]
		if sh == nil {
			sh = &share{}
			b.channels[o.cand.Channel.ID] = sh
		}
		w := max(1, o.cand.Channel.Weight)
		sh.current += w
		sum += w
		if sh.current > b.channels[options[best].cand.Channel.ID].current {
			best = i
		}
	}
	b.channels[options[best].cand.Channel.ID].current -= sum
	return options[best]
}

// fit returns the accounts of the highest priority that can take a request
// now. The snapshot lists accounts by priority.
func (b *Balancer) fit(accs []*core.Account, model string, tried []string, now time.Time, unfit *Unfit) []*core.Account {
	var fit []*core.Account
	for _, a := range accs {
		if len(fit) > 0 && a.Priority < fit[0].Priority {
			break
		}
		if b.isFit(a, model, tried, now, unfit) {
			fit = append(fit, a)
		}
	}
	return fit
}

func (b *Balancer) pickAccount(policy core.Policy, fit []*core.Account, now time.Time) *core.Account {
	if len(fit) == 1 {
		return fit[0]
	}
	switch policy {
	case core.PolicyFillFirst:
		return fit[0]
	case core.PolicyLeastBusy:
		return b.least(fit, func(st *account) int64 { return int64(st.inFlight) })
	case core.PolicyQuotaAware:
		// Until a provider reports what is left of an account, the one that was
		// used least lately has most left.
		return b.least(fit, func(st *account) int64 { return st.recent(now) })
	}
	return b.roundRobin(fit)
}

// least returns the account with the smallest load per weight; of equals the
// one that has rested longest.
func (b *Balancer) least(fit []*core.Account, load func(*account) int64) *core.Account {
	best := fit[0]
	bestState := b.state(best.ID)
	for _, a := range fit[1:] {
		st := b.state(a.ID)
		// Compare load/weight without dividing.
		l, r := load(st)*int64(max(1, best.Weight)), load(bestState)*int64(max(1, a.Weight))
		if cmp.Or(cmp.Compare(l, r), cmp.Compare(st.lastPick, bestState.lastPick)) < 0 {
			best, bestState = a, st
		}
	}
	return best
}

func (b *Balancer) roundRobin(fit []*core.Account) *core.Account {
	best, sum := fit[0], 0
	for _, a := range fit {
		st := b.state(a.ID)
		w := max(1, a.Weight)
		st.current += w
		sum += w
		if st.current > b.state(best.ID).current {
			best = a
		}
	}
	b.state(best.ID).current -= sum
	return best
}
