package balance

import (
	"time"

	"github.com/aihub/aihub/backend/core"
)

// codes are the reasons as they are told.
func (w why) code() core.ChoiceCode {
	switch w {
	case whyClosed:
		return core.ChoiceClosed
	case whyModel, whyModelDown:
		return core.ChoiceModelCooling
	case whyDown:
		return core.ChoiceUnreachable
	case whyBusy:
		return core.ChoiceBusy
	case whyRate:
		return core.ChoiceRate
	case whySpent:
		return core.ChoiceBudget
	case whyHours:
		return core.ChoiceHours
	case whyTrial:
		return core.ChoiceRecovering
	}
	return core.ChoiceFit
}

// Explain tells of every account of the candidates whether it would be chosen at
// a time, and why not, in the order in which they are looked at. It changes
// nothing. What runs now is taken as running then.
func (b *Balancer) Explain(a *Ask, at time.Time) []core.ChoiceLine {
	b.mu.Lock()
	defer b.unlock()
	b.sync()
	now := at.UnixNano()
	chosen, options := b.choose(b.search(a, now), a.Candidates)
	s := b.search(a, now)
	lines := []core.ChoiceLine{}
	best := map[string]int{} // the highest priority with a fit account, by channel
	for _, o := range options {
		best[o.pool.channel.ID] = int(o.slot.priority)
	}
	for i := range a.Candidates {
		c := &a.Candidates[i]
		p := b.pools[c.Channel.ID]
		if p == nil {
			continue
		}
		s.model, s.endpoint = c.Model, nil
		for _, acc := range b.snap.AccountsOf(c.Channel.ID) {
			line := core.LineOf(p.channel, acc)
			line.UpstreamModel, line.Converted = c.Model, !c.Native
			b.explain(&line, s, acc)
			top, isOption := best[c.Channel.ID]
			switch {
			case line.Code != core.ChoiceFit:
			case chosen != nil && chosen.slot.acc == acc:
				line.Code = core.ChoiceChosen
			case !isOption || acc.Priority < top:
				line.Code = core.ChoiceLowerTier
			default:
				line.Code = core.ChoiceNotItsTurn
			}
			lines = append(lines, line)
		}
		p.lines = nil // they were made for another time
	}
	return lines
}

// explain says what keeps one account from being chosen, whoever else is there.
func (b *Balancer) explain(line *core.ChoiceLine, s *search, acc *core.Account) {
	switch {
	case !acc.Enabled:
		line.Code = core.ChoiceDisabled
		return
	case !b.offers(acc, s.model):
		line.Code = core.ChoiceNotOffered
		return
	}
	st := b.state(acc.ID)
	h := s.check(st)
	line.InFlight = int(st.inFlight)
	line.Code, line.Reason = h.why.code(), h.note
	if h.door != nil {
		line.State = h.door.state
	}
	if h.until != 0 && h.until != never {
		until := timeOf(h.until)
		line.Until = &until
	}
}
