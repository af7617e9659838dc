package balance

import (
	"container/list"
	"time"

	"github.com/aihub/aihub/backend/core"
)

const (
	// maxSessions bounds the conversations that are remembered.
	maxSessions = 20_000
	// stickyWait is for how long a conversation waits for its account, in a
	// channel that fills one account after the other.
	stickyWait = 2 * time.Second
)

// sessions remembers which account a conversation is with, so that it stays
// where its prompt cache is. Of too many, those are forgotten that have been
// silent for longest.
type sessions struct {
	byKey map[string]*list.Element
	order *list.List // most recently used first
}

type session struct {
	key   string
	st    *account
	until int64
}

func newSessions() sessions { return sessions{map[string]*list.Element{}, list.New()} }

// find returns the account of a conversation, or nil.
func (s *sessions) find(key string, now int64) *account {
	if key == "" {
		return nil
	}
	e := s.byKey[key]
	if e == nil || e.Value.(*session).until <= now {
		return nil
	}
	return e.Value.(*session).st
}

func (s *sessions) bind(key string, st *account, until int64) {
	if e := s.byKey[key]; e != nil {
		*e.Value.(*session) = session{key, st, until}
		s.order.MoveToFront(e)
		return
	}
	s.byKey[key] = s.order.PushFront(&session{key, st, until})
	for s.order.Len() > maxSessions {
		s.drop(s.order.Back())
	}
}

func (s *sessions) drop(e *list.Element) {
	delete(s.byKey, e.Value.(*session).key)
	s.order.Remove(e)
}

// sweep forgets conversations that are over; the oldest are last.
func (s *sessions) sweep(now int64) {
	for e := s.order.Back(); e != nil && e.Value.(*session).until <= now; e = s.order.Back() {
		s.drop(e)
	}
}

// remember binds the ask's conversation to the account that was chosen. A
// conversation that only gives way because its own account is busy stays with
// it.
func (b *Balancer) remember(a *Ask, s *search, chosen *account, now int64) {
	if a.Session == "" || a.Sticky <= 0 {
		return
	}
	if s.sticky != nil && s.sticky != chosen && s.stickyWhy.passes() {
		chosen = s.sticky
	}
	b.sessions.bind(a.Session, chosen, now+int64(a.Sticky))
	b.sessions.sweep(now)
}

// passes reports whether what keeps an account from being chosen is over in a
// moment.
func (w why) passes() bool { return w == whyBusy || w == whyRate || w == whyTrial }

// insists reports whether the conversation waits for its own account, which is
// merely busy, instead of taking the one that was chosen. Only where accounts are
// filled one after the other is that better than to go on at once.
func (b *Balancer) insists(a *Ask, s *search, chosen *option) bool {
	if s.sticky == nil || chosen.slot.st == s.sticky || !s.stickyWhy.passes() ||
		chosen.pool.channel.Policy != core.PolicyFillFirst || a.Patience <= 0 {
		return false
	}
	if a.hold == 0 {
		a.hold = s.now + int64(min(stickyWait, a.Patience))
	}
	return s.now < a.hold
}
