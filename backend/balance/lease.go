package balance

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// Lease is the right to send one request with an account. It must be ended by
// Done.
type Lease struct {
	core.Candidate
	Account *core.Account

	b   *Balancer
	ask *Ask
	st  *account
	// doors that the request passes, which learn of its success.
	doors [4]*door
	// trial says that this request is the first of the account, or of its model,
	// since that was closed.
	trial    bool
	ended    bool // what begin has taken was given back
	answered bool
	done     bool
}

func (b *Balancer) lease(a *Ask, o *option, options []option, now int64) *Lease {
	pay(o, options)
	st := o.slot.st
	b.advance(o.pool, &o.slot, now)
	b.picks++
	st.lastPick, st.lastUse = b.picks, now
	st.inFlight++
	st.full = st.rate.add(now)
	l := &Lease{Candidate: o.cand, Account: o.slot.acc, b: b, ask: a, st: st}
	l.Channel = o.pool.channel
	l.begin(now)
	return l
}

// begin takes what a request needs that tries something again.
func (l *Lease) begin(now int64) {
	st, e := l.st, l.st.endpoint
	l.doors = [4]*door{&st.own, st.models.find(l.Model), &e.own, e.models.find(l.Model)}
	l.trial = st.own.ramp.untried() || l.doors[1] != nil && l.doors[1].ramp.untried()
	for _, d := range l.doors {
		if d != nil {
			d.ramp.take(now)
		}
	}
	if l.trial {
		e.herd.take(now)
	}
}

// end gives back what begin has taken, once.
func (l *Lease) end() {
	if l.ended {
		return
	}
	l.ended = true
	for _, d := range l.doors {
		if d != nil {
			d.ramp.put()
		}
	}
	if l.trial {
		l.st.endpoint.herd.put()
	}
}

// Answered tells that the account has begun to answer, so that others need not
// wait for the end of this request to know that it is well. Behind Done it means
// nothing.
func (l *Lease) Answered() {
	b := l.b
	b.mu.Lock()
	defer b.unlock()
	if !l.done {
		b.success(l)
		b.dispatch(b.nanos()) // a trial may have ended
	}
}

// Done ends the lease with what it taught: the zero Finding is success, and one
// of ScopeRequest teaches nothing about the account.
func (l *Lease) Done(f limits.Finding) {
	b := l.b
	b.mu.Lock()
	defer b.unlock()
	now := b.nanos()
	defer b.dispatch(now) // the account has room again
	l.done = true
	l.st.inFlight--
	l.st.lastUse = now
	if f.Scope == "" {
		b.success(l)
		return
	}
	l.end()
	if l.trial && f.Burns() {
		l.st.endpoint.herd.failed()
	}
	b.learn(l.ask, l.st, l.Model, &f, now)
}

// success notes that the account works.
func (b *Balancer) success(l *Lease) {
	if l.answered {
		return
	}
	l.answered = true
	l.end()
	now, st := b.nanos(), l.st
	if l.trial {
		st.endpoint.herd.answered()
	}
	for _, d := range l.doors {
		if d != nil {
			d.answered()
		}
	}
	st.models.sweep(l.doors[1], now)
	st.endpoint.models.sweep(l.doors[3], now)
	if l.trial || st.lastError != "" {
		st.lastError = ""
		b.touch(st)
	}
}
