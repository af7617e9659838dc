package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// gemini speaks for Google's Generative Language API.
type gemini struct {
	sim                           *Simulator
	generate, count, embed, batch *rule
}

func newGemini(s *Simulator) *gemini {
	return &gemini{sim: s, generate: generateRule(), count: countTokensRule(), embed: embedRule(), batch: batchEmbedRule()}
}

// route returns what serves a request: the model's name is in the path, the
// verb behind its last colon.
func (g *gemini) route(r *http.Request) func(*exchange) error {
	_, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/") // without the version
	rest = strings.TrimSuffix(strings.TrimPrefix(rest, "publishers/google/"), "/")
	if rest == "models" && r.Method == http.MethodGet {
		return g.listModels
	}
	name, isModel := strings.CutPrefix(rest, "models/")
	if !isModel {
		name = rest // tunedModels/…, of which there are none
	}
	if r.Method == http.MethodGet && isModel {
		return func(x *exchange) error { return g.findModelInfo(x, name) }
	}
	colon := strings.LastIndex(name, ":")
	if r.Method != http.MethodPost || colon < 0 {
		return g.unknownPath
	}
	serve := map[string]func(*exchange, string) error{
		"generateContent":       func(x *exchange, m string) error { return g.content(x, m, false) },
		"streamGenerateContent": func(x *exchange, m string) error { return g.content(x, m, true) },
		"countTokens":           g.countTokens,
		"embedContent":          g.embedContent,
		"batchEmbedContents":    g.batchEmbedContents,
	}[name[colon+1:]]
	if serve == nil {
		return g.unknownPath
	}
	return func(x *exchange) error { return serve(x, name[:colon]) }
}

// unknownPath answers as Google's front end does: with a page.
func (g *gemini) unknownPath(x *exchange) error {
	return &refusal{
		status: http.StatusNotFound, message: "Not Found", contentType: "text/html; charset=UTF-8",
		body: fmt.Sprintf("<!DOCTYPE html>\n<html lang=en>\n  <title>Error 404 (Not Found)!!1</title>\n  <p><b>404.</b> <ins>That’s an error.</ins>\n"+
			"  <p>The requested URL <code>%s</code> was not found on this server.  <ins>That’s all we know.</ins>\n", x.r.URL.EscapedPath()),
	}
}

func (g *gemini) protocol() llm.Protocol { return llm.Gemini }

func (g *gemini) key(r *http.Request) string {
	if k := r.Header.Get("X-Goog-Api-Key"); k != "" {
		return k
	}
	if k := r.URL.Query().Get("key"); k != "" {
		return k
	}
	return bearer(r.Header)
}

func (g *gemini) locked(state keyState, _ string) *refusal {
	switch state {
	case keyMissing:
		return &refusal{status: http.StatusForbidden, message: "Method doesn't allow unregistered callers (callers without established identity). " +
			"Please use API Key or other form of API consumer identity to call this API."}
	case keyRevoked:
		return &refusal{status: http.StatusForbidden, message: "Your API key was reported as leaked. Please use another API key."}
	}
	r := gInvalid("API key not valid. Please pass a valid API key.")
	r.details = arr{
		obj{
			{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
			{"reason", "API_KEY_INVALID"},
			{"domain", "googleapis.com"},
			{"metadata", obj{{"service", "generativelanguage.googleapis.com"}}},
		},
		obj{{"@type", "type.googleapis.com/google.rpc.LocalizedMessage"}, {"locale", "en-US"}, {"message", r.message}},
	}
	return r
}

func (g *gemini) bodyLimit() int64 { return 100 << 20 }

func (g *gemini) tooLarge(int64) *refusal {
	return gInvalid("Request payload size exceeds the limit: %d bytes.", g.bodyLimit())
}

func (g *gemini) malformed([]byte) *refusal {
	return gInvalid("Invalid JSON payload received. Expected an object that is valid JSON.")
}

// gInvalid is the common refusal.
func gInvalid(format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, message: fmt.Sprintf(format, args...)}
}

func (g *gemini) render(_ *exchange, r *refusal) []byte { return encode(geminiError(r)) }

func geminiError(r *refusal) obj {
	e := obj{{"code", r.status}, {"message", r.message}, {"status", geminiStatus(r.status)}}
	if r.details != nil {
		e = e.with("details", r.details)
	}
	return obj{{"error", e}}
}

