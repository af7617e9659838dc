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
	own      door

	id        string
	rate      rate
	signed    credential
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
	whyTrial     // it comes back slowly, and a first request is under way
)

// clear reports whether the account itself can take any request, at a glance.
func (st *account) clear(now int64) bool {
	return st.own.until <= now && st.own.ramp.width == 0 && st.inFlight < st.limit && st.full <= now && len(st.models) == 0
}

// check reports whether the account can take a request for the model, and if
// not, why and until when (0 = until a request ends, never = not by itself).
// there is the model's door at the account's address, or nil.
func (st *account) check(now int64, model string, there *door) (why, int64) {
	e := st.endpoint
	var here *door
	if len(st.models) > 0 {
		here = st.models.find(model)
	}
	switch {
	case st.own.until > now:
		return whyClosed, st.own.until
	case here != nil && here.until > now:
		return whyModel, here.until
	case e.own.until > now:
		return whyDown, e.own.until
	case there != nil && there.until > now:
		return whyModelDown, there.until
	case st.inFlight >= st.limit:
		return whyBusy, 0
	case st.full > now:
		return whyRate, st.full
	}
	if st.own.ramp.width == 0 && e.own.ramp.width == 0 && here == nil && there == nil {
		return fit, 0
	}
	return st.checkRamps(now, here, there)
}

// checkRamps lets through only as many as what was closed can take again.
func (st *account) checkRamps(now int64, here, there *door) (why, int64) {
	trial := st.own.ramp.width > 0
	for _, d := range []*door{&st.own, here, &st.endpoint.own, there} {
		if d != nil && !d.ramp.free(now) {
			return whyTrial, d.ramp.stale()
		}
	}
	trial = trial || here != nil && here.ramp.width > 0
	if h := &st.endpoint.herd; trial && !h.free(now) {
		return whyTrial, h.stale()
	}
	return fit, 0
}

// doorOf is the door that a why is about, or nil.
func (st *account) doorOf(w why, model string) *door {
	switch w {
	case whyClosed:
		return &st.own
	case whyModel:
		return st.models.find(model)
	case whyDown:
		return &st.endpoint.own
	case whyModelDown:
		return st.endpoint.models.find(model)
	}
	return nil
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
