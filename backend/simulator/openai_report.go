package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// The paths of the reports, and of all that only an admin key may ask for.
const (
	openAIAdmin    = "/v1/organization/"
	openAICosts    = "/v1/organization/costs"
	openAIUsage    = "/v1/organization/usage/completions"
	openAIAdminKey = "sk-admin-"
)

// lacks is the refusal of a key of the wrong kind.
func lacks(scope string) *refusal {
	return &refusal{status: http.StatusForbidden, message: "You have insufficient permissions for this operation. Missing scopes: " + scope +
		". Check that you have the correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're " +
		"using a restricted API key, that it has the necessary scopes."}
}

// admitKey keeps the two kinds of keys apart: an admin key sends no requests, and
// nothing else reads reports.
func (o *openAI) admitKey(r *http.Request, serve func(*exchange) error) func(*exchange) error {
	isAdmin := strings.HasPrefix(bearer(r.Header), openAIAdminKey)
	switch forAdmins := strings.HasPrefix(r.URL.Path, openAIAdmin); {
	case isAdmin && !forAdmins:
		return func(*exchange) error { return lacks("model.request") }
	case !isAdmin && forAdmins:
		return func(*exchange) error { return lacks("api.usage.read") }
	}
	return serve
}

// report serves GET /v1/organization/usage/completions and /costs.
func (o *openAI) report(x *exchange) error {
	if err := x.admitPath(core.ProviderOpenAI, "", true); err != nil {
		return err
	}
	costs := strings.TrimSuffix(x.r.URL.Path, "/") == openAICosts
	ask, by, err := o.reportAsk(x, costs)
	if err != nil {
		return err
	}
	line := o.usageLine
	if costs {
		line = o.costLine
	}
	data, next := o.sim.reports.page(ask,
		func(g *reportGroup) obj { return line(g, by) },
		func(b bucket, results arr) obj {
			return obj{{"object", "bucket"}, {"start_time", b.from.Unix()}, {"end_time", b.to.Unix()}, {"results", results}}
		})
	return x.reply(obj{{"object", "page"}, {"data", data}, {"has_more", !next.IsZero()}, {"next_page", ask.cursor(next)}})
}

func (o *openAI) usageLine(g *reportGroup, by []string) obj {
	return obj{
		{"object", "organization.usage.completions.result"},
		{"input_tokens", g.sum.usage.Input},
		{"output_tokens", g.sum.usage.Output},
		{"input_cached_tokens", g.sum.usage.CacheRead},
		{"input_audio_tokens", 0},
		{"output_audio_tokens", 0},
		{"num_model_requests", g.sum.requests},
		{"project_id", g.value(by, "project_id")},
		{"user_id", g.value(by, "user_id")},
		{"api_key_id", g.value(by, "api_key_id")},
		{"model", g.value(by, "model")},
		{"batch", nil},
		{"service_tier", g.value(by, "service_tier")},
	}
}

func (o *openAI) costLine(g *reportGroup, by []string) obj {
	return obj{
		{"object", "organization.costs.result"},
		{"amount", obj{{"value", g.sum.costUSD}, {"currency", "usd"}}},
		{"line_item", g.value(by, "line_item")},
		{"project_id", g.value(by, "project_id")},
		{"organization_id", "org-simulated"},
	}
}

// value is what the line has been grouped by; null when it was not.
func (g *reportGroup) value(by []string, name string) any {
	if i := slices.Index(by, name); i >= 0 && i < len(g.by) {
		return g.by[i]
	}
	return nil
}

