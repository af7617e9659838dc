package balance

import (
	"slices"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// account is what the balancer knows of one account.
type account struct {
	current  int // round-robin state
	inFlight int
	lastPick uint64 // order of the last pick; 0 = never picked
	lastUse  time.Time

	minute      time.Time // the minute that picks counts
	picks, prev int64     // picks of this minute and of the one before

	state     core.State
	reason    string
	until     time.Time // when the state ends by itself; zero = never
	lastError string
	failures  int // failures in a row that are the account's or its provider's
}

func (b *Balancer) state(id string) *account {
	st := b.accounts[id]
	if st == nil {
		st = &account{state: core.StateReady}
		b.accounts[id] = st
	}
	return st
}

func (st *account) begin(now time.Time, order uint64) {
	st.inFlight++
	st.lastPick = order
	st.roll(now)
	st.picks++
}

func (st *account) roll(now time.Time) {
	m := now.Truncate(time.Minute)
	switch {
	case m.Equal(st.minute):
		return
	case m.Sub(st.minute) == time.Minute:
		st.prev = st.picks
	default:
		st.prev = 0
	}
	st.minute, st.picks = m, 0
}

// recent is the number of picks in the last 60 seconds, taking those of the
// minute before as evenly spread.
func (st *account) recent(now time.Time) int64 {
	st.roll(now)
	left := time.Minute - now.Sub(st.minute)
	return st.picks + st.prev*int64(left)/int64(time.Minute)
}

// settle lets a state end whose time has come.
func (st *account) settle(now time.Time) {
	if st.state != core.StateReady && !st.until.IsZero() && !now.Before(st.until) {
		st.state, st.reason, st.until = core.StateReady, "", time.Time{}
	}
}

// isFit reports whether the account can take a request for the model now, and
// adds the reason to unfit when it cannot.
func (b *Balancer) isFit(a *core.Account, model string, tried []string, now time.Time, unfit *Unfit) bool {
	if !a.Enabled || len(a.Models) > 0 && !core.MatchAny(a.Models, model) || b.Offers != nil && !b.Offers(a.ID, model) {
		return false
	}
	st := b.state(a.ID)
	st.settle(now)
	switch {
	case slices.Contains(tried, a.ID):
		unfit.Tried++
		return false
	case st.state != core.StateReady:
		unfit.add(st, now)
		return false
	case a.MaxConcurrency > 0 && st.inFlight >= a.MaxConcurrency:
		unfit.busy(time.Second)
		return false
	case a.RPM > 0 && st.recent(now) >= int64(a.RPM):
		unfit.busy(time.Minute - now.Sub(st.minute))
		return false
	}
	return true
}

// Unfit says why no account could be chosen.
type Unfit struct {
	Tried  int           // failed this request already
	Busy   int           // at their own limit of parallel requests or requests per minute
	Closed int           // cooling, exhausted, suspended or refused
	Reason string        // of one of the closed accounts
	After  time.Duration // until the first of them can be tried again; 0 = unknown
}

func (u *Unfit) busy(after time.Duration) {
	u.Busy++
	u.soonest(after)
}

func (u *Unfit) add(st *account, now time.Time) {
	u.Closed++
	u.Reason = st.reason
	if !st.until.IsZero() {
		u.soonest(st.until.Sub(now))
	}
}

func (u *Unfit) soonest(d time.Duration) {
	if u.After == 0 || d < u.After {
		u.After = d
	}
}

// Health returns what is known of an account; InFlight and the state are those
// of this moment.
func (b *Balancer) Health(id string) core.Health {
	b.mu.Lock()
	defer b.mu.Unlock()
	st := b.state(id)
	st.settle(b.now())
	h := core.Health{
		State: st.state, Reason: st.reason, Cooldowns: []core.Cooldown{},
		InFlight: st.inFlight, LastError: st.lastError,
	}
	if !st.until.IsZero() {
		until := st.until.UTC()
		h.Until = &until
		h.Cooldowns = append(h.Cooldowns, core.Cooldown{Until: until, Reason: st.reason})
	}
	if !st.lastUse.IsZero() {
		last := st.lastUse.UTC()
		h.LastUsed = &last
	}
	return h
}

// Reset forgets why an account is not chosen; a person has asked for it.
func (b *Balancer) Reset(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	st := b.state(id)
	st.state, st.reason, st.until, st.lastError, st.failures = core.StateReady, "", time.Time{}, "", 0
}

// Exhaust keeps an account from being chosen until its quota resets; its own
// provider has said that it is used up. A zero until is not known.
func (b *Balancer) Exhaust(id, reason string, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	rest := exhaustRest
	if until.After(now) {
		rest = until.Sub(now)
	}
	b.state(id).close(core.StateExhausted, reason, now, rest)
}

// Refill ends the exhaustion of an account: its provider says that there is
// quota again. Other states stay.
func (b *Balancer) Refill(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if st := b.state(id); st.state == core.StateExhausted {
		st.state, st.reason, st.until = core.StateReady, "", time.Time{}
	}
}

// Refuse keeps an account from being chosen until a person signs in again: its
// provider has said that the sign-in is over.
func (b *Balancer) Refuse(id, reason string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	st := b.state(id)
	st.state, st.reason, st.until, st.lastError = core.StateNeedsLogin, reason, time.Time{}, reason
}

// SignedIn ends what Refuse began: the provider has taken the sign-in after all,
// or again.
func (b *Balancer) SignedIn(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if st := b.state(id); st.state == core.StateNeedsLogin {
		st.state, st.reason, st.until = core.StateReady, "", time.Time{}
	}
}
