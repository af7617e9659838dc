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

	soonest int64 // the same as a time; 0 = unknown
}

func (u *Unfit) add(w why, until int64, st *account, model string) {
	switch w {
	case whyTried:
		u.Tried++
		return
	case whyBusy, whyRate, whyTrial:
		u.Busy++
	default:
		u.close(st.doorOf(w, model))
	}
	if until != 0 && until != never && (u.soonest == 0 || until < u.soonest) {
		u.soonest = until
	}
}

func (u *Unfit) close(d *door) {
	if u.Closed++; u.Closed == 1 {
		u.Reason, u.Kind = d.reason, d.kind
	}
	if u.Kind != d.kind {
		u.Kind = ""
	}
}

// finish turns the time into a span.
func (u *Unfit) finish(now int64) *Unfit {
	if u.soonest > now {
		u.After = time.Duration(u.soonest - now)
	}
	return u
}
