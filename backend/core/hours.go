package core

import "time"

// Hours are hours of the day, which may reach over midnight.
type Hours struct {
	From string `json:"from"` // "15:04"
	To   string `json:"to"`   // "15:04"; before From means on the next day
	// TimeZone is a name of the IANA database; empty means UTC.
	TimeZone string `json:"time_zone"`
}

// Span returns both ends as times since midnight; ok is false when one of them
// cannot be read, or when they are the same.
func (h Hours) Span() (from, to time.Duration, ok bool) {
	from, okFrom := clock(h.From)
	to, okTo := clock(h.To)
	return from, to, okFrom && okTo && from != to
}

func clock(s string) (time.Duration, bool) {
	t, err := time.Parse("15:04", s)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err == nil
}
