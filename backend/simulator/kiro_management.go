package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// kiroQuery is what an operation of the management plane is asked with, in a
// body or in the parameters of its REST twin.
type kiroQuery struct {
	profile, origin, most, next string
	email                       bool
}

// managementCall finds the operation of the management plane: by its target on
// the root path, or by the path of its REST twin, the new and the old.
func (p *kiroPlane) managementCall(r *http.Request) func(*exchange) error {
	set := p.dir.set()
	if p.path == "/" {
		service, operation, _ := strings.Cut(r.Header.Get(targetName), ".")
		known := service == "KiroControlPlaneBearerService" && p.name == planeManagement || service == "AmazonCodeWhispererService" && !set.NoLegacy
		if serve := p.operation(operation); known && serve != nil {
			return post(r, p.rpc(func(x *exchange) error { return p.fromBody(x, serve) }))
		}
		return func(*exchange) error { return p.noOperation() }
	}
	serve, method, found := p.twin()
	if !found || set.NoREST {
		return func(*exchange) error { return p.noOperation() }
	}
	if method == http.MethodPost {
		return post(r, func(x *exchange) error { return p.fromBody(x, serve) })
	}
	return onlyMethod(r, method, func(x *exchange) error { return serve(x, p.fromParameters(x.r)) })
}

// operation is what serves an operation; nil when there is none of that name.
func (p *kiroPlane) operation(name string) func(*exchange, kiroQuery) error {
	return map[string]func(*exchange, kiroQuery) error{
		"ListAvailableModels": p.listModels, "ListAvailableProfiles": p.listProfiles, "GetUsageLimits": p.usageLimits,
	}[name]
}

// twin finds the operation of a REST path. Spelling and case matter.
func (p *kiroPlane) twin() (serve func(*exchange, kiroQuery) error, method string, found bool) {
	if p.name == planeManagement {
		switch p.path {
		case "/List-Available-Models":
			return p.listModels, http.MethodGet, true
		case "/List-Available-Profiles":
			return p.listProfiles, http.MethodPost, true
		case "/Get-Usage-Limits":
			return p.usageLimits, http.MethodGet, true
		}
	}
	if p.dir.set().NoLegacy {
		return nil, "", false
	}
	switch p.path {
	case "/ListAvailableModels":
		return p.listModels, http.MethodGet, true
	case "/ListAvailableProfiles":
		return p.listProfiles, http.MethodPost, true
	case "/getUsageLimits":
		return p.usageLimits, http.MethodGet, true
	}
	return nil, "", false
}

// fromBody reads the query of a POST. An empty body asks for nothing special.
func (p *kiroPlane) fromBody(x *exchange, serve func(*exchange, kiroQuery) error) error {
	if len(x.body) == 0 {
		x.body = []byte("{}")
	}
	body, err := x.parse()
	if err != nil {
		return err
	}
	rule := open(
		field{"profileArn", text()}, field{"origin", oneOf(kiroOrigins()...)}, field{"maxResults", integer(1, 1000)}, field{"nextToken", text()},
		field{"isEmailRequired", boolean()}, field{"resourceType", text()}, field{"modelProvider", text()},
	)
	if err := x.conform(rule, body, exactly); err != nil {
		return err
	}
	return serve(x, kiroQuery{
		profile: body.Get("profileArn").Str, origin: body.Get("origin").Str, most: body.Get("maxResults").Raw,
		next: body.Get("nextToken").Str, email: body.Get("isEmailRequired").Bool(),
	})
}

func (p *kiroPlane) fromParameters(r *http.Request) kiroQuery {
	q := r.URL.Query()
	return kiroQuery{
		profile: q.Get("profileArn"), origin: q.Get("origin"), most: q.Get("maxResults"), next: q.Get("nextToken"),
		email: q.Get("isEmailRequired") == "true",
	}
}

// listProfiles serves ListAvailableProfiles: those of organisations, in the
// region of the host.
func (p *kiroPlane) listProfiles(x *exchange, _ kiroQuery) error {
	who, err := p.enter(x)
	if err != nil {
		return err
	}
	switch who.Kind {
	case KiroBuilderID:
		return denied("AWS Builder ID is not supported for this operation.", "Builder ID has no profiles")
	case KiroAPIKey:
		return denied("API key authentication is not supported for this operation.", "API keys have no profiles")
	}
	list := arr{}
	if !who.Kind.social() && (p.region == "" || p.region == who.Region) {
		list = append(list, obj{
			{"arn", who.ProfileARN},
			{"profileName", "KiroProfile-" + who.Region},
			{"profileType", "KIRO"},
			{"status", "ACTIVE"},
			{"identityDetails", obj{{"ssoIdentityDetails", obj{{"ssoRegion", who.SSORegion}}}}},
		})
	}
	return x.reply(obj{{"profiles", list}, {"nextToken", nil}})
}

