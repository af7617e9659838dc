package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// openAI speaks for OpenAI. One value serves Chat Completions and the small
// endpoints, another, under its own name in the statistics, Responses.
type openAI struct {
	sim   *Simulator
	wire  llm.Protocol
	rules openAIRules
}

type openAIRules struct {
	chat, completion, embedding, image, speech, moderation, rerank *rule
	response                                                       *rule
}

func newOpenAI(s *Simulator, wire llm.Protocol) *openAI {
	return &openAI{sim: s, wire: wire, rules: openAIRules{
		chat: chatRule(), completion: completionRule(), embedding: embeddingRule(), image: imageRule(),
		speech: speechRule(), moderation: moderationRule(), rerank: rerankRule(), response: responseRule(),
	}}
}

// route returns what serves a request.
func (o *openAI) route(r *http.Request) func(*exchange) error { return o.admitKey(r, o.find(r)) }

func (o *openAI) find(r *http.Request) func(*exchange) error {
	posts := map[string]func(*exchange) error{
		"/v1/chat/completions":       o.chat,
		"/v1/completions":            o.completions,
		"/v1/embeddings":             o.embeddings,
		"/v1/images/generations":     o.images,
		"/v1/audio/speech":           o.speech,
		"/v1/audio/transcriptions":   o.transcriptions,
		"/v1/moderations":            o.moderations,
		"/v1/rerank":                 o.rerank,
		"/v1/responses":              o.respond,
		"/v1/responses/input_tokens": o.countInput,
	}
	path := strings.TrimSuffix(r.URL.Path, "/")
	if serve := posts[path]; serve != nil {
		if r.Method == http.MethodPost {
			return serve
		}
		if path == "/v1/responses" && r.Header.Get("Upgrade") != "" {
			return o.noWebSocket
		}
		return o.wrongMethod
	}
	if path == openAIUsage || path == openAICosts {
		return o.getOnly(r, o.report)
	}
	if path == "/v1/models" {
		return o.getOnly(r, func(x *exchange) error { return o.models(x, "") })
	}
	if id, ok := strings.CutPrefix(path, "/v1/models/"); ok {
		return o.getOnly(r, func(x *exchange) error { return o.models(x, id) })
	}
	if id, ok := strings.CutPrefix(path, "/v1/responses/"); ok && !strings.Contains(id, "/") {
		return func(x *exchange) error { return o.stored(x, id) }
	}
	if path == "" {
		return func(x *exchange) error { return x.replyBytes("text/plain; charset=utf-8", []byte("AiHub simulator\n")) }
	}
	return o.unknownPath
}

func (o *openAI) getOnly(r *http.Request, serve func(*exchange) error) func(*exchange) error {
	if r.Method == http.MethodGet {
		return serve
	}
	return o.wrongMethod
}

func (o *openAI) unknownPath(x *exchange) error {
	return &refusal{status: http.StatusNotFound, message: fmt.Sprintf("Invalid URL (%s %s)", x.r.Method, x.r.URL.Path)}
}

func (o *openAI) wrongMethod(x *exchange) error {
	return (&refusal{
		status: http.StatusMethodNotAllowed, code: "method_not_supported",
		message: fmt.Sprintf("Not allowed to %s on %s. (HINT: Perhaps you meant to use a different HTTP method?)", x.r.Method, x.r.URL.Path),
	}).with("Allow", "POST")
}

// noWebSocket sends clients that try the WebSocket form back to HTTP.
func (o *openAI) noWebSocket(*exchange) error {
	return &refusal{status: http.StatusUpgradeRequired, message: "WebSocket connections are not supported. Please use HTTP."}
}

func (o *openAI) protocol() llm.Protocol { return o.wire }

func (o *openAI) key(r *http.Request) string {
	if r.URL.Path == "/" {
		return "anonymous"
	}
	return bearer(r.Header)
}

