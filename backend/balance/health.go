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
	for _, d := range []*door{&st.own, &st.endpoint.own} {
		if d.until > now {
			describe(&h, d)
			break
		}
	}
	for _, ds := range []doors{st.models, st.endpoint.models} {
		h.Cooldowns = ds.list(h.Cooldowns, now)
	}
	return h
}

// describe says what keeps the whole account from being chosen.
func describe(h *core.Health, d *door) {
	h.State, h.Reason, h.Link = d.state, d.reason, d.link
	if d.until == never {
		return
	}
	at := timeOf(d.until)
	h.Until = &at
	h.Cooldowns = append(h.Cooldowns, core.Cooldown{Until: at, Reason: d.reason})
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
	st.endpoint.own.open()
	st.endpoint.models = nil
	b.touch(st)
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
		b.touch(st)
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
		b.touch(st)
	}
}
