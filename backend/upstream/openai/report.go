package openai

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
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
// the admin key has used and paid in this calendar month. The cost is that of
// everything; tokens and requests are those of text models, which is what
// OpenAI's completions report counts: Chat Completions, Responses and the old
// completions.
func (p Provider) ReadUsage(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) (core.AccountUsage, error) {
	from, to, _ := core.PeriodMonth.Span(p.Now())
	var s upstream.Spent
	// A page of costs may hold 180 days, one of usage 31.
	err := p.report(ch, a, "/v1/organization/costs", from).Read(ctx, via, func(r gjson.Result) {
		if currency := r.Get("amount.currency").Str; currency == "" || strings.EqualFold(currency, core.UnitUSD) {
			s.CostUSD += r.Get("amount.value").Float()
		}
	})
	if err != nil {
		return core.AccountUsage{}, err
	}
	err = p.report(ch, a, "/v1/organization/usage/completions", from).Read(ctx, via, func(r gjson.Result) {
		s.Requests += r.Get("num_model_requests").Float()
		s.Input += r.Get("input_tokens").Float()
		s.CacheRead += r.Get("input_cached_tokens").Float()
		s.Output += r.Get("output_tokens").Float()
	})
	return s.Usage(to), err
}

func (p Provider) report(ch *core.Channel, a *core.Account, path string, from time.Time) *upstream.Report {
	return &upstream.Report{
		Provider: p, Channel: ch, Path: path, Secret: a.Credential,
		Query:  url.Values{"start_time": {strconv.FormatInt(from.Unix(), 10)}, "bucket_width": {"1d"}, "limit": {"31"}},
		Header: http.Header{"Authorization": {"Bearer " + a.Credential.AdminKey}},
	}
}