// usageLimits serves GetUsageLimits.
func (p *kiroPlane) usageLimits(x *exchange, q kiroQuery) error {
	who, err := p.enter(x)
	if err != nil {
		return err
	}
	if r := p.checkARN(who, q.profile, arnAsked); r != nil {
		return r
	}
	plan, now := planOf(who.Plan), p.dir.now()
	reset := nextReset(now)
	user := obj{{"userId", who.ID}}
	if q.email {
		user = user.with("email", who.Email)
	}
	upgrade, target := "UPGRADE_CAPABLE", "MANAGE"
	if who.Plan == KiroFree {
		target = "PURCHASE"
	}
	if who.Plan == KiroPower {
		upgrade = "UPGRADE_INCAPABLE"
	}
	overage := obj{{"overageStatus", "DISABLED"}}
	if who.Overage {
		overage = obj{{"overageStatus", "ENABLED"}}
	}
	return x.reply(obj{
		{"nextDateReset", epoch(reset)},
		{"daysUntilReset", int(reset.Sub(now).Hours() / 24)},
		{"subscriptionInfo", obj{
			{"type", plan.kind},
			{"subscriptionTitle", plan.title},
			{"upgradeCapability", upgrade},
			{"overageCapability", "OVERAGE_CAPABLE"},
			{"subscriptionManagementTarget", target},
		}},
		{"overageConfiguration", overage},
		{"userInfo", user},
		{"usageBreakdownList", arr{who.breakdown(now, reset)}},
		{"limits", arr{}},
		{"usageBreakdown", nil},
	})
}

// nextReset is the first of the next month.
func nextReset(now time.Time) time.Time {
	_, next, _ := core.PeriodMonth.Span(now)
	return next
}

// epoch writes a time in seconds as the service does: a float, in scientific
// notation.
func epoch(t time.Time) raw {
	const digits = 10
	s := strconv.FormatInt(t.Unix(), 10)
	if len(s) != digits {
		return raw(s)
	}
	return raw(s[:1] + "." + s[1:] + "E9")
}

// breakdown is the account's usage of credits.
func (a *KiroAccount) breakdown(now, reset time.Time) obj {
	plan := planOf(a.Plan)
	o := obj{
		{"resourceType", "CREDIT"}, {"displayName", "Credit"}, {"displayNamePlural", "Credits"}, {"unit", "INVOCATIONS"}, {"currency", "USD"},
	}
	o = append(o, amounts("currentUsage", a.Used)...)
	o = append(o, amounts("usageLimit", plan.limit)...)
	o = append(o, amounts("currentOverages", a.Overused)...)
	o = append(o, obj{{"overageRate", overageRate}}...)
	o = append(o, amounts("overageCap", overageCap)...)
	packs := arr{}
	for i := range a.Packs {
		c := &a.Packs[i]
		packs = append(packs, append(obj{{"expiresAt", epoch(c.expires(now))}}, c.amounts()...))
	}
	o = append(o, obj{{"overageCharges", round4(a.Overused * overageRate)}, {"overageCredits", packs}, {"nextDateReset", epoch(reset)}}...)
	if c := a.Trial; c != nil {
		status := partStatus(c, now)
		o = o.with("freeTrialInfo", append(obj{{"freeTrialStatus", status}, {"freeTrialExpiry", epoch(c.expires(now))}}, c.amounts()...))
	}
	bonuses := arr{}
	for i := range a.Bonuses {
		c := &a.Bonuses[i]
		name := orWord(c.Name, "Welcome")
		bonuses = append(bonuses, append(obj{
			{"bonusCode", strings.ToUpper(strings.ReplaceAll(name, " ", "_"))},
			{"displayName", name},
			{"status", bonusStatus(c, now)},
			{"expiresAt", epoch(c.expires(now))},
			{"redeemedAt", epoch(now.AddDate(0, -1, 0))},
		}, c.amounts()...))
	}
	return o.with("bonuses", bonuses)
}

// amounts shows a number of credits in both forms: whole, and exact.
func amounts(name string, credits float64) obj {
	return obj{{name, int(credits)}, {name + "WithPrecision", credits}}
}

func (c *KiroPart) amounts() obj {
	return append(amounts("currentUsage", c.Used), amounts("usageLimit", c.Limit)...)
}

func partStatus(c *KiroPart, now time.Time) string {
	if !now.Before(c.expires(now)) {
		return "EXPIRED"
	}
	return "ACTIVE"
}

func bonusStatus(c *KiroPart, now time.Time) string {
	if s := partStatus(c, now); s == "EXPIRED" || c.Used < c.Limit {
		return s
	}
	return "EXHAUSTED"
}
