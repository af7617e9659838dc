package balance

import (
	"slices"

	"github.com/aihub/aihub/backend/core"
)

// search is one choice under way.
type search struct {
	now   int64
	model string
	tried []*account
	unfit Unfit
	// What arrive has found last.
	endpoint  *endpoint
	doorModel string
	door      *door // of the model there; nil = none
	clear     bool  // nothing is wrong there
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

// choose finds the account to take, and changes nothing.
func (b *Balancer) choose(a *Ask, now int64) (*option, []option, *Unfit) {
	s := search{now: now}
	var buf [8]*account
	s.tried = buf[:0]
	for _, id := range a.Tried {
		if st := b.accounts[id]; st != nil {
			s.tried = append(s.tried, st)
		}
	}
	for i := 0; i < len(a.Candidates); {
		tier := i
		for i < len(a.Candidates) && sameTier(&a.Candidates[i], &a.Candidates[tier]) {
			i++
		}
		if options := b.options(&s, a.Candidates[tier:i]); len(options) > 0 {
			return richest(options), options, nil
		}
	}
	unfit := s.unfit
	return nil, nil, unfit.finish(now)
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
		s.model = cands[i].Model
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

// best returns the account whose turn it is among the fit ones of the highest
// priority.
func (p *pool) best(s *search, line []slot) (slot, bool) {
	first := p.channel.Policy == core.PolicyFillFirst
	var best *slot
	var bestKey float64
	for i := range line {
		sl := &line[i]
		if best != nil && (first || sl.priority < best.priority) {
			break
		}
		if w, until := s.check(sl.st); w != fit {
			s.unfit.add(w, until, sl.st, s.model)
			continue
		}
		key := p.key(sl)
		if best == nil || key < bestKey || key == bestKey && sl.st.lastPick < best.st.lastPick {
			best, bestKey = sl, key
		}
	}
	if best == nil {
		return slot{}, false
	}
	return *best, true
}

// key orders the accounts of one priority by the channel's policy: the lowest is
// next, and of equals the one that has rested longest.
func (p *pool) key(s *slot) float64 {
	if p.channel.Policy == core.PolicyLeastBusy {
		return float64(s.st.inFlight) / float64(s.weight)
	}
	return max(s.st.pass, p.clock)
}

func (s *search) check(st *account) (why, int64) {
	if len(s.tried) > 0 && slices.Contains(s.tried, st) {
		return whyTried, 0
	}
	if s.endpoint != st.endpoint || s.doorModel != s.model {
		s.arrive(st.endpoint)
	}
	if s.clear && st.clear(s.now) {
		return fit, 0
	}
	return st.check(s.now, s.model, s.door)
}

// arrive looks at an address once for all the accounts that share it.
func (s *search) arrive(e *endpoint) {
	s.endpoint, s.doorModel, s.door = e, s.model, e.models.find(s.model)
	s.clear = s.door == nil && e.own.until <= s.now && e.own.ramp.width == 0
}

// advance moves the chosen account's turn behind the others': by one over its
// weight, so that twice the weight comes twice as often.
func (p *pool) advance(s *slot) {
	pass := max(s.st.pass, p.clock)
	p.clock = pass
	s.st.pass = pass + 1/float64(s.weight)
}