// reportAsk reads the query as strictly as the service.
func (o *openAI) reportAsk(x *exchange, costs bool) (*reportAsk, []string, error) {
	q := x.r.URL.Query()
	known := []string{"start_time", "end_time", "bucket_width", "project_ids", "group_by", "limit", "page", "user_ids", "api_key_ids", "models", "batch"}
	groups := []string{"project_id", "user_id", "api_key_id", "model", "batch", "service_tier"}
	if costs {
		known, groups = known[:7], []string{"project_id", "line_item"}
	}
	if name := unknownName(q, known...); name != "" {
		return nil, nil, badRequest(name, "unknown_parameter", "Unknown parameter: '%s'.", name)
	}
	a := &reportAsk{provider: core.ProviderOpenAI, to: x.now()}
	if err := o.reportSpan(a, q.Get("start_time"), q.Get("end_time")); err != nil {
		return nil, nil, err
	}
	if err := o.reportPage(a, q.Get("bucket_width"), q.Get("limit"), q.Get("page"), costs); err != nil {
		return nil, nil, err
	}
	by := listed(q, "group_by")
	for _, name := range by {
		if !slices.Contains(groups, name) {
			return nil, nil, badRequest("group_by", "invalid_value", "Invalid value: '%s'. Supported values are: '%s'.", name, strings.Join(groups, "', '"))
		}
	}
	a.group = func(k reportKey) []string { return k.values(by) }
	projects, keys, models := listed(q, "project_ids"), listed(q, "api_key_ids"), listed(q, "models")
	a.takes = func(k reportKey, s *reportSum) bool {
		text := s.use == useChat || s.use == useCompletion
		return (costs || text) && among(projects, "proj_simulated") && among(keys, k.account) && among(models, k.model)
	}
	return a, by, nil
}

// values are those of a sum by what it can be grouped by.
func (k reportKey) values(by []string) []string {
	all := map[string]string{
		"project_id": "proj_simulated", "user_id": "user-simulated", "api_key_id": k.account, "model": k.model,
		"batch": "false", "service_tier": "default", "line_item": k.model, "workspace_id": "", "description": k.model,
	}
	out := make([]string, len(by))
	for i, name := range by {
		out[i] = all[name]
	}
	return out
}

func (o *openAI) reportSpan(a *reportAsk, start, end string) error {
	if start == "" {
		return badRequest("start_time", "missing_required_parameter", "Missing required parameter: 'start_time'.")
	}
	for _, one := range []struct {
		name, text string
		into       *time.Time
	}{{"start_time", start, &a.from}, {"end_time", end, &a.to}} {
		if one.text == "" {
			continue
		}
		seconds, err := strconv.ParseInt(one.text, 10, 64)
		if err != nil || seconds < 0 {
			return badRequest(one.name, "invalid_type", "Invalid type for '%s': expected an integer, but got a string instead.", one.name)
		}
		*one.into = time.Unix(seconds, 0).UTC()
	}
	if end != "" && !a.to.After(a.from) {
		return badRequest("end_time", "invalid_value", "'end_time' must be after 'start_time'.")
	}
	return nil
}

func (o *openAI) reportPage(a *reportAsk, width, limit, page string, costs bool) error {
	row, ok := reportWidth(width)
	most := row.most
	if costs {
		most = row.costsMost
	}
	if !ok || most == 0 {
		supported := "'1m', '1h', and '1d'"
		if costs {
			supported = "'1d'"
		}
		return badRequest("bucket_width", "invalid_value", "Invalid value: '%s'. Supported values are: %s.", width, supported)
	}
	a.width, a.limit = row.width, row.usual
	if limit != "" {
		n, err := strconv.Atoi(limit)
		switch {
		case err != nil:
			return badRequest("limit", "invalid_type", "Invalid type for 'limit': expected an integer, but got a string instead.")
		case n < 1:
			return badRequest("limit", "integer_below_min_value", "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got %d instead.", n)
		case n > most:
			return badRequest("limit", "integer_above_max_value", "Invalid 'limit': integer above maximum value. Expected a value <= %d, but got %d instead.", most, n)
		}
		a.limit = n
	}
	if !a.turn(page) {
		return badRequest("page", "invalid_value", "%s", fmt.Sprintf("Invalid 'page': '%s' is not a cursor of this query.", page))
	}
	return nil
}
