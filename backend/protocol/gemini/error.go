package gemini

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

type kind struct {
	status int
	name   string
}

var kinds = map[llm.ErrorKind]kind{
	llm.InvalidRequest: {400, "INVALID_ARGUMENT"},
	llm.ContextLength:  {400, "INVALID_ARGUMENT"},
	llm.ContentPolicy:  {400, "INVALID_ARGUMENT"},
	llm.Unauthorized:   {401, "UNAUTHENTICATED"},
	llm.Billing:        {429, "RESOURCE_EXHAUSTED"},
	llm.Forbidden:      {403, "PERMISSION_DENIED"},
	llm.NotFound:       {404, "NOT_FOUND"},
	llm.BadMethod:      {405, "UNIMPLEMENTED"},
	llm.Conflict:       {409, "ABORTED"},
	llm.TooLarge:       {413, "INVALID_ARGUMENT"},
	llm.RateLimited:    {429, "RESOURCE_EXHAUSTED"},
	llm.Overloaded:     {503, "UNAVAILABLE"},
	llm.BadUpstream:    {502, "INTERNAL"},
	llm.Timeout:        {504, "DEADLINE_EXCEEDED"},
	llm.NotSupported:   {501, "UNIMPLEMENTED"},
	llm.Internal:       {500, "INTERNAL"},
}

// Error implements protocol.Format.
func (Format) Error(e *llm.Error, _ string) (int, []byte) { return kinds[e.Kind].status, body(e) }

func body(e *llm.Error) []byte {
	k := kinds[e.Kind]
	details := []any{}
	if e.RetryAfter > 0 {
		details = append(details, map[string]any{
			"@type":      "type.googleapis.com/google.rpc.RetryInfo",
			"retryDelay": fmt.Sprintf("%ds", e.RetryAfter),
		})
	}
	// Maps of strings and numbers cannot fail to encode.
	raw, _ := json.Marshal(map[string]any{"error": map[string]any{
		"code": k.status, "message": e.Message, "status": k.name, "details": details,
	}})
	return raw
}

// StreamError implements protocol.Format.
func (Format) StreamError(e *llm.Error, _ string) []byte { return sse.Append(nil, "", body(e)) }

// ParseError implements protocol.Format.
func (Format) ParseError(status int, body []byte) *llm.Error { return parseError(status, body) }

func parseError(status int, body []byte) *llm.Error {
	v := gjson.GetBytes(body, "error")
	if !v.Exists() {
		// A stream without alt=sse wraps its error in an array.
		v = gjson.GetBytes(body, "0.error")
	}
	if status == 0 {
		status = int(v.Get("code").Int())
	}
	e := &llm.Error{Kind: protocol.KindOfStatus(status), Message: v.Get("message").String()}
	if v.Get(`details.#(reason=="API_KEY_INVALID")`).Exists() {
		e.Kind = llm.Unauthorized
	}
	if e.Kind == llm.InvalidRequest && isTooLong(e.Message) {
		e.Kind = llm.ContextLength
	}
	delay := v.Get(`details.#(@type%"*RetryInfo").retryDelay`).String()
	var seconds float64
	if _, err := fmt.Sscanf(delay, "%fs", &seconds); err == nil && seconds > 0 {
		e.RetryAfter = int(seconds + 0.999)
	}
	return protocol.WithMessage(e, status)
}

// isTooLong recognises the refusal of a prompt that the model's window cannot
// hold; only its words tell it, and clients shorten the conversation when they
// learn it.
func isTooLong(message string) bool {
	return strings.Contains(message, "token count") && strings.Contains(message, "exceeds the maximum")
}
