// Package responses is the wire format of OpenAI Responses.
//
// On the way of a request it stands at both ends: it reads what Responses
// clients (Codex among them) ask and words the answers and errors for them, and
// it words requests for upstreams and reads their answers. It also reads usage
// out of answers as they pass by untouched. Source of the wire facts: the
// official SDKs' types and recorded traffic.
package responses

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

var _ protocol.Codec = Format{}

// Format implements protocol.Codec.
type Format struct{}

// ID implements protocol.Format.
func (Format) ID() llm.Protocol { return llm.Responses }

// Meter implements protocol.Format.
func (Format) Meter(op protocol.Operation, f protocol.Framing) protocol.Meter {
	switch {
	case op == protocol.CountTokens:
		return protocol.NoMeter()
	case f == protocol.Events:
		return protocol.NewEventMeter(readEvent)
	default:
		return protocol.NewBodyMeter(readBody)
	}
}

var lifecycle = []byte(`"response.`)

// readEvent looks only at the events that end a response; deltas are told by
// the event's name, and nothing but the length of their text is of interest.
func readEvent(r *protocol.Reading, e sse.Event) {
	name := string(e.Name)
	if name == "" && bytes.Contains(e.Data, lifecycle) {
		name = gjson.GetBytes(e.Data, "type").String()
	}
	if strings.HasSuffix(name, ".delta") {
		r.Begun = true
		r.Delta(e.Data, `"delta":"`)
	}
	switch name {
	case "response.completed", "response.incomplete", "response.failed", "response.cancelled":
		r.Done = true
		if u := gjson.GetBytes(e.Data, "response.usage"); u.IsObject() {
			r.Report(ParseUsage([]byte(u.Raw)))
		}
		if failure := gjson.GetBytes(e.Data, "response.error"); failure.IsObject() && name == "response.failed" {
			r.Failure = parseFailure(failure)
		}
	case "error":
		failure := gjson.GetBytes(e.Data, "error")
		if !failure.IsObject() {
			failure = gjson.ParseBytes(e.Data)
		}
		r.Failure = parseFailure(failure)
	}
}

func parseFailure(v gjson.Result) *llm.Error {
	return protocol.OpenAIError(0, []byte(`{"error":`+v.Raw+`}`))
}

func readBody(r *protocol.Reading, body []byte) {
	if u := gjson.GetBytes(body, "usage"); u.IsObject() {
		r.Report(ParseUsage([]byte(u.Raw)))
	}
}

// ParseUsage reads the usage object of a response.
func ParseUsage(raw []byte) llm.Usage {
	var u struct {
		Input  int64 `json:"input_tokens"`
		Output int64 `json:"output_tokens"`
		InputD struct {
			Cached int64 `json:"cached_tokens"`
			Write  int64 `json:"cache_write_tokens"`
		} `json:"input_tokens_details"`
		OutputD struct {
			Reasoning int64 `json:"reasoning_tokens"`
		} `json:"output_tokens_details"`
	}
	// A malformed usage object counts as far as it could be read.
	_ = json.Unmarshal(raw, &u)
	return llm.Usage{
		Input: u.Input, Output: u.Output, CacheRead: u.InputD.Cached,
		CacheWrite: u.InputD.Write, Reasoning: u.OutputD.Reasoning,
	}
}

// Error implements protocol.Format.
func (Format) Error(e *llm.Error, _ string) (int, []byte) {
	return protocol.OpenAIStatus(e.Kind), protocol.AppendOpenAIError(nil, e)
}

// StreamError implements protocol.Format: the real API's error event, in both
// of the shapes that clients read, then response.failed, which Codex needs.
// The sequence numbers go on from a number that no stream reaches, because the
// bytes that went before were not counted.
func (Format) StreamError(e *llm.Error, requestID string) []byte {
	kind, code := protocol.OpenAICode(e)
	if code == "" {
		code = kind
	}
	const seq = 1 << 30
	// Maps of strings and numbers cannot fail to encode.
	first, _ := json.Marshal(map[string]any{
		"type": "error", "sequence_number": seq, "code": code, "message": e.Message, "param": nil,
		"error": map[string]any{"type": kind, "code": code, "message": e.Message, "param": nil},
	})
	second, _ := json.Marshal(map[string]any{
		"type": "response.failed", "sequence_number": seq + 1,
		"response": map[string]any{
			"id": "resp_" + requestID, "object": "response", "status": "failed", "output": []any{},
			"error": map[string]any{"code": code, "message": e.Message},
		},
	})
	out := sse.Append(nil, "error", first)
	return sse.Append(out, "response.failed", second)
}

// ParseError implements protocol.Format.
func (Format) ParseError(status int, body []byte) *llm.Error {
	return protocol.OpenAIError(status, body)
}
