package relay

import (
	"context"
	"slices"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/catalog"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// Explain tells which account would serve a request for the model, coming in by
// the protocol p, at a time, and why each other one would not. Nothing is sent,
// and nothing changes.
func (r *Relay) Explain(_ context.Context, s *core.Snapshot, p llm.Protocol, model string, at time.Time) core.Explanation {
	e := core.Explanation{Model: model, At: at.UTC(), Items: []core.ChoiceLine{}}
	cands, bad := catalog.Candidates(s, p, model, true)
	if bad != nil {
		e.Message = bad.Message
	} else {
		e.Items = r.Balance.Explain(&balance.Ask{Candidates: cands}, at)
	}
	if i := slices.IndexFunc(e.Items, func(l core.ChoiceLine) bool { return l.Code == core.ChoiceChosen }); i >= 0 {
		chosen := e.Items[i]
		e.Chosen = &chosen
	} else if bad == nil {
		e.Message = "no account can serve the model at this time"
	}
	e.Items = append(e.Items, others(s, cands, model)...)
	return e
}

// others are the channels that do not come into question.
func others(s *core.Snapshot, cands []core.Candidate, model string) []core.ChoiceLine {
	var lines []core.ChoiceLine
	for _, ch := range s.Channels() {
		if slices.ContainsFunc(cands, func(c core.Candidate) bool { return c.Channel.ID == ch.ID }) {
			continue
		}
		line := core.LineOf(ch, nil)
		_, offered := catalog.Resolve(ch, model)
		switch {
		case !ch.Enabled:
			line.Code = core.ChoiceChannelOff
		case !offered:
			line.Code = core.ChoiceNotOffered
		default:
			line.Code = core.ChoiceForeign
		}
		lines = append(lines, line)
	}
	return lines
}

// spend tells what the request has used of its account, and counts it against
// the account's own budget.
func (x *exchange) spend() {
	if x.Spent != nil && x.rec.AccountID != "" {
		x.Spent(x.rec.AccountID, x.rec.Usage)
	}
	if x.rec.AccountID != "" && (!x.rec.Failed() || !x.rec.Usage.IsZero()) {
		x.Balance.Spend(x.rec.AccountID, x.rec.Time, x.rec.Usage.Total(), x.rec.CostUSD)
	}
}
