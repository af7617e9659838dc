// Package gemini is the wire format of Google's generateContent and its
// sisters.
//
// On the way of a request it stands at both ends: it reads what Gemini clients
// ask (Gemini CLI among them) and words answers and errors for them, and it
// words requests for Google's models and reads their answers. Between equal
// formats it only reads usage out of answers as they pass by. Source of the wire
// facts: the official SDKs' types and recorded traffic.
package gemini

import (
	"bytes"
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// Format implements protocol.Codec.
type Format struct{}

var _ protocol.Codec = Format{}

// ID implements protocol.Format.
func (Format) ID() llm.Protocol { return llm.Gemini }

// Meter implements protocol.Format.
func (Format) Meter(op protocol.Operation, f protocol.Framing) protocol.Meter {
	switch {
	case op == protocol.CountTokens:
		return protocol.NoMeter()
	case f == protocol.Events:
		return protocol.NewEventMeter(readEvent)
	case f == protocol.Array:
		return protocol.NewArrayMeter(readBody)
	default:
		return protocol.NewBodyMeter(readBody)
	}
}

var (
	finishName  = []byte(`"finishReason"`)
	blockName   = []byte(`"blockReason"`)
	partsName   = []byte(`"parts"`)
	errorPrefix = []byte(`{"error"`)
)

// readEvent takes the usage of every chunk, since the last one wins and it is
// not known beforehand which chunk that is. Gemini has no closing event: the
// chunk with the finish reason is the last that matters.
func readEvent(r *protocol.Reading, e sse.Event) {
	if raw := protocol.LastObject(e.Data, `"usageMetadata"`); raw != nil {
		r.Report(ParseUsage(raw))
	}
	if bytes.Contains(e.Data, finishName) || bytes.Contains(e.Data, blockName) {
		r.Closing = true
	}
	r.Begun = r.Begun || bytes.Contains(e.Data, partsName)
	r.Delta(e.Data, `"text":"`, `"text": "`)
	if bytes.HasPrefix(e.Data, errorPrefix) {
		r.Failure = parseError(0, e.Data)
	}
}

// readBody reads one answer or, for a stream without alt=sse, an array of
// chunks, of which the last usage counts.
func readBody(r *protocol.Reading, body []byte) {
	if raw := protocol.LastObject(body, `"usageMetadata"`); raw != nil {
		r.Report(ParseUsage(raw))
	}
	if failure := gjson.GetBytes(body, "#.error|@reverse|0"); failure.IsObject() {
		r.Failure = parseError(0, []byte(`{"error":`+failure.Raw+`}`))
	}
}

// ParseUsage reads usageMetadata. Google leaves the thoughts out of
// candidatesTokenCount and the tools' own prompts out of promptTokenCount.
func ParseUsage(raw []byte) llm.Usage {
	var u struct {
		Prompt     int64 `json:"promptTokenCount"`
		ToolPrompt int64 `json:"toolUsePromptTokenCount"`
		Cached     int64 `json:"cachedContentTokenCount"`
		Candidates int64 `json:"candidatesTokenCount"`
		Thoughts   int64 `json:"thoughtsTokenCount"`
		Details    []struct {
			Modality string `json:"modality"`
			Tokens   int64  `json:"tokenCount"`
		} `json:"candidatesTokensDetails"`
	}
	// A malformed usage object counts as far as it could be read.
	_ = json.Unmarshal(raw, &u)
	usage := llm.Usage{
		Input: u.Prompt + u.ToolPrompt, CacheRead: u.Cached,
		Output: u.Candidates + u.Thoughts, Reasoning: u.Thoughts,
	}
	for _, d := range u.Details {
		if d.Modality == "IMAGE" {
			usage.ImageTokens += d.Tokens
		}
	}
	return usage
}
