package kiro

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// statusOf is the status with which the service answers an exception of its
// model, for those that come inside a stream.
var statusOf = map[string]int{
	"ValidationException": 400, "AccessDeniedException": 403, "ServiceQuotaExceededException": 402,
	"ResourceNotFoundException": 404, "ConflictException": 409, "ThrottlingException": 429,
	"InternalServerException": 500, "ServiceUnavailableException": 503,
	// Events of the newer model that stand for errors.
	"throttlingError": 429, "validationError": 400, "serviceUnavailableError": 503,
}

// ParseError implements protocol.UpstreamFormat. What the service says of the
// reason counts first, then its words, then the status.
func (Format) ParseError(status int, body []byte) *llm.Error {
	return fault{status: status}.read(body)
}

// parseException reads an error inside a stream, named as by Frames.
func parseException(name string, data []byte) *llm.Error {
	name = strings.TrimPrefix(strings.TrimPrefix(name, exceptionName), errorName)
	return fault{status: statusOf[name], name: name}.read(data)
}

// fault is an error in the service's own words.
type fault struct {
	status                int
	name, message, reason string
}

func (f fault) read(body []byte) *llm.Error {
	v := gjson.ParseBytes(body)
	for _, key := range []string{"message", "Message", "error_description", "error"} {
		if text := v.Get(key); text.Type == gjson.String && f.message == "" {
			f.message = clean(text.Str)
		}
	}
	f.reason = v.Get("reason").Str
	if kind := v.Get("__type").Str; kind != "" && f.name == "" {
		f.name = kind[strings.LastIndexByte(kind, '#')+1:]
	}
	if f.status == 0 {
		f.status = statusOf[f.name]
	}
	e := f.classify()
	if ms := v.Get("retryAfterMilliseconds").Num; ms > 0 && ms < 1e12 {
		e.RetryAfter = int((ms + 999) / 1000)
	}
	if f.reason != "" && e.Message != "" {
		e.Message += " (" + clean(f.reason) + ")"
	}
	return protocol.WithMessage(e, f.status)
}

// verdict is what a reason or a phrase of the service means.
type verdict struct {
	kind llm.ErrorKind
	code string // overrides the code of the client's protocol
	// hint says what to change, where the service's own words do not.
	hint string
	// final says that the account cannot heal by itself.
	final bool
}

// verdicts by reason. Some reasons come with several statuses.
var reasons = map[string]verdict{
	"CONTENT_LENGTH_EXCEEDS_THRESHOLD":              {kind: llm.ContextLength},
	"CONVERSATION_LIMIT_EXCEEDED":                   {kind: llm.ContextLength, hint: "shorten the conversation"},
	"INVALID_MODEL_ID":                              {kind: llm.NotFound, code: "model_not_found", hint: "the account does not have this model, or not from this country"},
	"REQUEST_BODY_INVALID":                          {kind: llm.InvalidRequest, hint: malformed},
	"THINKING_SIGNATURE_INVALID":                    {kind: llm.InvalidRequest, hint: "the signature of earlier thinking does not belong to this model"},
	"INVALID_CONVERSATION_ID":                       {kind: llm.InvalidRequest},
	"INVALID_KMS_GRANT":                             {kind: llm.Conflict, hint: "an administrator must repair the organisation's key"},
	"MONTHLY_REQUEST_COUNT":                         {kind: llm.Billing},
	"DAILY_REQUEST_COUNT":                           {kind: llm.Billing},
	"OVERAGE_REQUEST_LIMIT_EXCEEDED":                {kind: llm.Billing},
	"TEMPORARILY_SUSPENDED":                         {kind: llm.Forbidden, code: "account_suspended", final: true},
	"FEATURE_NOT_SUPPORTED":                         {kind: llm.Forbidden},
	"UNAUTHORIZED_CUSTOMIZATION_RESOURCE_ACCESS":    {kind: llm.Forbidden},
	"UNAUTHORIZED_WORKSPACE_CONTEXT_FEATURE_ACCESS": {kind: llm.Forbidden},
	"CREDIT_CONSUMPTION_RATE_EXCEEDED":              {kind: llm.RateLimited},
	"USER_REQUEST_RATE_EXCEEDED":                    {kind: llm.RateLimited},
	"SERVICE_REQUEST_RATE_EXCEEDED":                 {kind: llm.RateLimited},
	"INSUFFICIENT_MODEL_CAPACITY":                   {kind: llm.Overloaded},
	"MODEL_TEMPORARILY_UNAVAILABLE":                 {kind: llm.Overloaded},
}

// malformed says what mostly stands behind the service's refusal of a shape,
// about which it says nothing.
const malformed = "Kiro refused the form of the request without saying what is wrong; too many or too large tools are the most frequent reason"

// phrases by which the service tells what no reason does, in lower case.
var phrases = []struct {
	text string
	verdict
}{
	{"input is too long", verdict{kind: llm.ContextLength}},
	{"prompt is too long", verdict{kind: llm.ContextLength}},
	{"context window is full", verdict{kind: llm.ContextLength}},
	{"improperly formed request", verdict{kind: llm.InvalidRequest, hint: malformed}},
	{"invalid tool use format", verdict{kind: llm.InvalidRequest}},
	{"profilearn is required", verdict{kind: llm.Forbidden, hint: "the account must be signed in again, so that its profile is known"}},
	{"suspicious activity", verdict{kind: llm.Forbidden, code: "account_restricted", final: true}},
	{"is suspended", verdict{kind: llm.Forbidden, code: "account_suspended", final: true}},
	{"bearer token", verdict{kind: llm.Unauthorized}},
	{"token has expired", verdict{kind: llm.Unauthorized}},
	{"token is expired", verdict{kind: llm.Unauthorized}},
	{"invalid token", verdict{kind: llm.Unauthorized}},
	{"unexpectedly high load", verdict{kind: llm.Overloaded}},
}

func (f *fault) classify() *llm.Error {
	v, known := reasons[f.reason]
	text := strings.ToLower(f.message)
	for i := 0; i < len(phrases) && !known; i++ {
		if strings.Contains(text, phrases[i].text) {
			v, known = phrases[i].verdict, true
		}
	}
	if !known {
		v.kind = protocol.KindOfStatus(f.status)
	}
	switch {
	case known:
	case f.status == 403 && strings.Contains(text, "expired"):
		v.kind = llm.Unauthorized
	case f.status == 423:
		v = verdict{kind: llm.Forbidden, code: "account_locked", final: true}
	case f.status == 500:
		v.kind = llm.BadUpstream
	}
	e := &llm.Error{Kind: v.kind, Code: v.code, Message: f.message, NoRetry: v.final}
	if v.kind == llm.NotFound && v.code != "" {
		e.Param = "model"
	}
	if v.hint != "" {
		e.Message = strings.TrimPrefix(strings.TrimRight(f.message, ".")+": "+v.hint, ": ")
	}
	return e
}

// clean replaces what is not UTF-8; nothing else can be passed on.
func clean(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
