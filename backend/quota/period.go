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
	start, end := bounds(w.period, time.Unix(0, now).UTC())
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

// bounds returns the first moment of the calendar period that holds t and the
// first one after it. A period without borders reaches over all time.
func bounds(p core.Period, t time.Time) (start, end int64) {
	y, m, d := t.Date()
	var from, to time.Time
	switch p {
	case core.PeriodDay:
		from, to = date(y, m, d), date(y, m, d+1)
	case core.PeriodWeek:
		monday := d - (int(t.Weekday())+6)%7
		from, to = date(y, m, monday), date(y, m, monday+7)
	case core.PeriodMonth:
		from, to = date(y, m, 1), date(y, m+1, 1)
	default:
		return math.MinInt64, math.MaxInt64
	}
	return from.UnixNano(), to.UnixNano()
}

func date(y int, m time.Month, d int) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
