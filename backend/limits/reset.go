package limits

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// reset is when the provider says that the limit is over; zero when it does not
// say. What is meant for a program goes before what is meant for a person, and
// what was said of this very refusal before the general state of the limits.
func (r *reading) reset() time.Time {
	sources := []func() time.Time{
		r.fromBody,
		func() time.Time { return RetryAfter(r.Header, r.Now) },
		r.fromLimits,
		r.fromWindows,
		r.fromText,
		r.fromError,
	}
	for _, source := range sources {
		if at := source(); !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}

// RetryAfter reads how long a provider asks to wait: retry-after-ms, then
// Retry-After in seconds or as a date. It is zero when the header says nothing.
func RetryAfter(h http.Header, now time.Time) time.Time {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 {
		return after(now, ms/1000)
	}
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 {
		return after(now, s)
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at
	}
	return time.Time{}
}

// after adds seconds to now; a number that no time.Duration holds becomes the
// longest rest.
func after(now time.Time, seconds float64) time.Time {
	if seconds > longest.Seconds() {
		return now.Add(longest)
	}
	return now.Add(time.Duration(seconds * float64(time.Second)))
}

// bodyTimes are members that hold a time, and how.
var bodyTimes = []struct {
	path string
	read func(v gjson.Result, now time.Time) time.Time
}{
	{"retryAfterMilliseconds", millis},
	{"error.resets_in_seconds", secs}, // ChatGPT
	{"error.resets_at", stamp},
	{"detail.resets_in_seconds", secs},
	{"error.details.#.retryDelay", duration},            // google.rpc.RetryInfo
	{"nextDateReset", stamp},                            // Kiro
	{"error.metadata.headers.X-RateLimit-Reset", stamp}, // OpenRouter
	{"error.metadata.retry_after_seconds", secs},
	{"error.retry_after", secs},
	{"retry_after", secs},
}

func (r *reading) fromBody() time.Time {
	for _, m := range bodyTimes {
		for _, v := range flat(r.body.Get(m.path)) {
			if at := m.read(v, r.Now); at.After(r.Now) {
				return at
			}
		}
	}
	return time.Time{}
}

func millis(v gjson.Result, now time.Time) time.Time { return after(now, v.Float()/1000) }

func secs(v gjson.Result, now time.Time) time.Time { return after(now, v.Float()) }

// stamp reads a moment: RFC 3339, or seconds or milliseconds since 1970.
func stamp(v gjson.Result, _ time.Time) time.Time {
	if at, err := time.Parse(time.RFC3339, v.String()); err == nil {
		return at
	}
	return unix(v.Float())
}

func unix(n float64) time.Time {
	switch {
	case n > 1e17: // no clock counts like this
		return time.Time{}
	case n > 1e10:
		return time.UnixMilli(int64(n))
	case n > 1e9:
		return time.UnixMilli(int64(n * 1000))
	}
	return time.Time{}
}

func duration(v gjson.Result, now time.Time) time.Time {
	if d, err := time.ParseDuration(v.String()); err == nil {
		return now.Add(d)
	}
	return time.Time{}
}

// fromError takes what the codec has found.
func (r *reading) fromError() time.Time {
	if r.Err == nil || r.Err.RetryAfter <= 0 {
		return time.Time{}
	}
	return after(r.Now, float64(r.Err.RetryAfter))
}

// limitHeaders tell of a limit: how much is left, and when it is whole again.
var limitHeaders = []struct{ left, reset string }{
	{"X-Ratelimit-Remaining-Requests", "X-Ratelimit-Reset-Requests"},
	{"X-Ratelimit-Remaining-Tokens", "X-Ratelimit-Reset-Tokens"},
	{"Anthropic-Ratelimit-Requests-Remaining", "Anthropic-Ratelimit-Requests-Reset"},
	{"Anthropic-Ratelimit-Tokens-Remaining", "Anthropic-Ratelimit-Tokens-Reset"},
	{"Anthropic-Ratelimit-Input-Tokens-Remaining", "Anthropic-Ratelimit-Input-Tokens-Reset"},
	{"Anthropic-Ratelimit-Output-Tokens-Remaining", "Anthropic-Ratelimit-Output-Tokens-Reset"},
	{"X-Ratelimit-Remaining", "X-Ratelimit-Reset"},
}

// codexWindows are the limits of a ChatGPT subscription.
var codexWindows = []string{"X-Codex-Primary-", "X-Codex-Secondary-"}

// fromWindows is when the last of a subscription's windows that are used up is
// new.
func (r *reading) fromWindows() time.Time {
	var last time.Time
	for _, w := range codexWindows {
		if used, err := strconv.ParseFloat(r.Header.Get(w+"Used-Percent"), 64); err != nil || used < 100 {
			continue
		}
		if at := resetOf(r.Header.Get(w+"Reset-At"), r.Now); at.After(last) {
			last = at
		}
	}
	return last
}

// fromLimits is when the last of the limits that are used up is whole again.
func (r *reading) fromLimits() time.Time {
	if at := resetOf(r.Header.Get("Anthropic-Ratelimit-Unified-Reset"), r.Now); !at.IsZero() &&
		r.Header.Get("Anthropic-Ratelimit-Unified-Status") == "rejected" {
		return at
	}
	var last time.Time
	for _, l := range limitHeaders {
		if r.Header.Get(l.left) != "0" {
			continue
		}
		if at := resetOf(r.Header.Get(l.reset), r.Now); at.After(last) {
			last = at
		}
	}
	return last
}

// resetOf reads a reset header: a duration ("6m0s", "12ms"), a moment (RFC 3339
// or seconds since 1970), or a number of seconds.
func resetOf(v string, now time.Time) time.Time {
	v = strings.TrimSpace(v)
	if at, err := time.Parse(time.RFC3339, v); err == nil {
		return at
	}
	if d, err := time.ParseDuration(v); err == nil {
		return now.Add(d)
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n < 0 {
		return time.Time{}
	}
	if at := unix(n); !at.IsZero() {
		return at
	}
	return after(now, n)
}
