package balance

import (
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
)

// Health returns what is known of an account; InFlight and the state are those
// of this moment.
func (b *Balancer) Health(id string) core.Health {
	b.mu.Lock()
	defer b.unlock()
	b.sync()
	now := b.nanos()
	st := b.state(id)
	h := core.Health{
		State: core.StateReady, Cooldowns: []core.Cooldown{}, InFlight: int(st.inFlight), LastError: st.lastError,
	}
	if st.lastUse > 0 {
		last := timeOf(st.lastUse)
		h.LastUsed = &last
	}
	if h.State = core.StateReady; !st.own.describe(&h, now) && !st.envelope.describe(&h, now) {
		st.endpoint.own.describe(&h, now)
	}
	for _, ds := range []doors{st.models, st.endpoint.models} {
		h.Cooldowns = ds.list(h.Cooldowns, now)
	}
	return h
}

// describe says that the door keeps the whole account from being chosen, if it
// does.
func (d *door) describe(h *core.Health, now int64) bool {
	if d.until <= now {
		return false
	}
	h.Link = d.link
	describe(h, d.state, d.reason, d.until)
	return true
}

// describe says that a person has limited the account, if that holds now.
func (e *envelope) describe(h *core.Health, now int64) bool {
	switch {
	case e.spent > now:
		describe(h, core.StateExhausted, e.reason, e.spent)
	case e.hours != nil && e.hours.closedUntil(now) > now:
		describe(h, core.StateCooling, "outside its hours of the day", e.hours.until)
	default:
		return false
	}
	return true
}

func describe(h *core.Health, state core.State, reason string, until int64) {
	h.State, h.Reason = state, reason
	if until == never {
		return
	}
	at := timeOf(until)
	h.Until = &at
	h.Cooldowns = append(h.Cooldowns, core.Cooldown{Until: at, Reason: reason})
}

func (ds doors) list(dst []core.Cooldown, now int64) []core.Cooldown {
	for _, d := range ds {
		if d.until > now {
			dst = append(dst, core.Cooldown{Model: d.model, Until: timeOf(d.until), Reason: d.reason})
		}
	}
	return dst
}

func timeOf(nanos int64) time.Time { return time.Unix(0, nanos).UTC() }

// Reset forgets why an account is not chosen; a person has asked for it.
func (b *Balancer) Reset(id string) {
	b.mu.Lock()
	defer b.unlock()
	st := b.state(id)
	st.open()
	b.reopenAddress(st.endpoint)
	st.endpoint.models = nil
	b.reopened(st)
}

// Exhaust keeps an account from being chosen until its quota resets; its own
// provider has said that it is used up. A zero until is not known.
func (b *Balancer) Exhaust(id, reason string, until time.Time) {
	b.Report(id, "", limits.Finding{
		Scope: limits.ScopeAccount, State: core.StateExhausted, Until: until, Named: true, Kind: llm.Billing, Message: reason,
	})
}

// Refill ends the exhaustion of an account: its provider says that there is
// quota again. Other states stay.
func (b *Balancer) Refill(id string) {
	b.mu.Lock()
	defer b.unlock()
	if st := b.state(id); st.own.state == core.StateExhausted {
		st.own.open()
		b.reopened(st)
	}
}

// Refuse keeps an account from being chosen until a person signs in again: its
// provider has said that the sign-in is over.
func (b *Balancer) Refuse(id, reason string) {
	b.Report(id, "", limits.Finding{
		Scope: limits.ScopeAccount, State: core.StateNeedsLogin, Kind: llm.Unauthorized, Message: reason,
	})
}

// SignedIn ends what Refuse began: the provider has taken the sign-in after all,
// or again.
func (b *Balancer) SignedIn(id string) {
	b.mu.Lock()
	defer b.unlock()
	if st := b.state(id); st.own.state == core.StateNeedsLogin {
		st.own.open()
		b.reopened(st)
	}
}
