package limits

import (
	"bytes"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// Usage reads what an answer, good or bad, says of its account's limits: from
// the headers, and from the details with which Gemini refuses. Only Protocol,
// Header, Body and Now of the answer are asked. All limits are parts; the one
// that is used up most stands for the whole. It is false when the answer says
// nothing, which then costs a look at a few headers.
func Usage(a *Answer) (core.AccountUsage, bool) {
	var u core.AccountUsage
	for i := range families {
		f := &families[i]
		if len(a.Header[f.sign]) == 0 {
			continue
		}
		if f.plan != "" {
			u.Plan = value(a.Header, f.plan)
		}
		for j := range f.gauges {
			if p, ok := f.gauges[j].read(a.Header, a.Now); ok {
				add(&u, p)
			}
		}
	}
	if a.Protocol == llm.Gemini && bytes.Contains(a.Body, []byte("QuotaFailure")) {
		addQuotas(&u, a)
	}
	u.FetchedAt = a.Now.UTC()
	return u, len(u.Parts) > 0
}

// add keeps a limit, and lets it stand for the whole when it is the tightest.
func add(u *core.AccountUsage, p core.UsagePart) {
	if len(u.Parts) == 0 || p.Used*u.Limit > u.Used*p.Limit {
		u.Unit, u.Source, u.Used, u.Limit, u.ResetsAt = p.Unit, p.Source, p.Used, p.Limit, p.ResetsAt
		u.Remaining = max(0, p.Limit-p.Used)
	}
	u.Parts = append(u.Parts, p)
}

// addQuotas reads the quotas that a refusal of Gemini names: they are used up.
func addQuotas(u *core.AccountUsage, a *Answer) {
	for _, detail := range flat(document(a.Body).Get("error.details")) {
		for _, v := range flat(detail.Get("violations")) {
			limit := v.Get("quotaValue").Float()
			if limit <= 0 {
				continue
			}
			unit := unitTokens
			if strings.Contains(v.Get("quotaMetric").Str, "requests") {
				unit = unitRequests
			}
			at := quotaReset(a, v)
			add(u, core.UsagePart{Name: quotaName(v), Unit: unit, Source: core.UsageRefusal, Used: limit, Limit: limit, ResetsAt: &at})
		}
	}
}

// quotaName is "gemini-2.5-pro per day" of what Google calls
// GenerateRequestsPerDayPerProjectPerModel-FreeTier.
func quotaName(v gjson.Result) string {
	name := strings.TrimSpace(v.Get("quotaDimensions.model").Str + " per minute")
	if isDaily(v) {
		name = strings.TrimSuffix(name, "minute") + "day"
	}
	return name
}

func isDaily(v gjson.Result) bool { return strings.Contains(v.Get("quotaId").Str, "PerDay") }

func quotaReset(a *Answer, v gjson.Result) time.Time {
	if isDaily(v) {
		return pacificDay.end(a.Now).UTC()
	}
	r := &reading{Answer: a, body: document(a.Body)}
	if at := r.fromBody(); !at.IsZero() {
		return at.UTC()
	}
	return a.Now.Add(time.Minute).UTC()
}
