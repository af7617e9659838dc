package anthropic

import (
	"encoding/json"
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
	llm.InvalidRequest: {400, "invalid_request_error"},
	llm.ContextLength:  {400, "invalid_request_error"},
	llm.ContentPolicy:  {400, "invalid_request_error"},
	llm.Unauthorized:   {401, "authentication_error"},
	llm.Billing:        {402, "billing_error"},
	llm.Forbidden:      {403, "permission_error"},
	llm.NotFound:       {404, "not_found_error"},
	llm.BadMethod:      {405, "invalid_request_error"},
	llm.Conflict:       {409, "conflict_error"},
	llm.TooLarge:       {413, "request_too_large"},
	llm.RateLimited:    {429, "rate_limit_error"},
	llm.Overloaded:     {529, "overloaded_error"},
	llm.BadUpstream:    {502, "api_error"},
	llm.Timeout:        {504, "timeout_error"},
	llm.NotSupported:   {501, "not_supported"},
	llm.Internal:       {500, "api_error"},
}

// Error implements protocol.Format.
func (Format) Error(e *llm.Error, requestID string) (int, []byte) {
	return kinds[e.Kind].status, body(e, requestID)
}

func body(e *llm.Error, requestID string) []byte {
	// Maps of strings cannot fail to encode.
	m := map[string]any{
		"type":  "error",
		"error": map[string]any{"type": kinds[e.Kind].name, "message": wording(e)},
	}
	if requestID != "" {
		m["request_id"] = requestID
	}
	raw, _ := json.Marshal(m)
	return raw
}

// tooLong is the phrase on which clients (Claude Code among them) compact the
// conversation and try again.
const tooLong = "prompt is too long"

func wording(e *llm.Error) string {
	if e.Kind == llm.ContextLength && !strings.Contains(e.Message, tooLong) {
		return tooLong + ": " + e.Message
	}
	return e.Message
}

// StreamError implements protocol.Format.
func (Format) StreamError(e *llm.Error, requestID string) []byte {
	return sse.Append(nil, "error", body(e, requestID))
}

// ParseError implements protocol.Format.
func (Format) ParseError(status int, body []byte) *llm.Error { return parseError(status, body) }

func parseError(status int, body []byte) *llm.Error {
	v := gjson.GetBytes(body, "error")
	e := &llm.Error{Kind: protocol.KindOfStatus(status), Message: v.Get("message").String()}
	name := v.Get("type").String()
	for k, w := range kinds {
		// Several kinds share invalid_request_error and api_error; those are told
		// by the status.
		if w.name == name && name != "invalid_request_error" && name != "api_error" {
			e.Kind = k
		}
	}
	if name == "invalid_request_error" {
		e.Kind = kindOfMessage(e)
	}
	return protocol.WithMessage(e, status)
}

// kindOfMessage tells the faults that share invalid_request_error and that
// must be treated in their own way.
func kindOfMessage(e *llm.Error) llm.ErrorKind {
	text := strings.ToLower(e.Message)
	switch {
	case strings.Contains(text, tooLong), strings.Contains(text, "input is too long"), strings.Contains(text, "exceed context limit"):
		return llm.ContextLength
	case strings.Contains(text, "credit balance is too low"):
		return llm.Billing
	case e.Kind == llm.BadUpstream: // inside a stream, where no status tells
		return llm.InvalidRequest
	}
	return e.Kind
}
