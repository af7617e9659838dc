package anthropic

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
)

var _ upstream.UsageReader = Provider{}

// TellsUsage implements upstream.UsageReader: the reports are for admin keys.
func (p Provider) TellsUsage(cred core.Credential) bool { return cred.AdminKey != "" && p.Now != nil }

// ReadUsage implements upstream.UsageReader. It reads what the organisation of
// the admin key has used and paid in this calendar month. Anthropic does not
// report the number of requests, and costs of the priority tier are in no report.
func (p Provider) ReadUsage(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) (core.AccountUsage, error) {
	from, to, _ := core.PeriodMonth.Span(p.Now())
	var s upstream.Spent
	err := p.report(ch, a, "/v1/organizations/cost_report", from).Read(ctx, via, func(r gjson.Result) {
		const cents = 100 // amounts are in the currency's smallest unit, as decimal text
		if currency := r.Get("currency").Str; currency == "" || strings.EqualFold(currency, core.UnitUSD) {
			s.CostUSD += r.Get("amount").Float() / cents
		}
	})
	if err != nil {
		return core.AccountUsage{}, err
	}
	err = p.report(ch, a, "/v1/organizations/usage_report/messages", from).Read(ctx, via, func(r gjson.Result) {
		written := r.Get("cache_creation.ephemeral_5m_input_tokens").Float() + r.Get("cache_creation.ephemeral_1h_input_tokens").Float()
		read := r.Get("cache_read_input_tokens").Float()
		s.Input += r.Get("uncached_input_tokens").Float() + read + written
		s.CacheRead += read
		s.CacheWrite += written
		s.Output += r.Get("output_tokens").Float()
	})
	return s.Usage(to), err
}

func (p Provider) report(ch *core.Channel, a *core.Account, path string, from time.Time) *upstream.Report {
	return &upstream.Report{
		Provider: p, Channel: ch, Path: path, Secret: a.Credential,
		Query:  url.Values{"starting_at": {from.Format(time.RFC3339)}, "bucket_width": {"1d"}, "limit": {"31"}},
		Header: http.Header{"X-Api-Key": {a.Credential.AdminKey}, "Anthropic-Version": {defaultVersion}},
	}
}
