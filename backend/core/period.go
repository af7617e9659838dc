package core

import "time"

// Span returns the first moment of the calendar period that holds t, in UTC, and
// the first one after it. ok is false for periods without such borders.
func (p Period) Span(t time.Time) (from, to time.Time, ok bool) {
	y, m, d := t.UTC().Date()
	switch p {
	case PeriodDay:
		return date(y, m, d), date(y, m, d+1), true
	case PeriodWeek:
		monday := d - (int(t.UTC().Weekday())+6)%7
		return date(y, m, monday), date(y, m, monday+7), true
	case PeriodMonth:
		return date(y, m, 1), date(y, m+1, 1), true
	}
	return time.Time{}, time.Time{}, false
}

func date(y int, m time.Month, d int) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
