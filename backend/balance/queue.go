package balance

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/limits"
)

const (
	// maxWaiting bounds the requests that wait at a time: each holds its body.
	maxWaiting = 500
	// coolWait is for how long it is worth to wait for the end of a cooldown.
	// Behind it the client is better told when to come back.
	coolWait = 10 * time.Second
)

// queue is the requests that wait for an account. Users are served in turn, each
// one's requests in the order in which they came.
type queue struct {
	users []*userQueue // the next one to be served first
	count int
	timer *time.Timer
	alarm int64 // when the timer wakes, at the first time that something may open
	// failed are the keys for which nobody is fit, in one round.
	failed map[string]bool
}

type userQueue struct {
	user    string
	waiting []*waiter
}

type waiter struct {
	ask *Ask
	// key is the same for requests that the same accounts are fit for.
	key      string
	deadline int64
	ready    chan result // takes one
}

type result struct {
	lease *Lease
	unfit *Unfit
}

// Acquire chooses an account as Pick does. When all that are fit are at their own
// limits, or the only ones cool for a few seconds, it waits for one, but not
// longer than the ask's patience. It returns without a lease when ctx ends.
func (b *Balancer) Acquire(ctx context.Context, a *Ask) (*Lease, *Unfit) {
	w, res := b.enter(a)
	if w == nil {
		return res.lease, res.unfit
	}
	timer := time.NewTimer(a.Patience)
	defer timer.Stop()
	select {
	case res = <-w.ready:
	case <-timer.C:
		res = b.leave(w)
	case <-ctx.Done():
		res = b.leave(w)
	}
	if res.lease != nil && ctx.Err() != nil {
		res.lease.Done(limits.Finding{Scope: limits.ScopeRequest})
		res.lease, res.unfit = nil, &Unfit{}
	}
	return res.lease, res.unfit
}

// enter chooses at once where it can, and queues the request where it must.
func (b *Balancer) enter(a *Ask) (*waiter, result) {
	b.mu.Lock()
	defer b.unlock()
	b.sync()
	now := b.nanos()
	b.dispatch(now) // whoever waits comes first
	lease, unfit := b.pick(a, now)
	if lease != nil || !unfit.worthWaiting(now, now+int64(a.Patience)) {
		return nil, result{lease, unfit}
	}
	if b.queue.count >= maxWaiting {
		unfit.Crowded = true
		return nil, result{nil, unfit}
	}
	w := &waiter{ask: a, key: a.key(), deadline: now + int64(a.Patience), ready: make(chan result, 1)}
	b.queue.add(w)
	b.schedule(unfit.soonest, now)
	return w, result{}
}

// leave takes a request out of the queue that has waited long enough.
func (b *Balancer) leave(w *waiter) result {
	b.mu.Lock()
	defer b.unlock()
	select {
	case res := <-w.ready: // it was served in this moment
		return res
	default:
	}
	b.queue.remove(w)
	s := b.search(w.ask, b.nanos())
	b.choose(s, w.ask.Candidates)
	return result{nil, s.unfit.finish(s.now)}
}

// key says which asks are alike: what is not fit for one is not fit for all.
func (a *Ask) key() string {
	var k strings.Builder
	for i := range a.Candidates {
		k.WriteString(a.Candidates[i].Channel.ID)
		k.WriteByte('/')
		k.WriteString(a.Candidates[i].Model)
		k.WriteByte('|')
	}
	for _, id := range a.Tried {
		k.WriteString(id)
		k.WriteByte('|')
	}
	if a.hold > 0 {
		k.WriteString(a.Session)
	}
	return k.String()
}

func (q *queue) add(w *waiter) {
	q.count++
	for _, u := range q.users {
		if u.user == w.ask.User {
			u.waiting = append(u.waiting, w)
			return
		}
	}
	q.users = append(q.users, &userQueue{w.ask.User, []*waiter{w}})
}

func (q *queue) remove(w *waiter) {
	for _, u := range q.users {
		if i := slices.Index(u.waiting, w); i >= 0 {
			q.drop(u, i)
			return
		}
	}
}

// drop takes one request of a user out.
func (q *queue) drop(u *userQueue, i int) {
	q.count--
	if u.waiting = slices.Delete(u.waiting, i, i+1); len(u.waiting) == 0 {
		q.users = slices.DeleteFunc(q.users, func(o *userQueue) bool { return o == u })
	}
}

// last moves a user who was served behind the others.
func (q *queue) last(u *userQueue) {
	if i := slices.Index(q.users, u); i >= 0 {
		q.users = append(slices.Delete(q.users, i, i+1), u)
	}
}

// dispatch gives what has become free to those who wait. The caller holds the
// lock.
func (b *Balancer) dispatch(now int64) {
	q := &b.queue
	if q.count == 0 {
		return
	}
	b.sync()
	if q.failed == nil {
		q.failed = map[string]bool{}
	}
	clear(q.failed)
	var soonest int64
	for i := 0; i < len(q.users); {
		before := q.users[i]
		if b.serve(before, now, &soonest) {
			q.last(before)
		} else if i < len(q.users) && q.users[i] == before {
			i++
		}
	}
	b.schedule(soonest, now)
}

// serve gives a lease to the first of the user's requests that somebody is fit
// for, and sends those away for whom waiting has become vain.
func (b *Balancer) serve(u *userQueue, now int64, soonest *int64) bool {
	for i := 0; i < len(u.waiting); i++ {
		w := u.waiting[i]
		if b.queue.failed[w.key] {
			continue
		}
		lease, unfit := b.pick(w.ask, now)
		if lease != nil {
			b.queue.drop(u, i)
			w.ready <- result{lease, nil}
			return true
		}
		if !unfit.worthWaiting(now, w.deadline) {
			b.queue.drop(u, i)
			i--
			w.ready <- result{nil, unfit}
			continue
		}
		b.queue.failed[w.key] = true
		if unfit.soonest > 0 && (*soonest == 0 || unfit.soonest < *soonest) {
			*soonest = unfit.soonest
		}
	}
	return false
}

// schedule arranges a round for when something may have opened by itself.
func (b *Balancer) schedule(at, now int64) {
	q := &b.queue
	if at == 0 || q.count == 0 || q.alarm > now && q.alarm <= at {
		return
	}
	q.alarm = at
	if q.timer == nil {
		q.timer = time.AfterFunc(time.Duration(at-now), b.Wake)
		return
	}
	q.timer.Reset(time.Duration(at - now))
}

// Wake looks whether those who wait can be served, after a change that the
// balancer does not see by itself.
func (b *Balancer) Wake() {
	b.mu.Lock()
	defer b.unlock()
	b.sync()
	b.dispatch(b.nanos())
}

// Soonest is after which time an account can serve the ask; known is false when
// nobody can tell.
func (b *Balancer) Soonest(a *Ask) (after time.Duration, known bool) {
	b.mu.Lock()
	defer b.unlock()
	b.sync()
	s := b.search(a, b.nanos())
	if chosen, _ := b.choose(s, a.Candidates); chosen != nil {
		return 0, true
	}
	unfit := s.unfit.finish(s.now)
	return unfit.After, unfit.After > 0
}

// Waiting is the number of requests that wait for an account.
func (b *Balancer) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.queue.count
}
