package balance

import (
	"time"
	_ "time/tzdata" // small machines and images have no table of time zones

	"github.com/aihub/aihub/backend/core"
)

// hours are those of the day in which an account may be used. The answer for now
// is kept as long as it holds, because time zones are slow.
type hours struct {
	set      core.Hours
	zone     *time.Location
	from, to time.Duration // from midnight

	since, until int64 // for which open is the answer
	open         bool
}

// newHours returns nil for an account without hours, and for hours that cannot be
// read: they were checked when they were set.
func newHours(set *core.Hours) *hours {
	if set == nil {
		return nil
	}
	zone, err := time.LoadLocation(set.TimeZone)
	from, to, ok := set.Span()
	if err != nil || !ok {
		return nil
	}
	return &hours{set: *set, zone: zone, from: from, to: to}
}

// closedUntil is until when the account must not be used; 0 = it may be.
func (h *hours) closedUntil(now int64) int64 {
	if now < h.since || now >= h.until {
		h.since, h.until, h.open = now, 0, false
		h.look(time.Unix(0, now).In(h.zone))
	}
	if h.open {
		return 0
	}
	return h.until
}

// look finds the hours that hold t, or the next ones behind it. Hours may reach
// over midnight, so those of yesterday count too.
func (h *hours) look(t time.Time) {
	y, m, d := t.Date()
	for day := d - 1; day <= d+2; day++ {
		begin, end := h.at(y, m, day, h.from), h.at(y, m, day, h.to)
		if h.to <= h.from {
			end = h.at(y, m, day+1, h.to)
		}
		switch {
		case t.Before(begin):
			h.until = begin.UnixNano()
			return
		case t.Before(end):
			h.until, h.open = end.UnixNano(), true
			return
		}
	}
}

// at is a time of the day as clocks show it, also on the days when they are set.
func (h *hours) at(y int, m time.Month, d int, of time.Duration) time.Time {
	return time.Date(y, m, d, int(of/time.Hour), int(of%time.Hour/time.Minute), 0, 0, h.zone)
}
