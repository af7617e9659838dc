package balance

import (
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Verdict is what one request taught about its account.
type Verdict struct {
	Class Class
	// RetryAfter is what the provider asked for; 0 when it did not.
	RetryAfter time.Duration
	Message    string // for a person; holds no secret
}

// Class says whose fault an outcome is.
type Class int

// The classes of outcomes.
const (
	Fine      Class = iota // answered
	Neutral                // tells nothing: the client left, or its request was at fault
	Limited                // a rate limit: cool down as the provider asks
	Exhausted              // the account's quota or credit is used up
	Refused                // the provider does not take the credential
	Faulty                 // the provider or the network failed
)

// How long an account rests when the provider names no time. Every rest ends by
// itself; a limit that is still there is found by the next request.
const (
	limitRest   = 10 * time.Second
	exhaustRest = 10 * time.Minute
	refuseRest  = 5 * time.Minute
	faultRest   = 2 * time.Second  // doubled with every further failure in a row
	maxFault    = 60 * time.Second // but not above this
	// An account is not rested for a single failure: those are mostly the
	// network's or one request's.
	faultsBeforeRest = 3
	maxRetryAfter    = 24 * time.Hour
)

// Done ends the lease with what it taught.
func (l *Lease) Done(v Verdict) {
	b := l.b
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	st := b.state(l.Account.ID)
	st.inFlight--
	st.lastUse = now
	rest := min(v.RetryAfter, maxRetryAfter)
	switch v.Class {
	case Fine:
		st.failures, st.lastError = 0, ""
	case Neutral:
	case Limited:
		st.close(core.StateCooling, v.Message, now, orElse(rest, limitRest))
	case Exhausted:
		st.close(core.StateExhausted, v.Message, now, orElse(rest, exhaustRest))
	case Refused:
		st.close(core.StateNeedsLogin, v.Message, now, refuseRest)
	case Faulty:
		st.fault(v.Message, now, rest)
	}
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// close keeps the account from being chosen until now+rest. A shorter rest
// never replaces a longer one that is running, or one that only a person ends.
func (st *account) close(s core.State, reason string, now time.Time, rest time.Duration) {
	st.lastError = reason
	if st.state != core.StateReady && st.until.IsZero() {
		return
	}
	if until := now.Add(rest); until.After(st.until) {
		st.state, st.reason, st.until = s, reason, until
	}
}

func (st *account) fault(message string, now time.Time, rest time.Duration) {
	st.lastError = message
	st.failures++
	if rest == 0 && st.failures >= faultsBeforeRest {
		rest = min(maxFault, faultRest<<min(st.failures-faultsBeforeRest, 10))
	}
	if rest > 0 {
		st.close(core.StateCooling, message, now, rest)
	}
}
