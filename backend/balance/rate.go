package balance

import "time"

// rate counts requests in a window of 60 steps of one second. It costs nothing
// while the account has no limit.
type rate struct {
	limit int // requests per minute; 0 = none
	sum   int
	last  int64 // the newest second
	steps []uint32
}

const rateSteps = 60

// add counts a request, and returns until when no other one fits; 0 = one does.
func (r *rate) add(now int64) int64 {
	if r.limit <= 0 {
		return 0
	}
	if r.steps == nil {
		r.steps = make([]uint32, rateSteps)
	}
	r.advance(now)
	r.steps[r.last%rateSteps]++
	r.sum++
	return r.fullUntil(now)
}

// advance lets go of what is older than a minute.
func (r *rate) advance(now int64) {
	second := now / int64(time.Second)
	if second-r.last >= rateSteps {
		clear(r.steps)
		r.last, r.sum = second, 0
		return
	}
	for ; r.last < second; r.last++ {
		step := &r.steps[(r.last+1)%rateSteps]
		r.sum -= int(*step)
		*step = 0
	}
}

// fullUntil is when enough requests have left the window for another one.
func (r *rate) fullUntil(now int64) int64 {
	if r.limit <= 0 || r.steps == nil {
		return 0
	}
	r.advance(now)
	left := r.sum
	if left < r.limit {
		return 0
	}
	for second := r.last - rateSteps + 1; second <= r.last; second++ {
		if left -= int(r.steps[second%rateSteps]); left < r.limit {
			return (second + rateSteps) * int64(time.Second)
		}
	}
	return 0
}