func (o *openAI) locked(state keyState, key string) *refusal {
	r := &refusal{status: http.StatusUnauthorized}
	switch state {
	case keyMissing:
		r.message = "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth " +
			"(i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys."
	case keyRevoked:
		r.code = "account_deactivated"
		r.message = "The OpenAI account associated with this API key has been deactivated. Please check your email for more information."
	default:
		r.code = "invalid_api_key"
		r.message = fmt.Sprintf("Incorrect API key provided: %s. You can find your API key at https://platform.openai.com/account/api-keys.", starred(key))
	}
	return r.with("WWW-Authenticate", `Bearer realm="OpenAI API"`)
}

// starred shows a key as OpenAI does: its ends.
func starred(key string) string {
	if len(key) < 12 {
		return strings.Repeat("*", len(key))
	}
	return key[:7] + strings.Repeat("*", len(key)-11) + key[len(key)-4:]
}

func (o *openAI) bodyLimit() int64 { return 64 << 20 }

func (o *openAI) tooLarge(size int64) *refusal {
	return &refusal{
		status:  http.StatusRequestEntityTooLarge,
		message: fmt.Sprintf("Maximum content size limit (%d) exceeded (%d bytes read)", o.bodyLimit(), size),
	}
}

func (o *openAI) malformed([]byte) *refusal {
	return &refusal{status: http.StatusBadRequest, message: "We could not parse the JSON body of your request. (HINT: This likely means you " +
		"aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have " +
		"trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)"}
}

func (o *openAI) render(_ *exchange, r *refusal) []byte {
	return encode(obj{{"error", openAIError(r)}})
}

func openAIError(r *refusal) obj {
	kind := r.kind
	if kind == "" {
		kind = "invalid_request_error"
		if r.status >= http.StatusInternalServerError {
			kind = "server_error"
		}
	}
	return obj{{"message", r.message}, {"type", kind}, {"param", orNull(r.param)}, {"code", orNull(r.code)}}
}

// orNull is null for the empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (o *openAI) headers(x *exchange, h http.Header) {
	h.Set("X-Request-Id", x.id("req_", 24))
	h.Set("Openai-Version", "2020-10-01")
	h.Set("Openai-Organization", "org-simulated")
	h.Set("Openai-Processing-Ms", "12")
	h.Set("X-Ratelimit-Limit-Requests", "10000")
	h.Set("X-Ratelimit-Limit-Tokens", "2000000")
	h.Set("X-Ratelimit-Remaining-Requests", "9999")
	h.Set("X-Ratelimit-Remaining-Tokens", strconv.Itoa(max(2_000_000-int(x.usage.Total()), 0)))
	h.Set("X-Ratelimit-Reset-Requests", "6ms")
	h.Set("X-Ratelimit-Reset-Tokens", "12ms")
}

// findModel returns the model that a request names for a use.
func (o *openAI) findModel(name string, u use) (*model, error) {
	if name == "" {
		return nil, &refusal{status: http.StatusBadRequest, message: "you must provide a model parameter"}
	}
	m := o.sim.models.find(core.ProviderOpenAI, name)
	if m == nil {
		return nil, noSuchModel(name)
	}
	if m.use != u && !core.MatchAny(o.sim.options.Models, name) {
		return nil, wrongUse(name, u)
	}
	return m, nil
}

func noSuchModel(name string) *refusal {
	return &refusal{
		status: http.StatusNotFound, code: "model_not_found",
		message: fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", name),
	}
}

func wrongUse(name string, u use) *refusal {
	switch u {
	case useChat:
		return &refusal{status: http.StatusNotFound, param: "model", message: "This is not a chat model and thus not supported in the " +
			"v1/chat/completions endpoint. Did you mean to use v1/completions?"}
	case useCompletion:
		return &refusal{status: http.StatusNotFound, param: "model", message: "This is a chat model and not supported in the " +
			"v1/completions endpoint. Did you mean to use v1/chat/completions?"}
	}
	return &refusal{status: http.StatusForbidden, message: fmt.Sprintf("You are not allowed to use the model `%s` for %s requests.", name, u)}
}

// badRequest is the common refusal.
func badRequest(param, code, format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, param: param, code: code, message: fmt.Sprintf(format, args...)}
}
