package limits

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What providers write for people. Texts are in lower case.
var (
	// "Please try again in 1.2s", "in 6m0s", "in 59m57.12s", "in 17 seconds",
	// "retry after 34 seconds", "available again in 2 hours".
	inSpan = regexp.MustCompile(`(?:try again|retry|wait|available|resets?|regain access|continue)(?: your request)?(?: again)?(?: in| after| for|:)? (?:about |approximately |another |at least )?((?:\d+(?:\.\d+)?\s*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)[\s,]*(?:and )?)+)`)
	piece  = regexp.MustCompile(`(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)`)
	// "usage limit reached|1749924000"
	pipedStamp = regexp.MustCompile(`\|\s*(1\d{9})\b`)
	// "regain access on 2026-12-01 at 00:00 utc"
	onDate = regexp.MustCompile(`(20\d\d-\d\d-\d\d)(?:t| at | )(\d\d:\d\d)(?::\d\d)?(?:\.\d+)?\s*(z|utc|gmt)?`)
	// "resets jan 18, 11:30am (asia/calcutta)"
	atDay = regexp.MustCompile(`resets?(?: at)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (\d{1,2})(?:, | at | )(\d{1,2})(?::(\d\d))?(am|pm)(?:\s*\(([a-z]+/[a-z_/]+|utc)\))?`)
	// "resets at 3pm", "resets 3:30pm (america/new_york)", "resets at 15:00 utc"
	atClock = regexp.MustCompile(`resets?(?: at)? (\d{1,2})(?::(\d\d))?\s*(am|pm)?(?:\s*\(?(utc|gmt|[a-z]+/[a-z_/]+)\)?)?`)
)

// fromText finds a time in the words for people.
func (r *reading) fromText() time.Time {
	if m := pipedStamp.FindStringSubmatch(r.text); m != nil {
		n, _ := strconv.ParseFloat(m[1], 64)
		return unix(n)
	}
	if m := onDate.FindStringSubmatch(r.text); m != nil {
		if at, err := time.ParseInLocation("2006-01-02 15:04", m[1]+" "+m[2], r.dateZone(m[3])); err == nil && at.After(r.Now) {
			return at
		}
	}
	if m := atDay.FindStringSubmatch(r.text); m != nil {
		return nextDay(r.Now, m)
	}
	if m := inSpan.FindStringSubmatch(r.text); m != nil {
		return r.Now.Add(max(shortest, span(m[1])))
	}
	if m := atClock.FindStringSubmatch(r.text); m != nil {
		return nextClock(r.Now, m)
	}
	return time.Time{}
}

// dateZone is the zone of a date. Zhipu (Z.ai) writes Beijing's time without
// saying so; whoever else names no zone means UTC.
func (r *reading) dateZone(named string) *time.Location {
	if named == "" && r.hasCode("1308") {
		return time.FixedZone("CST", 8*3600)
	}
	return time.UTC
}

// span adds up "1 day 2 hours" or "6m0s".
func span(text string) time.Duration {
	var d time.Duration
	for _, m := range piece.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.ParseFloat(m[1], 64)
		d += time.Duration(min(n*float64(unit(m[2])), float64(longest)))
	}
	return min(d, longest)
}

func unit(name string) time.Duration {
	switch {
	case strings.HasPrefix(name, "ms"), strings.HasPrefix(name, "milli"):
		return time.Millisecond
	case strings.HasPrefix(name, "s"):
		return time.Second
	case strings.HasPrefix(name, "m"):
		return time.Minute
	case strings.HasPrefix(name, "h"):
		return time.Hour
	}
	return 24 * time.Hour
}

// nextClock is the next moment at which a clock shows the time that m names. A
// zone that this machine does not know, and a time that names none, are taken
// as its own: subscriptions write for the person in front of it.
func nextClock(now time.Time, m []string) time.Time {
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	if hour > 23 || m[2] == "" && m[3] == "" {
		return time.Time{} // "resets 5 times" is no time of day
	}
	switch {
	case m[3] == "pm" && hour < 12:
		hour += 12
	case m[3] == "am" && hour == 12:
		hour = 0
	}
	local := now.In(zone(m[4], now))
	at := time.Date(local.Year(), local.Month(), local.Day(), hour, minute, 0, 0, local.Location())
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

const months = "janfebmaraprmayjunjulaugsepoctnovdec"

// nextDay is the next moment at which the calendar shows the day that m names.
func nextDay(now time.Time, m []string) time.Time {
	day, _ := strconv.Atoi(m[2])
	loc := zone(m[6], now)
	clock := nextClock(time.Date(2000, 1, 1, 0, 0, 0, 0, loc).Add(-1), []string{"", m[3], m[4], m[5], ""})
	month := time.Month(strings.Index(months, m[1])/3 + 1)
	at := time.Date(now.In(loc).Year(), month, day, clock.Hour(), clock.Minute(), 0, 0, loc)
	if !at.After(now) {
		at = at.AddDate(1, 0, 0)
	}
	return at
}

// zone finds a zone by its name in lower case.
func zone(name string, now time.Time) *time.Location {
	switch name {
	case "":
		return now.Location()
	case "utc", "gmt":
		return time.UTC
	}
	words := strings.FieldsFunc(name, func(c rune) bool { return c == '/' || c == '_' })
	for _, w := range words {
		i := strings.Index(name, w)
		name = name[:i] + strings.ToUpper(w[:1]) + w[1:] + name[i+len(w):]
	}
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return now.Location()
}
