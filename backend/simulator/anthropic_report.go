package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// The paths of the reports, and of all that only an admin key may ask for.
const (
	anthropicAdmin    = "/v1/organizations/"
	anthropicCosts    = "/v1/organizations/cost_report"
	anthropicUsage    = "/v1/organizations/usage_report/messages"
	anthropicAdminKey = "sk-ant-admin"
)

// admitKey keeps the two kinds of keys apart: an admin key sends no messages, and
// nothing else reads reports.
func (a *anthropic) admitKey(r *http.Request, serve func(*exchange) error) func(*exchange) error {
	isAdmin := strings.HasPrefix(r.Header.Get("X-Api-Key"), anthropicAdminKey)
	if isAdmin == strings.HasPrefix(r.URL.Path, anthropicAdmin) {
		return serve
	}
	return func(*exchange) error { return a.locked(keyInvalid, "") }
}

// report serves GET /v1/organizations/usage_report/messages and /cost_report.
func (a *anthropic) report(x *exchange) error {
	if v := x.r.Header.Get("Anthropic-Version"); v != "2023-06-01" {
		return invalid("anthropic-version: %q is not a valid version. See https://docs.anthropic.com/en/api/versioning", v)
	}
	if err := x.admitPath(core.ProviderAnthropic, "", true); err != nil {
		return err
	}
	costs := strings.TrimSuffix(x.r.URL.Path, "/") == anthropicCosts
	ask, by, err := a.reportAsk(x, costs)
	if err != nil {
		return err
	}
	line := a.usageLine
	if costs {
		line = a.costLine
	}
	data, next := a.sim.reports.page(ask,
		func(g *reportGroup) obj { return line(g, by) },
		func(b bucket, results arr) obj {
			return obj{{"starting_at", b.from.Format(time.RFC3339)}, {"ending_at", b.to.Format(time.RFC3339)}, {"results", results}}
		})
	return x.reply(obj{{"data", data}, {"has_more", !next.IsZero()}, {"next_page", ask.cursor(next)}})
}

func (a *anthropic) usageLine(g *reportGroup, by []string) obj {
	u := &g.sum.usage
	return obj{
		{"uncached_input_tokens", u.Input - u.CacheRead - u.CacheWrite},
		{"cache_creation", obj{{"ephemeral_1h_input_tokens", u.CacheWrite1h}, {"ephemeral_5m_input_tokens", u.CacheWrite - u.CacheWrite1h}}},
		{"cache_read_input_tokens", u.CacheRead},
		{"output_tokens", u.Output},
		{"server_tool_use", obj{{"web_search_requests", 0}}},
		{"api_key_id", g.value(by, "api_key_id")},
		{"workspace_id", nil},
		{"model", g.value(by, "model")},
		{"service_tier", g.value(by, "service_tier")},
		{"context_window", nil},
	}
}

// costLine has the amount in cents, as decimal text.
func (a *anthropic) costLine(g *reportGroup, by []string) obj {
	return obj{
		{"currency", "USD"},
		{"amount", strconv.FormatFloat(g.sum.costUSD*100, 'f', -1, 64)},
		{"workspace_id", nil},
		{"description", g.value(by, "description")},
		{"cost_type", nil},
		{"context_window", nil},
		{"model", nil},
		{"service_tier", nil},
		{"token_type", nil},
	}
}

// reportAsk reads the query as strictly as the service.
func (a *anthropic) reportAsk(x *exchange, costs bool) (*reportAsk, []string, error) {
	q := x.r.URL.Query()
	known := []string{"starting_at", "ending_at", "bucket_width", "group_by", "limit", "page", "api_key_ids", "workspace_ids", "models", "service_tiers", "context_window"}
	groups := []string{"api_key_id", "workspace_id", "model", "service_tier", "context_window"}
	if costs {
		known, groups = known[:6], []string{"workspace_id", "description"}
	}
	if name := unknownName(q, known...); name != "" {
		return nil, nil, invalid("%s: Extra inputs are not permitted", name)
	}
	ask := &reportAsk{provider: core.ProviderAnthropic, to: x.now()}
	if err := a.reportSpan(ask, q); err != nil {
		return nil, nil, err
	}
	if err := a.reportPage(ask, q, costs); err != nil {
		return nil, nil, err
	}
	by := listed(q, "group_by")
	for _, name := range by {
		if !slices.Contains(groups, name) {
			return nil, nil, invalid("group_by: Input should be '%s'", strings.Join(groups, "' or '"))
		}
	}
	ask.group = func(k reportKey) []string { return k.values(by) }
	keys, models := listed(q, "api_key_ids"), listed(q, "models")
	ask.takes = func(k reportKey, _ *reportSum) bool { return among(keys, k.account) && among(models, k.model) }
	return ask, by, nil
}

func (a *anthropic) reportSpan(ask *reportAsk, q url.Values) error {
	if !q.Has("starting_at") {
		return invalid("starting_at: Field required")
	}
	for name, into := range map[string]*time.Time{"starting_at": &ask.from, "ending_at": &ask.to} {
		if !q.Has(name) {
			continue
		}
		at, err := time.Parse(time.RFC3339, q.Get(name))
		if err != nil {
			return invalid("%s: Input should be a valid datetime", name)
		}
		*into = at.UTC()
	}
	if q.Has("ending_at") && !ask.to.After(ask.from) {
		return invalid("ending_at: ending date must be after starting date")
	}
	return nil
}

func (a *anthropic) reportPage(ask *reportAsk, q url.Values, costs bool) error {
	row, ok := reportWidth(q.Get("bucket_width"))
	if !ok || costs && row.costsMost == 0 {
		if costs {
			return invalid("bucket_width: Input should be '1d'")
		}
		return invalid("bucket_width: Input should be '1d', '1m' or '1h'")
	}
	ask.width, ask.limit = row.width, row.usual
	if q.Has("limit") {
		n, err := strconv.Atoi(q.Get("limit"))
		switch {
		case err != nil:
			return invalid("limit: Input should be a valid integer, unable to parse string as an integer")
		case n < 1:
			return invalid("limit: Input should be greater than or equal to 1")
		case n > row.most:
			return invalid("limit: Input should be less than or equal to %d", row.most)
		}
		ask.limit = n
	}
	if !ask.turn(q.Get("page")) {
		return invalid("page: Invalid page token")
	}
	return nil
}
