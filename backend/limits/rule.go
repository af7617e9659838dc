package limits

import (
	"slices"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// rule is one row of the table. A row fits when every condition that it states
// holds.
type rule struct {
	name string
	// of is the protocol family: OpenAI stands for Responses too; "" = any.
	of llm.Protocol
	// status lists HTTP statuses; an error inside a stream has the status of its
	// kind.
	status []int
	// codes are the error's type, code, status or reason, in lower case: one of
	// them must be there.
	codes []string
	// says are words of the message in lower case, one of which must be there;
	// "*" in them stands for any run of characters.
	says []string
	// quota are parts of the name of a quota that was exceeded (Google).
	quota []string
	// html asks for a web page in place of the API's answer.
	html bool
	// lost is how the answer was lost on the way; 0 = it was not.
	lost loss
	// header names a header and how its value begins.
	header [2]string

	scope Scope
	state core.State
	rest  rest
	retry Retry
	kind  llm.ErrorKind // "" = as the codec has understood it
	means string        // for a person; what the provider says stands behind it
}

// rest says how long a state lasts.
type rest struct {
	// named takes the time that the provider names, if it does.
	named bool
	// usual is for where it does not, or is not believed; 0 = no time is known.
	usual time.Duration
	// ends is the end of a period, for quotas of a day or month whose end the
	// answer does not tell.
	ends period
}

// period is a calendar unit at whose end a quota is whole again.
type period int

const (
	pacificDay period = iota + 1 // of California: all daily quotas of Google
	utcDay
	utcMonth
)

// The rests that most rows use.
var (
	asNamed  = rest{named: true}                          // else by back-off
	aMoment  = rest{named: true, usual: 10 * time.Second} // a limit per minute refills all the time
	aMinute  = rest{named: true, usual: time.Minute}
	aWhile   = rest{named: true, usual: 15 * time.Minute}
	anHour   = rest{named: true, usual: time.Hour}
	untilDay = rest{named: true, ends: utcDay}
	byPerson = rest{}
)

func (r *rule) fits(in *reading) bool {
	return r.lost == in.lost &&
		(r.of == "" || r.of == in.family) &&
		(len(r.status) == 0 || slices.Contains(r.status, in.status)) &&
		(!r.html || in.html) &&
		(len(r.codes) == 0 || slices.ContainsFunc(r.codes, in.hasCode)) &&
		(len(r.says) == 0 || slices.ContainsFunc(r.says, in.says)) &&
		(len(r.quota) == 0 || slices.ContainsFunc(r.quota, in.exceeds)) &&
		(r.header[0] == "" || strings.HasPrefix(in.Header.Get(r.header[0]), r.header[1]))
}

func (r *rule) finding(in *reading) Finding {
	f := Finding{Rule: r.name, Scope: r.scope, State: r.state, Retry: r.retry, Kind: r.kind, Message: in.worded(r.means)}
	if f.Kind == "" {
		f.Kind = in.kind()
	}
	switch {
	case f.Retry == RetryRefreshed && in.Refreshable:
		f.State = "" // one more try before it is believed
		return f
	case f.Retry == RetryRefreshed:
		f.Retry = RetryOther
	case f.Scope == ScopeProvider && in.OwnProxy && (in.lost != kept || f.Kind == llm.Forbidden || in.Status == 407):
		f.Scope = ScopeAccount // others come from another address
	}
	if f.State != "" {
		f.Until, f.Named = r.rest.until(in)
	}
	if f.State == core.StateSuspended || f.State == core.StateNeedsLogin {
		f.Link = in.link()
	}
	return f
}

// A provider's word is believed up to these times: a wrong clock or unit must
// not lock an account away for good.
const (
	longest = 35 * 24 * time.Hour // the quota of a month
	// shortest keeps a rest of nothing from being asked for again at once.
	shortest = 100 * time.Millisecond
)

func (r rest) until(in *reading) (at time.Time, named bool) {
	if r.named {
		if at := in.reset(); at.After(in.Now) {
			at = clamp(at, in.Now)
			return at, true
		}
	}
	switch {
	case r.ends != 0:
		return r.ends.end(in.Now), false
	case r.usual > 0:
		return in.Now.Add(r.usual), false
	}
	return time.Time{}, false
}

func clamp(at, now time.Time) time.Time {
	switch {
	case at.Sub(now) > longest:
		return now.Add(longest)
	case at.Sub(now) < shortest:
		return now.Add(shortest)
	}
	return at
}

// end is when the period that holds now is over.
func (p period) end(now time.Time) time.Time {
	switch p {
	case pacificDay:
		y, m, d := now.In(california(now)).Date()
		noon := time.Date(y, m, d+1, 12, 0, 0, 0, time.UTC)
		// The offset of the next day counts: a change of the clock may lie between.
		return time.Date(y, m, d+1, 0, 0, 0, 0, california(noon.Add(-6*time.Hour)))
	case utcMonth:
		_, next, _ := core.PeriodMonth.Span(now)
		return next
	}
	return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
}

// california is the time zone of Google's days, worked out here because a small
// machine has no table of time zones: daylight saving time from the second
// Sunday of March to the first of November, at two in the morning.
func california(at time.Time) *time.Location {
	y := at.UTC().Year()
	from := sunday(y, time.March, 2).Add(10 * time.Hour) // 2:00 PST
	to := sunday(y, time.November, 1).Add(9 * time.Hour) // 2:00 PDT
	if !at.Before(from) && at.Before(to) {
		return time.FixedZone("PDT", -7*3600)
	}
	return time.FixedZone("PST", -8*3600)
}

// sunday is the nth Sunday of a month.
func sunday(year int, m time.Month, n int) time.Time {
	first := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (7-int(first.Weekday()))%7+7*(n-1))
}
