package protocol

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

// openAIKind is how OpenAI words one kind of error. Chat Completions and
// Responses share the table.
type openAIKind struct {
	status     int
	kind, code string
}

var openAIKinds = map[llm.ErrorKind]openAIKind{
	llm.InvalidRequest: {400, "invalid_request_error", ""},
	llm.ContextLength:  {400, "invalid_request_error", "context_length_exceeded"},
	llm.ContentPolicy:  {400, "invalid_request_error", "content_policy_violation"},
	llm.Unauthorized:   {401, "invalid_request_error", "invalid_api_key"},
	llm.Billing:        {429, "insufficient_quota", "insufficient_quota"},
	llm.Forbidden:      {403, "invalid_request_error", ""},
	llm.NotFound:       {404, "invalid_request_error", ""},
	llm.BadMethod:      {405, "invalid_request_error", ""},
	llm.Conflict:       {409, "invalid_request_error", ""},
	llm.TooLarge:       {413, "invalid_request_error", ""},
	llm.RateLimited:    {429, "requests", "rate_limit_exceeded"},
	llm.Overloaded:     {503, "server_error", "server_is_overloaded"},
	llm.BadUpstream:    {502, "server_error", ""},
	llm.Timeout:        {504, "server_error", ""},
	llm.NotSupported:   {501, "invalid_request_error", "unsupported"},
	llm.Internal:       {500, "server_error", ""},
}

// OpenAIStatus is the HTTP status with which OpenAI answers a kind of error.
func OpenAIStatus(kind llm.ErrorKind) int { return openAIKinds[kind].status }

// OpenAICode is the type and the code that OpenAI gives an error.
func OpenAICode(e *llm.Error) (kind, code string) {
	k := openAIKinds[e.Kind]
	if e.Code != "" {
		return k.kind, e.Code
	}
	return k.kind, k.code
}

// AppendOpenAIError appends {"error":{…}} with all four members, absent ones as
// null.
func AppendOpenAIError(dst []byte, e *llm.Error) []byte {
	kind, code := OpenAICode(e)
	body := map[string]any{"message": e.Message, "type": kind, "param": orNull(e.Param), "code": orNull(code)}
	// A map of strings cannot fail to encode.
	raw, _ := json.Marshal(map[string]any{"error": body})
	return append(dst, raw...)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// OpenAIError reads the error of an OpenAI body; status is 0 for an error
// inside a stream.
func OpenAIError(status int, body []byte) *llm.Error {
	v := gjson.GetBytes(body, "error")
	code := v.Get("code").String()
	if n, err := strconv.Atoi(code); err == nil && n >= 400 && n < 600 {
		code = "" // a number is no code of the format, but the status that the error should have had
		if status == 0 {
			status = n
		}
	}
	e := &llm.Error{
		Kind: KindOfStatus(status), Message: v.Get("message").String(),
		Code: code, Param: v.Get("param").String(),
	}
	if v.Type == gjson.String {
		e.Message = v.String()
	}
	switch {
	case e.Code == "context_length_exceeded":
		e.Kind = llm.ContextLength
	case e.Code == "insufficient_quota" || v.Get("type").String() == "insufficient_quota":
		e.Kind = llm.Billing
	case e.Code == "rate_limit_exceeded":
		e.Kind = llm.RateLimited
	case e.Code == "server_is_overloaded":
		e.Kind = llm.Overloaded
	}
	return WithMessage(e, status)
}
