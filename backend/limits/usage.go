package limits

import (
	"bytes"
	"strconv"
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

// violation is a quota that a refusal of Gemini names, and its size; 0 = it does
// not tell.
type violation struct {
	gjson.Result
	limit float64
}

// violations lists the quotas that a refusal of Gemini names.
func violations(body gjson.Result) []violation {
	var list []violation
	for _, detail := range flat(body.Get("error.details")) {
		for _, v := range flat(detail.Get("violations")) {
			list = append(list, violation{v, quotaSize(body.Get("error.message").Str, v)})
		}
	}
	return list
}

// quotaSize is how much a quota allows, which stands in the violation or only
// behind its metric in the message.
func quotaSize(message string, v gjson.Result) float64 {
	if value := v.Get("quotaValue"); value.Exists() {
		return value.Float()
	}
	_, rest, found := strings.Cut(message, v.Get("quotaMetric").Str+", limit: ")
	if !found || v.Get("quotaMetric").Str == "" {
		return 0
	}
	digits := strings.IndexFunc(rest+".", func(r rune) bool { return r < '0' || r > '9' })
	limit, err := strconv.ParseFloat(rest[:digits], 64)
	if err != nil {
		return 0
	}
	return limit
}

func (v violation) unit() string {
	if strings.Contains(v.Get("quotaMetric").Str, "requests") {
		return unitRequests
	}
	return unitTokens
}

// words are what a person is told of the quota: its name, its size and what
// Google calls what it counts.
func (v violation) words() string {
	metric := v.Get("quotaMetric").Str
	metric = metric[strings.LastIndexByte(metric, '/')+1:]
	text := quotaName(v.Result)
	if v.limit > 0 {
		text += ": " + strconv.FormatFloat(v.limit, 'f', -1, 64) + " " + v.unit()
	}
	if metric != "" {
		text += " (" + metric + ")"
	}
	return text
}

// addQuotas reads the quotas that a refusal of Gemini names: they are used up.
func addQuotas(u *core.AccountUsage, a *Answer) {
	for _, v := range violations(document(a.Body)) {
		if v.limit > 0 {
			at := quotaReset(a, v.Result)
			add(u, core.UsagePart{Name: quotaName(v.Result), Unit: v.unit(), Source: core.UsageRefusal, Used: v.limit, Limit: v.limit, ResetsAt: &at})
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
