package limits

import (
	"net/http"
	"strconv"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// gauge is one limit as the headers of an answer tell it: by how much of it is
// left, or by the share that is used.
type gauge struct {
	name, unit  string
	limit, left string  // of a limit that is counted
	share       string  // of one whose size is not told
	whole       float64 // what share says when all is used
	reset       string
	minutes     string // the length of the window, which then is its name
}

// The units of what limits count.
const (
	unitRequests = core.UnitRequests
	unitTokens   = core.UnitTokens
	unitPercent  = "percent"
)

// families lists the limits by the header that tells that they are there, so
// that an answer without any costs no more than that look.
var families = []struct {
	sign, plan string
	gauges     []gauge
}{
	{"X-Ratelimit-Limit-Requests", "", []gauge{openAICount("requests", unitRequests), openAICount("tokens", unitTokens)}},
	{"Anthropic-Ratelimit-Requests-Limit", "", []gauge{
		anthropicCount("requests", unitRequests), anthropicCount("tokens", unitTokens),
		anthropicCount("input-tokens", unitTokens), anthropicCount("output-tokens", unitTokens),
	}},
	{"Anthropic-Ratelimit-Unified-Status", "", []gauge{claudeShare("5h"), claudeShare("7d"), claudeShare("7d_opus"), claudeShare("7d_sonnet")}},
	{"X-Codex-Primary-Used-Percent", "X-Codex-Plan-Type", []gauge{codexShare("primary"), codexShare("secondary")}},
}

func openAICount(name, unit string) gauge {
	return gauge{
		name: name, unit: unit, limit: canonical("x-ratelimit-limit-" + name),
		left: canonical("x-ratelimit-remaining-" + name), reset: canonical("x-ratelimit-reset-" + name),
	}
}

func anthropicCount(name, unit string) gauge {
	h := "anthropic-ratelimit-" + name
	return gauge{name: name, unit: unit, limit: canonical(h + "-limit"), left: canonical(h + "-remaining"), reset: canonical(h + "-reset")}
}

func claudeShare(name string) gauge {
	h := "anthropic-ratelimit-unified-" + name
	return gauge{name: name, unit: unitPercent, share: canonical(h + "-utilization"), whole: 1, reset: canonical(h + "-reset")}
}

func codexShare(name string) gauge {
	h := "x-codex-" + name
	return gauge{
		name: name, unit: unitPercent, share: canonical(h + "-used-percent"), whole: 100,
		reset: canonical(h + "-reset-at"), minutes: canonical(h + "-window-minutes"),
	}
}

func canonical(name string) string { return http.CanonicalHeaderKey(name) }

// value is a header by its canonical name.
func value(h http.Header, name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// read returns the limit, and false when the headers do not tell it.
func (g *gauge) read(h http.Header, now time.Time) (core.UsagePart, bool) {
	p := core.UsagePart{Name: g.name, Unit: g.unit, Source: core.UsageHeaders}
	if g.share != "" {
		used, err := strconv.ParseFloat(value(h, g.share), 64)
		if err != nil {
			return p, false
		}
		p.Used, p.Limit = used/g.whole*100, 100
	} else {
		limit, err := strconv.ParseFloat(value(h, g.limit), 64)
		left, err2 := strconv.ParseFloat(value(h, g.left), 64)
		if err != nil || err2 != nil || limit <= 0 {
			return p, false
		}
		p.Used, p.Limit = limit-left, limit
	}
	if g.minutes != "" {
		p.Name = window(value(h, g.minutes), g.name)
	}
	p.Used = max(0, p.Used)
	if at := resetOf(value(h, g.reset), now); !at.IsZero() {
		at = at.UTC()
		p.ResetsAt = &at
	}
	return p, true
}

// window names a window by its length.
func window(minutes, otherwise string) string {
	n, err := strconv.Atoi(minutes)
	switch {
	case err != nil || n <= 0:
		return otherwise
	case n%(24*60) == 0:
		return strconv.Itoa(n/(24*60)) + "d"
	case n%60 == 0:
		return strconv.Itoa(n/60) + "h"
	}
	return strconv.Itoa(n) + "m"
}
