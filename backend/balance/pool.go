package balance

import (
	"math"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// pool is what a choice needs of a channel's accounts, made once for each
// snapshot so that a choice allocates and looks up nothing.
type pool struct {
	channel *core.Channel
	slots   []slot // the enabled accounts by priority, high first
	lines   map[string]*line
	// clock is the pass of the last account that was chosen: who comes back
	// starts there, without a claim for the time it was away.
	clock float64
}

type slot struct {
	acc              *core.Account
	st               *account
	priority, weight int32
	// rest is until when the account, or the model of the line for it, is closed,
	// as a search has found it. A thousand of them are passed over at a glance.
	rest int64
}

func newSlot(a *core.Account, st *account) slot {
	return slot{acc: a, st: st, priority: int32(a.Priority), weight: int32(max(1, a.Weight))}
}

// line is the slots that offer a model.
type line struct {
	slots []slot
	made  int64
	opens uint64 // of the balancer, when the rests were noted
}

const (
	// maxLines bounds the lists by model; clients can invent names.
	maxLines = 256
	// lineTime is how long a list is believed: the models of an account are asked
	// for while the program runs.
	lineTime = int64(5 * time.Second)
)

// sync takes notice of a new configuration. The caller holds the lock.
func (b *Balancer) sync() {
	s := b.opts.Snapshot()
	if s == b.snap {
		return
	}
	b.snap = s
	clocks := make(map[string]float64, len(b.pools))
	for id, p := range b.pools {
		clocks[id] = p.clock
	}
	clear(b.pools)
	for _, ch := range s.Channels() {
		b.pools[ch.ID] = b.newPool(s, ch, clocks[ch.ID])
	}
	for id, st := range b.accounts {
		if s.Account(id) == nil && st.inFlight == 0 {
			delete(b.accounts, id)
		}
	}
}

func (b *Balancer) newPool(s *core.Snapshot, ch *core.Channel, clock float64) *pool {
	p := &pool{channel: ch, clock: clock}
	for _, a := range s.AccountsOf(ch.ID) {
		st := b.state(a.ID)
		b.configure(st, ch, a)
		if !a.Enabled {
			continue
		}
		p.slots = append(p.slots, newSlot(a, st))
	}
	return p
}

// configure takes over what the choice needs of the configuration.
func (b *Balancer) configure(st *account, ch *core.Channel, a *core.Account) {
	st.limit = math.MaxInt32
	if a.MaxConcurrency > 0 {
		st.limit = int32(min(a.MaxConcurrency, math.MaxInt32))
	}
	if st.rate.limit != a.RPM {
		st.rate.limit = a.RPM
		st.full = st.rate.fullUntil(b.nanos())
	}
	st.endpoint = b.endpoint(ch, a)
	b.enclose(st, a)
	if st.signIn(a.Credential) {
		b.reopened(st)
	}
}

// line lists the slots whose accounts offer the model.
func (b *Balancer) line(p *pool, model string, now int64) []slot {
	if l, ok := p.lines[model]; ok && now-l.made < lineTime {
		return l.awake(b.opens)
	}
	if p.lines == nil || len(p.lines) >= maxLines {
		p.lines = map[string]*line{}
	}
	l := &line{slots: make([]slot, 0, len(p.slots)), made: now, opens: b.opens}
	for _, s := range p.slots {
		if b.offers(s.acc, model) {
			l.slots = append(l.slots, s)
		}
	}
	p.lines[model] = l
	return l.slots
}

// awake forgets the rests when one of them may have ended before its time.
func (l *line) awake(opens uint64) []slot {
	if l.opens != opens {
		l.opens = opens
		for i := range l.slots {
			l.slots[i].rest = 0
		}
	}
	return l.slots
}

// offers reports whether the account may and can serve the model.
func (b *Balancer) offers(a *core.Account, model string) bool {
	return (len(a.Models) == 0 || core.MatchAny(a.Models, model)) && (b.Offers == nil || b.Offers(a.ID, model))
}