func geminiStatus(status int) string {
	names := map[int]string{
		400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 402: "RESOURCE_EXHAUSTED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 405: "UNIMPLEMENTED",
		408: "DEADLINE_EXCEEDED", 409: "ABORTED", 413: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 501: "UNIMPLEMENTED",
		503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED", 529: "UNAVAILABLE",
	}
	if name := names[status]; name != "" {
		return name
	}
	if status >= http.StatusInternalServerError {
		return "INTERNAL"
	}
	return "INVALID_ARGUMENT"
}

func (g *gemini) headers(_ *exchange, h http.Header) {
	h.Set("Server", "scaffolding on HTTPServer2")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Origin")
	h.Add("Vary", "X-Origin")
}

// fault is Google's answer to a failure on demand.
func (g *gemini) fault(x *exchange, f *Fault) *refusal {
	if f.Status == 0 {
		f.Status = http.StatusServiceUnavailable
	}
	if isProxyError(f) {
		return proxyPage(f.Status)
	}
	r := &refusal{status: f.Status, message: g.faultText(x, f)}
	if f.Status != http.StatusTooManyRequests {
		return withRetryAfter(r, f, 0)
	}
	delay := orElse(f.RetryAfter, 34)
	r.details = arr{
		obj{{"@type", "type.googleapis.com/google.rpc.QuotaFailure"}, {"violations", arr{obj{
			{"quotaMetric", "generativelanguage.googleapis.com/" + quotaMetric(f)},
			{"quotaId", quotaID(f)},
			{"quotaDimensions", obj{{"location", "global"}, {"model", x.model}}},
			{"quotaValue", "10"},
		}}}},
		obj{{"@type", "type.googleapis.com/google.rpc.Help"}, {"links", arr{obj{
			{"description", "Learn more about Gemini API quotas"}, {"url", "https://ai.google.dev/gemini-api/docs/rate-limits"},
		}}}},
	}
	if f.RetryAfter >= 0 && f.Reason != "insufficient_quota" {
		r.message += fmt.Sprintf("\nPlease retry in %ds.", delay)
		r.details = append(r.details, obj{{"@type", "type.googleapis.com/google.rpc.RetryInfo"}, {"retryDelay", strconv.Itoa(delay) + "s"}})
	}
	return r
}

func quotaMetric(f *Fault) string {
	if f.Reason == "tokens" {
		return "generate_content_paid_tier_input_token_count"
	}
	return "generate_content_paid_tier_3_requests"
}

// quotaID tells a limit for a minute from one for a day.
func quotaID(f *Fault) string {
	if f.Reason == "insufficient_quota" {
		return "GenerateRequestsPerDayPerProjectPerModel"
	}
	return "GenerateRequestsPerMinutePerProjectPerModel"
}

func (g *gemini) faultText(x *exchange, f *Fault) string {
	switch f.Status {
	case http.StatusBadRequest:
		if f.Reason == "context_length" {
			return "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
		}
		return "Request contains an invalid argument."
	case http.StatusUnauthorized:
		return "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
	case http.StatusForbidden:
		return "The caller does not have permission"
	case http.StatusNotFound:
		return "models/" + x.model + " is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods."
	case http.StatusTooManyRequests:
		return "You exceeded your current quota, please check your plan and billing details. For more information on this error, head over to: https://ai.google.dev/gemini-api/docs/rate-limits. \n* Quota exceeded for metric: generativelanguage.googleapis.com/" +
			quotaMetric(f) + ", limit: 10, model: " + x.model
	case http.StatusServiceUnavailable, 529:
		return "The model is overloaded. Please try again later."
	case http.StatusGatewayTimeout, http.StatusRequestTimeout:
		return "Deadline expired before operation could complete."
	}
	return "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"
}

// findModel returns the model that a path names, for a use.
func (g *gemini) findModel(x *exchange, name string, u use, verb string) (*model, error) {
	if err := x.admit(core.ProviderGemini, name); err != nil {
		return nil, err
	}
	m := g.sim.models.find(core.ProviderGemini, name)
	if m == nil || m.use != u && !core.MatchAny(g.sim.options.Models, name) {
		return nil, g.noSuchModel(x, name, verb)
	}
	return m, nil
}

func (g *gemini) noSuchModel(x *exchange, name, verb string) *refusal {
	version, _, _ := strings.Cut(strings.TrimPrefix(x.r.URL.Path, "/"), "/")
	if !strings.HasPrefix(name, "tunedModels/") {
		name = "models/" + name
	}
	return &refusal{status: http.StatusNotFound, message: fmt.Sprintf(
		"%s is not found for API version %s, or is not supported for %s. Call ListModels to see the list of available models and their supported methods.",
		name, version, orWord(verb, "generateContent"))}
}
