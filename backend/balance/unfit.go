package balance

import (
	"time"

	"github.com/aihub/aihub/backend/llm"
)

// Unfit says why no account could be chosen.
type Unfit struct {
	Tried  int           // failed this request already
	Busy   int           // at a limit of their own, or coming back slowly
	Closed int           // cooling, exhausted, suspended, refused, or not to be reached
	Reason string        // of one of the closed accounts
	Kind   llm.ErrorKind // of all closed accounts, in terms of a client; "" = different ones
	After  time.Duration // until the first of them can be tried again; 0 = unknown
	// Crowded says that too many requests wait already.
	Crowded bool

	soonest int64 // the same as a time; 0 = unknown
	leases  int   // of the busy ones, those that are free as soon as a request ends
	window  int64 // when the first of the others of them is free again; 0 = none is
}

func (u *Unfit) add(h hurdle) {
	switch h.why {
	case whyTried:
		u.Tried++
		return
	case whyBusy, whyTrial:
		u.Busy++
		u.leases++
	case whyRate:
		u.Busy++
		u.window = earlier(u.window, h.until)
	default:
		u.close(&h)
	}
	u.soonest = earlier(u.soonest, h.until)
}

// earlier returns the earlier of two times, of which 0 and never are none.
func earlier(a, b int64) int64 {
	if b == 0 || b == never || a != 0 && a <= b {
		return a
	}
	return b
}

// worthWaiting reports whether an account may be fit before the deadline.
func (u *Unfit) worthWaiting(now, deadline int64) bool {
	switch {
	case deadline <= now:
		return false
	case u.leases > 0, u.window != 0 && u.window <= deadline:
		return true
	}
	return u.soonest != 0 && u.soonest <= min(deadline, now+int64(coolWait))
}

func (u *Unfit) close(h *hurdle) {
	kind := llm.RateLimited // by a person
	if h.door != nil {
		kind = h.door.kind
	}
	if u.Closed++; u.Closed == 1 {
		u.Reason, u.Kind = h.note, kind
	}
	if u.Kind != kind {
		u.Kind = ""
	}
}

// finish turns the time into a span.
func (u Unfit) finish(now int64) *Unfit {
	if u.soonest > now {
		u.After = time.Duration(u.soonest - now)
	}
	return &u
}
