package kiro

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
)

// TellsUsage implements upstream.UsageReader: every account may ask for itself.
func (p *Provider) TellsUsage(core.Credential) bool { return true }

// ReadUsage implements upstream.UsageReader.
func (p *Provider) ReadUsage(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) (core.AccountUsage, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	doc, err := p.ask(ctx, via, ch, a, readUsage, member{name: "origin", value: origin}, member{name: "isEmailRequired", value: "true", raw: true})
	if err != nil {
		return core.AccountUsage{}, err
	}
	u, ok := usageOf(doc, p.Now())
	if !ok {
		return u, &upstream.Later{Reason: "Kiro's answer names no credit"}
	}
	return u, nil
}

// unlimited is the limit from which on there is none.
const unlimited = 999_999

// usageOf reads an answer. Its shape has changed several times; every known one
// is understood.
func usageOf(doc gjson.Result, now time.Time) (core.AccountUsage, bool) {
	entry, ok := creditEntry(doc)
	u := core.AccountUsage{
		Unit: core.UnitCredits, Source: core.UsageQuota, Parts: []core.UsagePart{},
		Plan:  firstText(doc, "subscriptionInfo.subscriptionTitle", "subscriptionInfo.type"),
		Owner: firstText(doc, "userInfo.email"),
	}
	if !ok {
		return u, false
	}
	u.ResetsAt = moment(firstOf(entry, "nextDateReset", "resetDate"))
	if u.ResetsAt == nil {
		u.ResetsAt = moment(doc.Get("nextDateReset"))
	}
	for _, part := range parts(entry, now) {
		u.Parts = append(u.Parts, part)
		u.Used += part.Used
		u.Limit += part.Limit
		u.Remaining += max(0, part.Limit-part.Used)
		u.Unlimited = u.Unlimited || part.Limit >= unlimited
	}
	u.Overage = overage(doc, entry)
	return u, true
}

// creditEntry finds the entry that counts credits, or what older answers had in
// its place.
func creditEntry(doc gjson.Result) (gjson.Result, bool) {
	var list []gjson.Result
	for _, name := range []string{"usageBreakdownList", "usageBreakdown", "limits"} {
		v := doc.Get(name)
		if v.IsObject() {
			list = append(list, v)
		}
		if v.IsArray() {
			list = append(list, v.Array()...)
		}
	}
	for _, kind := range []string{"CREDIT", "AGENTIC_REQUEST", "VIBE"} {
		for _, e := range list {
			if strings.EqualFold(firstText(e, "resourceType", "type"), kind) {
				return e, true
			}
		}
	}
	if len(list) == 0 {
		return gjson.Result{}, false
	}
	return list[0], true
}

// parts lists what makes up an account's credit: that of the plan, and what is
// spent beside it and has not ended.
func parts(entry gjson.Result, now time.Time) []core.UsagePart {
	list := []core.UsagePart{amounts(entry, core.UsagePlan, "")}
	for _, name := range []string{"freeTrialInfo", "freeTrialUsage"} {
		if t := entry.Get(name); t.IsObject() {
			list = appendPart(list, t, core.UsageTrial, firstText(t, "freeTrialStatus", "status"), now)
			break
		}
	}
	for _, b := range entry.Get("bonuses").Array() {
		list = appendPart(list, b, core.UsageBonus, firstText(b, "status"), now)
	}
	for _, c := range entry.Get("overageCredits").Array() {
		list = appendPart(list, c, core.UsagePack, firstText(c, "status"), now)
	}
	return list
}

func appendPart(list []core.UsagePart, v gjson.Result, kind core.UsageKind, status string, now time.Time) []core.UsagePart {
	part := amounts(v, kind, firstText(v, "displayName", "bonusCode", "name"))
	part.ExpiresAt = moment(firstOf(v, "freeTrialExpiry", "expiresAt", "expiry"))
	over := part.ExpiresAt != nil && !part.ExpiresAt.After(now)
	if over || strings.EqualFold(status, "expired") {
		return list
	}
	return append(list, part)
}

func amounts(v gjson.Result, kind core.UsageKind, name string) core.UsagePart {
	if name == "" {
		name = string(kind)
	}
	return core.UsagePart{Kind: kind, Name: name, Used: number(v, "currentUsage"), Limit: max(number(v, "usageLimit"), number(v, "totalUsageLimit"))}
}

// overage is what is used beyond the credit. It costs money, so it is never part
// of what remains.
func overage(doc, entry gjson.Result) *core.Overage {
	status := firstText(doc, "overageConfiguration.overageStatus")
	if status == "" && !entry.Get("overageCap").Exists() && !entry.Get("overageCapWithPrecision").Exists() {
		return nil
	}
	o := &core.Overage{
		Enabled: strings.EqualFold(status, "enabled"), Used: number(entry, "currentOverages"),
		Limit: number(entry, "overageCap"), CostUSD: entry.Get("overageCharges").Float(),
	}
	if o.CostUSD == 0 {
		o.CostUSD = o.Used * entry.Get("overageRate").Float()
	}
	return o
}

// number prefers the exact form of an amount.
func number(v gjson.Result, name string) float64 {
	if exact := v.Get(name + "WithPrecision"); exact.Exists() && exact.Type != gjson.Null {
		return exact.Float()
	}
	return v.Get(name).Float()
}

func firstOf(v gjson.Result, names ...string) gjson.Result {
	for _, n := range names {
		if r := v.Get(n); r.Exists() && r.Type != gjson.Null {
			return r
		}
	}
	return gjson.Result{}
}

func firstText(v gjson.Result, names ...string) string { return firstOf(v, names...).String() }

// moment reads a time: epoch seconds, as a whole number, a float or in
// scientific notation; milliseconds where it would be far in the future; or a
// date as text.
func moment(v gjson.Result) *time.Time {
	if v.Type == gjson.String {
		if t, err := time.Parse(time.RFC3339, v.Str); err == nil {
			t = t.UTC()
			return &t
		}
	}
	seconds := v.Float()
	if v.Type == gjson.String {
		seconds, _ = strconv.ParseFloat(v.Str, 64)
	}
	if seconds <= 0 {
		return nil
	}
	const farFuture = 1e10
	if seconds > farFuture {
		seconds /= 1000
	}
	t := time.UnixMilli(int64(seconds * 1000)).UTC()
	return &t
}
