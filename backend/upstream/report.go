package upstream

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
)

// Report is a question for a provider's usage or cost report, which comes in
// pages of time buckets and is read with an admin key.
type Report struct {
	Provider Provider
	Channel  *core.Channel
	Path     string // on the gateway's own surface, such as /v1/organization/costs
	Query    url.Values
	// Header holds the key; Secret is what must not be repeated in an error.
	Header http.Header
	Secret core.Credential
}

const (
	maxReport = 8 << 20 // bytes of a page
	maxPages  = 40      // far more than a month has
)

// Read asks for one page after the other and hands over each result of each
// bucket. A refusal is a *Refusal.
func (r *Report) Read(ctx context.Context, via http.RoundTripper, take func(gjson.Result)) error {
	query := url.Values{}
	for name, values := range r.Query {
		query[name] = values
	}
	for range maxPages {
		page, err := r.page(ctx, via, query)
		if err != nil {
			return err
		}
		page.Get("data.#.results|@flatten").ForEach(func(_, result gjson.Result) bool {
			take(result)
			return true
		})
		next := page.Get("next_page").String()
		if !page.Get("has_more").Bool() || next == "" {
			return nil
		}
		query.Set("page", next)
	}
	return &Later{Reason: "the provider's report does not end"}
}

func (r *Report) page(ctx context.Context, via http.RoundTripper, query url.Values) (gjson.Result, error) {
	u, err := endpoint(r.Provider, r.Channel, r.Path, query.Encode())
	if err != nil {
		return gjson.Result{}, err
	}
	req := (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	for name, value := range r.Channel.Headers {
		req.Header.Set(name, value)
	}
	for name, values := range r.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	res, err := via.RoundTrip(req)
	if err != nil {
		return gjson.Result{}, Unreached("the provider", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReport))
	if err != nil {
		return gjson.Result{}, Unreached("the provider", err)
	}
	return r.read(res, body)
}

// read takes an answer for a page; whatever else answers is no report.
func (r *Report) read(res *http.Response, body []byte) (gjson.Result, error) {
	if res.StatusCode != http.StatusOK {
		return gjson.Result{}, r.refusal(res, r.Secret.Redact(body))
	}
	page := gjson.ParseBytes(body)
	if !gjson.ValidBytes(body) || !page.Get("data").IsArray() {
		return gjson.Result{}, &Later{Reason: "the address of the channel answers, but not with a report"}
	}
	return page, nil
}

func (r *Report) refusal(res *http.Response, body []byte) *Refusal {
	out := NewRefusal(res, body, "error.message")
	switch res.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		out.Message = "the admin key may not read the reports of its organisation: " + out.Message
	case http.StatusNotFound:
		out.Message = "there are no reports at the address of the channel: " + out.Message
	}
	return out
}

// Spent collects what reports tell of a month.
type Spent struct {
	CostUSD                              float64
	Requests                             float64
	Input, CacheRead, CacheWrite, Output float64 // Input includes the cache
}

// Usage words a month's reports. What is 0 of the finer parts is left out: not
// every provider tells them.
func (s *Spent) Usage(resets time.Time) core.AccountUsage {
	u := core.AccountUsage{
		Unit: core.UnitUSD, Source: core.UsageReport, Used: s.CostUSD, Unlimited: true, ResetsAt: &resets,
		Parts: []core.UsagePart{{Name: core.PartCost, Unit: core.UnitUSD, Used: s.CostUSD}},
	}
	for _, p := range []struct {
		name, unit string
		used       float64
	}{
		{core.PartRequests, core.UnitRequests, s.Requests},
		{core.PartInput, core.UnitTokens, s.Input},
		{core.PartCacheRead, core.UnitTokens, s.CacheRead},
		{core.PartCacheWrite, core.UnitTokens, s.CacheWrite},
		{core.PartOutput, core.UnitTokens, s.Output},
	} {
		if p.used > 0 {
			u.Parts = append(u.Parts, core.UsagePart{Name: p.name, Unit: p.unit, Used: p.used})
		}
	}
	return u
}
