package balance

import (
	"math"

	"github.com/aihub/aihub/backend/core"
)

// never is a time that does not come, in nanoseconds since 1970.
const never = math.MaxInt64

// account is what the balancer knows of one account. Times are nanoseconds since
// 1970: a choice compares thousands of them.
type account struct {
	// What every choice looks at.
	endpoint *endpoint
	models   doors
	full     int64 // its requests per minute are used up until then
	inFlight int32
	limit    int32   // of parallel requests
	pass     float64 // its turn: the lowest is next
	lastPick uint64  // order of the last pick; 0 = never picked
	enclosed bool    // a person has set an envelope
	own      door

	id        string
	rate      rate
	signed    credential
	envelope  envelope
	left      float64 // of its quota, for each hour until it is new; 0 = unknown
	lastUse   int64
	lastError string
}

// credential is what tells whether a person has signed in anew.
type credential struct{ apiKey, refreshToken string }

func (b *Balancer) state(id string) *account {
	st := b.accounts[id]
	if st == nil {
		st = &account{id: id, limit: math.MaxInt32, endpoint: &endpoint{}}
		st.own.open()
		b.accounts[id] = st
	}
	return st
}

// why says what keeps an account from being chosen.
type why uint8

const (
	fit why = iota
	whyTried
	whyClosed    // by a finding
	whyModel     // the model cools, for this account
	whyDown      // its address does not answer
	whyModelDown // the model does not answer, whoever asks there
	whyBusy      // parallel requests
	whyRate      // requests per minute
	whySpent     // its own budget, or the day's share
	whyHours     // outside its hours
	whyTrial     // it comes back slowly, and a first request is under way
)

// clear reports whether the account itself can take any request, at a glance.
func (st *account) clear(now int64) bool {
	return st.own.until <= now && st.own.ramp.width == 0 && st.inFlight < st.limit && st.full <= now && len(st.models) == 0 && !st.enclosed
}

// hurdle is what keeps an account from being chosen.
type hurdle struct {
	why   why
	door  *door // that is closed, where it is one
	until int64 // 0 = until a request ends, never = not by itself
	note  string
}

func behind(w why, d *door) hurdle { return hurdle{why: w, door: d, until: d.until, note: d.reason} }

// check reports what keeps the account from taking a request for the model.
// there is the model's door at the account's address, or nil.
func (st *account) check(now int64, model string, there *door) hurdle {
	e := st.endpoint
	var here *door
	if len(st.models) > 0 {
		here = st.models.find(model)
	}
	switch {
	case st.own.until > now:
		return behind(whyClosed, &st.own)
	case here != nil && here.until > now:
		return behind(whyModel, here)
	case e.own.until > now:
		return behind(whyDown, &e.own)
	case there != nil && there.until > now:
		return behind(whyModelDown, there)
	case st.envelope.spent > now:
		return hurdle{why: whySpent, until: st.envelope.spent, note: st.envelope.reason}
	case st.envelope.hours != nil && st.envelope.hours.closedUntil(now) > now:
		return hurdle{why: whyHours, until: st.envelope.hours.until, note: "outside its hours of the day"}
	case st.inFlight >= st.limit:
		return hurdle{why: whyBusy}
	case st.full > now:
		return hurdle{why: whyRate, until: st.full}
	}
	if st.own.ramp.width == 0 && e.own.ramp.width == 0 && here == nil && there == nil {
		return hurdle{}
	}
	return st.checkRamps(now, here, there)
}

// checkRamps lets through only as many as what was closed can take again.
func (st *account) checkRamps(now int64, here, there *door) hurdle {
	trial := st.own.ramp.untried() || here != nil && here.ramp.untried()
	for _, d := range []*door{&st.own, here, &st.endpoint.own, there} {
		if d != nil && !d.ramp.free(now) {
			return hurdle{why: whyTrial, until: d.ramp.stale()}
		}
	}
	if h := &st.endpoint.herd; trial && !h.free(now) {
		return hurdle{why: whyTrial, until: h.stale()}
	}
	return hurdle{}
}

// open forgets what had closed the account.
func (st *account) open() {
	st.own.open()
	st.models, st.lastError = nil, ""
}

// signIn takes notice of the credential in the configuration and reports whether
// a new one has opened the account.
func (st *account) signIn(c core.Credential) bool {
	next, before := credential{c.APIKey, c.RefreshToken}, st.signed
	st.signed = next
	if before == (credential{}) || before == next || gravity(st.own.state) == 0 {
		return false
	}
	st.open()
	return true
}
