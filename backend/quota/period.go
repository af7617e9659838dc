package quota

import (
	"math"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// window is one calendar period of a user: what was spent in it, and what the
// requests that began in it and still run have reserved.
type window struct {
	period core.Period
	end    int64 // nanoseconds since 1970; 0 before the first roll
	start  int64
	spent  sum
	held   sum
}

// setBack is how far a clock may be corrected backwards over the border of a
// period without the earlier period beginning anew.
const setBack = int64(time.Hour)

// roll begins the period that holds now, if that is not the present one.
func (w *window) roll(now int64) {
	if now < w.end && (w.start == math.MinInt64 || now >= w.start-setBack) {
		return
	}
	start, end := bounds(w.period, now)
	*w = window{period: w.period, start: start, end: end}
}

// holds reports whether something that happened at the time at belongs to the
// present period.
func (w *window) holds(at int64) bool { return at >= w.start && at < w.end }

// release takes back a reservation. What a period forgot when the clock was
// changed is not taken back twice.
func (w *window) release(s sum) {
	w.held.sub(s)
	w.held = sum{max(w.held.tokens, 0), max(w.held.requests, 0), max(w.held.nanos, 0)}
}

// bounds is the calendar period that holds now. A period without borders reaches
// over all time.
func bounds(p core.Period, now int64) (start, end int64) {
	from, to, ok := p.Span(time.Unix(0, now))
	if !ok {
		return math.MinInt64, math.MaxInt64
	}
	return from.UnixNano(), to.UnixNano()
}
