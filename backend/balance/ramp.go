package balance

import "time"

// ramp lets traffic come back slowly to what was closed: width requests may be
// out unanswered at a time, and every answer makes room for one more, so that it
// doubles with every round of them. Width 0 is no ramp.
type ramp struct {
	width int32
	out   int32
	since int64 // when the last request went out
}

const (
	// rampEnd is the width at which a ramp has done its work.
	rampEnd = 32
	// trialTime is how long one unanswered request keeps others waiting.
	trialTime = int64(10 * time.Second)
)

// untried reports whether nobody has answered since it was closed.
func (r *ramp) untried() bool { return r.width == 1 }

// free reports whether one more request may go out.
func (r *ramp) free(now int64) bool {
	return r.width == 0 || r.out < r.width || r.stale() <= now
}

// stale is when an unanswered request stops keeping others waiting.
func (r *ramp) stale() int64 { return r.since + trialTime }

func (r *ramp) take(now int64) {
	if r.width > 0 {
		r.out++
		r.since = now
	}
}

// answered widens the ramp.
func (r *ramp) answered() {
	if r.width == 0 {
		return
	}
	if r.width++; r.width > rampEnd {
		*r = ramp{}
	}
}

// put takes back what take has counted. The ramp may have been restarted since.
func (r *ramp) put() { r.out = max(0, r.out-1) }
