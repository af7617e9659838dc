package quota

import (
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// meter is all that is known of one user's consumption, about 3 KB. Every
// period is kept all the time, so an administrator may change the period of a
// quota and finds it filled.
type meter struct {
	mu       sync.Mutex
	total    window // its held is what all running requests have reserved
	calendar [3]window
	hours    ring // the last five hours: what was spent, nothing reserved
	minute   ring // for rpm and tpm: reservations included
	running  int
}

func newMeter() *meter {
	return &meter{
		total:    window{period: core.PeriodTotal},
		calendar: [3]window{{period: core.PeriodDay}, {period: core.PeriodWeek}, {period: core.PeriodMonth}},
		hours:    ring{step: fiveHoursStep},
		minute:   ring{step: minuteStep},
	}
}

// advance brings every window to now. The caller holds mu, as for all methods
// below.
func (m *meter) advance(now int64) {
	m.total.roll(now)
	for i := range m.calendar {
		m.calendar[i].roll(now)
	}
	m.hours.advance(now)
	m.minute.advance(now)
}

// window returns the calendar window of p; the total one for the rolling
// period, which has none of its own.
func (m *meter) window(p core.Period) *window {
	for i := range m.calendar {
		if m.calendar[i].period == p {
			return &m.calendar[i]
		}
	}
	return &m.total
}

// state returns what counts against a quota of period p.
func (m *meter) state(p core.Period) (spent, held *sum) {
	w := m.window(p)
	if p == core.Period5h {
		return &m.hours.live, &w.held
	}
	return &w.spent, &w.held
}

// resets returns when a quota of period p that is used up will let requests
// pass again; false when it never will by itself.
func (m *meter) resets(p core.Period, k kind, limit int64) (time.Time, bool) {
	switch p {
	case core.Period5h:
		return time.Unix(0, m.hours.below(k, limit)).UTC(), true
	case core.PeriodDay, core.PeriodWeek, core.PeriodMonth:
		return time.Unix(0, m.window(p).end).UTC(), true
	default:
		return time.Time{}, false
	}
}

// spend counts s as consumed at the time at, by a request that had reserved
// held then.
func (m *meter) spend(at int64, s, held sum) {
	m.total.spent.add(s)
	m.total.release(held)
	for i := range m.calendar {
		if w := &m.calendar[i]; w.holds(at) {
			w.spent.add(s)
			w.release(held)
		}
	}
	m.hours.add(at, s)
}

// hold sets s aside for a request that begins now.
func (m *meter) hold(now int64, s sum) {
	m.total.held.add(s)
	for i := range m.calendar {
		if w := &m.calendar[i]; w.holds(now) {
			w.held.add(s)
		}
	}
	m.minute.add(now, s)
	m.running++
}

// average returns how many tokens a request of this user has used so far.
func (m *meter) average() int64 {
	past := m.total.spent
	if past.requests <= 0 {
		return 0
	}
	return past.tokens / past.requests
}

// guess returns what a request of so many tokens will cost, by what this
// user's tokens have cost so far.
func (m *meter) guess(tokens int64) int64 {
	past := m.total.spent
	if past.tokens <= 0 {
		return 0
	}
	return int64(float64(past.nanos) / float64(past.tokens) * float64(tokens))
}
