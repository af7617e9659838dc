package balance

import (
	"slices"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// search is one choice under way.
type search struct {
	now    int64
	model  string
	tried  []*account
	unfit  Unfit
	sticky *account // of the conversation; nil = none
	// stickyWhy is what keeps it from being chosen, as far as was seen.
	stickyWhy why
	// What arrive has found last.
	endpoint *endpoint
	door     *door // of the model there; nil = none
	plain    bool  // nothing is wrong there, and nobody was tried
	// hurried passes over those that rest, without adding up why.
	hurried bool
}

// search begins a choice. It is valid until the next one begins.
func (b *Balancer) search(a *Ask, now int64) *search {
	s := &b.searching
	*s = search{now: now, tried: s.tried[:0], sticky: b.sessions.find(a.Session, now)}
	for _, id := range a.Tried {
		if st := b.accounts[id]; st != nil {
			s.tried = append(s.tried, st)
		}
	}
	return s
}

// choice is what a search has found.
type choice struct {
	cand core.Candidate
	pool *pool
	slot slot
}

// turn is the state of smooth weighted round robin between channels: in each
// round every option gains its weight, the richest is chosen and pays the sum.
type turn struct{ current int }

// option is a channel of a tier and the account that it would take.
type option struct {
	choice
	turn *turn
}

func (o *option) weight() int { return max(1, o.pool.channel.Weight) }

// choose finds the account to take, and changes nothing that a choice goes by.
// Only when there is none does it look at those that rest, for the reason.
func (b *Balancer) choose(s *search, cands []core.Candidate) (*option, []option) {
	s.hurried = true
	if chosen, options := b.among(s, cands); chosen != nil {
		return chosen, options
	}
	s.hurried, s.unfit = false, Unfit{}
	return b.among(s, cands)
}

func (b *Balancer) among(s *search, cands []core.Candidate) (*option, []option) {
	for i := 0; i < len(cands); {
		tier := i
		for i < len(cands) && sameTier(&cands[i], &cands[tier]) {
			i++
		}
		if options := b.options(s, cands[tier:i]); len(options) > 0 {
			return s.favourite(options), options
		}
	}
	return nil, nil
}

// favourite returns the option that the conversation is with, else the one whose
// turn it is.
func (s *search) favourite(options []option) *option {
	if s.sticky != nil {
		for i := range options {
			if options[i].slot.st == s.sticky {
				return &options[i]
			}
		}
	}
	return richest(options)
}

func sameTier(a, b *core.Candidate) bool {
	return a.Channel.Priority == b.Channel.Priority && a.Native == b.Native
}

// options lists the channels of a tier that have a fit account. The list is valid
// until the next search.
func (b *Balancer) options(s *search, cands []core.Candidate) []option {
	list := b.scratch[:0]
	for i := range cands {
		p := b.pools[cands[i].Channel.ID]
		if p == nil || !p.channel.Enabled {
			continue
		}
		s.model, s.endpoint = cands[i].Model, nil
		if slot, ok := p.best(s, b.line(p, s.model, s.now)); ok {
			list = append(list, option{choice{cands[i], p, slot}, b.turn(p.channel.ID)})
		}
	}
	b.scratch = list
	return list
}

func (b *Balancer) turn(channelID string) *turn {
	t := b.turns[channelID]
	if t == nil {
		t = &turn{}
		b.turns[channelID] = t
	}
	return t
}

func richest(options []option) *option {
	best := &options[0]
	for i := range options[1:] {
		o := &options[1+i]
		if o.turn.current+o.weight() > best.turn.current+best.weight() {
			best = o
		}
	}
	return best
}

// pay carries out the round of which chosen is the result.
func pay(chosen *option, options []option) {
	if len(options) < 2 {
		return
	}
	sum := 0
	for i := range options {
		options[i].turn.current += options[i].weight()
		sum += options[i].weight()
	}
	chosen.turn.current -= sum
}

// best returns the account that the conversation is with, else the one whose turn
// it is, among the fit ones of the highest priority.
func (p *pool) best(s *search, line []slot) (slot, bool) {
	first := p.channel.Policy == core.PolicyFillFirst && s.sticky == nil
	var best *slot
	var bestKey float64
	for i := range line {
		sl := &line[i]
		if best != nil && (first || sl.priority < best.priority) {
			break
		}
		if sl.rest > s.now && s.hurried && sl.st != s.sticky || !s.fits(sl) {
			continue
		}
		if sl.st == s.sticky {
			return *sl, true
		}
		key := p.key(sl, i)
		if best == nil || key < bestKey || key == bestKey && sl.st.lastPick < best.st.lastPick {
			best, bestKey = sl, key
		}
	}
	if best == nil {
		return slot{}, false
	}
	return *best, true
}

// fits reports whether the account can be taken; what keeps it from that is added
// up, and how long it rests is noted.
func (s *search) fits(sl *slot) bool {
	st := sl.st
	if s.plain && st.endpoint == s.endpoint && st.clear(s.now) {
		return true
	}
	h := s.check(st)
	if st == s.sticky {
		s.stickyWhy = h.why
	}
	if h.why == fit {
		return true
	}
	if h.why == whyClosed || h.why == whyModel {
		sl.rest = h.until
	}
	s.unfit.add(h)
	return false
}

func (s *search) check(st *account) hurdle {
	if slices.Contains(s.tried, st) {
		return hurdle{why: whyTried}
	}
	if s.endpoint != st.endpoint {
		s.arrive(st.endpoint)
	}
	return st.check(s.now, s.model, s.door)
}

// arrive looks at an address once for all the accounts that share it.
func (s *search) arrive(e *endpoint) {
	s.endpoint, s.door = e, e.models.find(s.model)
	s.plain = s.door == nil && e.own.until <= s.now && e.own.ramp.width == 0 && len(s.tried) == 0
}

// key orders the accounts of one priority by the channel's policy: the lowest is
// next, and of equals the one that has rested longest.
func (p *pool) key(s *slot, i int) float64 {
	switch p.channel.Policy {
	case core.PolicyLeastBusy:
		return float64(s.st.inFlight) / float64(s.weight)
	case core.PolicyFillFirst:
		return float64(i)
	}
	return max(s.st.pass, p.clock)
}

// advance moves the chosen account's turn behind the others': by one over its
// weight, so that twice the weight comes twice as often.
func (b *Balancer) advance(p *pool, s *slot, now int64) {
	pass, weight := max(s.st.pass, p.clock), float64(s.weight)
	if p.channel.Policy == core.PolicyQuotaAware {
		weight *= b.share(p, s.st, now)
	}
	p.clock = pass
	s.st.pass = pass + 1/weight
}

const (
	// leastShare keeps an account with nothing left in the round, at its very end:
	// its provider may count late.
	leastShare = 1e-3
	// unknownReset stands for a quota whose end is not known: that of a month.
	unknownReset = 30 * 24 * time.Hour
)

// share is what is left of an account for each hour until its quota is new, as a
// multiple of what is left of an average account of the channel: what would be
// lost first is used first. Without a count everybody has the same.
func (b *Balancer) share(p *pool, st *account, now int64) float64 {
	if b.Usage == nil {
		return 1
	}
	remaining, _, resets, known := b.Usage(st.id)
	if st.left = 0; !known {
		return 1
	}
	span := unknownReset
	if !resets.IsZero() {
		span = max(time.Duration(resets.UnixNano()-now), time.Hour)
	}
	st.left = max(remaining/span.Hours(), 1e-9)
	sum, n := 0.0, 0.0
	for i := range p.slots {
		if left := p.slots[i].st.left; left > 0 {
			sum, n = sum+left, n+1
		}
	}
	return max(st.left/(sum/n), leastShare)
}
