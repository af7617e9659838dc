package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// anthropic speaks for Anthropic.
type anthropic struct {
	sim                    *Simulator
	messages, betaMessages *rule
	count, betaCount       *rule
}

func newAnthropic(s *Simulator) *anthropic {
	return &anthropic{
		sim: s, messages: messagesRule(false), betaMessages: messagesRule(true),
		count: countRule(false), betaCount: countRule(true),
	}
}

func (a *anthropic) route(r *http.Request) func(*exchange) error { return a.admitKey(r, a.find(r)) }

func (a *anthropic) find(r *http.Request) func(*exchange) error {
	path := strings.TrimSuffix(r.URL.Path, "/")
	switch {
	case path == "/v1/messages":
		return a.only(r, http.MethodPost, a.message)
	case path == "/v1/messages/count_tokens":
		return a.only(r, http.MethodPost, a.countTokens)
	case path == "/v1/models":
		return a.only(r, http.MethodGet, a.listModels)
	case path == anthropicUsage, path == anthropicCosts:
		return a.only(r, http.MethodGet, a.report)
	case strings.HasPrefix(path, "/v1/models/"):
		return a.only(r, http.MethodGet, a.findModelInfo)
	}
	return func(*exchange) error { return &refusal{status: http.StatusNotFound, message: "Not found"} }
}

// only serves one method, after the header that every call must carry.
func (a *anthropic) only(r *http.Request, method string, serve func(*exchange) error) func(*exchange) error {
	if r.Method != method {
		return func(*exchange) error {
			return (&refusal{status: http.StatusMethodNotAllowed, message: "Method Not Allowed"}).with("Allow", method)
		}
	}
	return func(x *exchange) error {
		if x.r.Header.Get("Anthropic-Version") == "" {
			return invalid("anthropic-version: header is required")
		}
		return serve(x)
	}
}

func (a *anthropic) protocol() llm.Protocol { return llm.Anthropic }

func (a *anthropic) key(r *http.Request) string {
	if k := r.Header.Get("X-Api-Key"); k != "" {
		return k
	}
	return bearer(r.Header)
}

func (a *anthropic) locked(state keyState, _ string) *refusal {
	r := &refusal{status: http.StatusUnauthorized, message: "invalid x-api-key"}
	switch state {
	case keyMissing:
		r.message = "x-api-key header is required"
	case keyRevoked:
		r.message = "This API key has been revoked."
	}
	return r.with("X-Should-Retry", "false")
}

func (a *anthropic) bodyLimit() int64 { return 32 << 20 }

func (a *anthropic) tooLarge(int64) *refusal {
	return &refusal{status: http.StatusRequestEntityTooLarge, message: "Request exceeds the maximum size"}
}

func (a *anthropic) malformed([]byte) *refusal {
	return invalid("The request body is not valid JSON: a JSON object was expected.")
}

// invalid is the common refusal.
func invalid(format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, message: fmt.Sprintf(format, args...)}
}

func (a *anthropic) render(x *exchange, r *refusal) []byte {
	return encode(obj{{"type", "error"}, {"error", anthropicError(r)}, {"request_id", x.id("req_", 24)}})
}

func anthropicError(r *refusal) obj {
	kind := r.kind
	if kind == "" {
		kind = anthropicKind(r.status)
	}
	return obj{{"type", kind}, {"message", r.message}}
}

func anthropicKind(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "authentication_error"
	case http.StatusPaymentRequired:
		return "billing_error"
	case http.StatusForbidden:
		return "permission_error"
	case http.StatusNotFound:
		return "not_found_error"
	case http.StatusConflict:
		return "conflict_error"
	case http.StatusRequestEntityTooLarge:
		return "request_too_large"
	case http.StatusTooManyRequests:
		return "rate_limit_error"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return "timeout_error"
	case 529:
		return "overloaded_error"
	}
	if status >= http.StatusInternalServerError {
		return "api_error"
	}
	return "invalid_request_error"
}

func (a *anthropic) headers(x *exchange, h http.Header) {
	h.Set("Request-Id", x.id("req_", 24))
	h.Set("Anthropic-Organization-Id", "00000000-0000-4000-8000-000000000000")
	reset := x.now().Add(time.Minute).UTC().Format(time.RFC3339)
	for _, what := range []struct {
		name  string
		limit int
		used  int64
	}{{"Requests", 4000, 1}, {"Input-Tokens", 2_000_000, x.usage.Input}, {"Output-Tokens", 400_000, x.usage.Output}, {"Tokens", 2_400_000, x.usage.Total()}} {
		name := "Anthropic-Ratelimit-" + what.name
		h.Set(name+"-Limit", strconv.Itoa(what.limit))
		h.Set(name+"-Remaining", strconv.FormatInt(max(int64(what.limit)-what.used, 0), 10))
		h.Set(name+"-Reset", reset)
	}
}

// fault is Anthropic's answer to a failure on demand.
func (a *anthropic) fault(x *exchange, f *Fault) *refusal {
	if f.Status == 0 {
		f.Status = 529
	}
	if isProxyError(f) {
		return proxyPage(f.Status)
	}
	if f.Kind == FaultQuota {
		f.Status = http.StatusPaymentRequired
	}
	r := &refusal{status: f.Status, message: a.faultText(x, f)}
	if f.Status == http.StatusTooManyRequests && f.Reason != "insufficient_quota" {
		seconds := max(orElse(f.RetryAfter, 10), 0)
		what := "Requests"
		if f.Reason == "tokens" {
			what = "Input-Tokens"
		}
		r.set("Anthropic-Ratelimit-"+what+"-Remaining", "0")
		r.set("Anthropic-Ratelimit-"+what+"-Reset", x.now().Add(time.Duration(seconds)*time.Second).UTC().Format(time.RFC3339))
		return withRetryAfter(r, f, 10)
	}
	return withRetryAfter(r, f, 0)
}

func (a *anthropic) faultText(x *exchange, f *Fault) string {
	switch f.Status {
	case http.StatusBadRequest:
		if f.Reason == "context_length" {
			return "prompt is too long: 208310 tokens > 200000 maximum"
		}
		if f.Reason == "content_policy" {
			return "Output blocked by content filtering policy"
		}
		return "Invalid request"
	case http.StatusUnauthorized:
		return "invalid x-api-key"
	case http.StatusPaymentRequired:
		return "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."
	case http.StatusForbidden:
		return "Your API key does not have permission to use the specified resource."
	case http.StatusNotFound:
		return "model: " + x.model
	case http.StatusRequestEntityTooLarge:
		return "Request exceeds the maximum size"
	case http.StatusTooManyRequests:
		if f.Reason == "insufficient_quota" {
			return "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."
		}
		unit := "requests per minute"
		if f.Reason == "tokens" {
			unit = "input tokens per minute"
		}
		return "This request would exceed your organization's rate limit of 4,000 " + unit + ". For details, refer to: https://docs.claude.com/en/api/rate-limits."
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return "Request timed out"
	case 529, http.StatusServiceUnavailable:
		return "Overloaded"
	}
	return "Internal server error"
}

// findModel returns the model that a request names.
func (a *anthropic) findModel(name string) (*model, error) {
	if m := a.sim.models.find(core.ProviderAnthropic, name); m != nil {
		return m, nil
	}
	return nil, &refusal{status: http.StatusNotFound, message: "model: " + name}
}
