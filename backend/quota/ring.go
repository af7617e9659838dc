package quota

import (
	"math"
	"time"
)

// steps is into how many parts a rolling window is cut.
const steps = 60

// The steps of the two rolling windows.
const (
	minuteStep    = int64(time.Minute / steps)
	fiveHoursStep = int64(5 * time.Hour / steps)
)

// ring is a rolling window: what happened in the current step and the 59
// before it. Its times are nanoseconds since 1970.
type ring struct {
	step  int64 // length of a step in nanoseconds
	last  int64 // number of the newest step since 1970
	from  int64 // when that begins
	slots [steps]sum
	live  sum // the sum of all slots
}

// advance drops the steps that have left the window at now. When the clock was
// set back by more than the window, what it holds lies in the future and is
// dropped too: else the limit would not move until that time comes again.
func (r *ring) advance(now int64) {
	if now >= r.from && now < r.from+r.step {
		return
	}
	cur := now / r.step
	if cur <= r.last && cur > r.last-steps {
		return
	}
	if cur >= r.last+steps || cur < r.last {
		r.slots, r.live, r.last = [steps]sum{}, sum{}, cur
	}
	for r.last < cur {
		r.last++
		slot := &r.slots[r.last%steps]
		r.live.sub(*slot)
		*slot = sum{}
	}
	r.from = cur * r.step
}

// add counts s at the time at, unless that has left the window.
func (r *ring) add(at int64, s sum) {
	n := r.last
	if at < r.from {
		n = at / r.step
	}
	if n <= r.last-steps {
		return
	}
	r.slots[n%steps].add(s)
	r.live.add(s)
}

// below returns when the window will hold less than limit if nothing more is
// added; for a limit that it can never get below, when it will be empty.
func (r *ring) below(k kind, limit int64) int64 {
	left, at := r.live.of(k), r.last
	for n := r.last - steps + 1; n <= r.last && left >= limit; n++ {
		if amount := r.slots[n%steps].of(k); amount != 0 {
			left -= amount
			at = n
		}
	}
	return (at + steps) * r.step
}

// oldest returns when the oldest part of the window leaves it; false when the
// window is empty.
func (r *ring) oldest() (int64, bool) {
	for n := r.last - steps + 1; n <= r.last; n++ {
		if r.slots[n%steps] != (sum{}) {
			return (n + steps) * r.step, true
		}
	}
	return math.MaxInt64, false
}
