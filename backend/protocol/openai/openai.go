// Package openai is the wire format of OpenAI's Chat Completions and of the
// other paths below /v1 that OpenAI-compatible services share.
//
// On the way of a request it stands at both ends: it reads the requests of Chat
// clients and words the answers to them, and does the reverse toward upstreams
// of the format. Where both ends speak it, it only words errors and reads usage
// out of answers as they pass by. Source of the wire facts: the official SDKs'
// types and recorded traffic.
package openai

import (
	"bytes"
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// Format implements protocol.Codec and protocol.UsageForcer.
type Format struct{}

// ID implements protocol.Format.
func (Format) ID() llm.Protocol { return llm.OpenAI }

// Meter implements protocol.Format.
func (Format) Meter(op protocol.Operation, f protocol.Framing) protocol.Meter {
	switch {
	case op == protocol.Speech:
		return protocol.NoMeter()
	case f == protocol.Events:
		return protocol.NewEventMeter(readEvent)
	default:
		return protocol.NewBodyMeter(readBody)
	}
}

func readEvent(r *protocol.Reading, e sse.Event) {
	if string(e.Data) == "[DONE]" {
		r.Done = true
		return
	}
	if raw := protocol.LastObject(e.Data, `"usage"`); raw != nil {
		r.Report(ParseUsage(raw))
	}
	if !bytes.Contains(e.Data, finishNull) && finished(e.Data) {
		r.Closing = true
	}
	r.Delta(e.Data, `"content":"`, `"arguments":"`, `"reasoning_content":"`, `"reasoning":"`, `"text":"`, `"refusal":"`)
	if !r.Begun {
		r.Begun = hasContent(e.Data)
	}
	if bytes.Contains(e.Data, errorName) && gjson.GetBytes(e.Data, "error").IsObject() {
		r.Failure = protocol.OpenAIError(0, e.Data)
	}
}

var (
	errorName  = []byte(`"error"`)
	finishNull = []byte(`"finish_reason":null`)
)

func finished(chunk []byte) bool {
	v := gjson.GetBytes(chunk, "choices.0.finish_reason")
	return v.Type == gjson.String && v.String() != ""
}

// hasContent tells a chunk of the answer from the first one, which holds only
// the role.
func hasContent(chunk []byte) bool {
	choice := gjson.GetBytes(chunk, "choices.0")
	if choice.Get("text").String() != "" || choice.Get("delta.tool_calls").Exists() {
		return true
	}
	for _, member := range []string{"content", "reasoning_content", "reasoning", "refusal", "audio", "function_call"} {
		if v := choice.Get("delta." + member); v.Exists() && v.Type != gjson.Null && v.String() != "" {
			return true
		}
	}
	return false
}

func readBody(r *protocol.Reading, body []byte) {
	if u := gjson.GetBytes(body, "usage"); u.IsObject() {
		r.Report(ParseUsage([]byte(u.Raw)))
	} else if raw := protocol.LastObject(body, `"usage"`); raw != nil && !gjson.ValidBytes(body) {
		r.Report(ParseUsage(raw))
	}
}

// ParseUsage reads the usage object of Chat Completions, embeddings and the
// image and audio paths (which name the same counts as Responses does).
func ParseUsage(raw []byte) llm.Usage {
	var u struct {
		Prompt     int64 `json:"prompt_tokens"`
		Completion int64 `json:"completion_tokens"`
		Input      int64 `json:"input_tokens"`
		Output     int64 `json:"output_tokens"`
		Hit        int64 `json:"prompt_cache_hit_tokens"` // DeepSeek
		Cached     int64 `json:"cached_tokens"`           // Kimi
		PromptD    struct {
			Cached int64 `json:"cached_tokens"`
			Write  int64 `json:"cache_write_tokens"`
		} `json:"prompt_tokens_details"`
		CompletionD struct {
			Reasoning int64 `json:"reasoning_tokens"`
		} `json:"completion_tokens_details"`
		OutputD struct {
			Image int64 `json:"image_tokens"`
		} `json:"output_tokens_details"` // of generated images
	}
	// A malformed usage object counts as far as it could be read.
	_ = json.Unmarshal(raw, &u)
	return llm.Usage{
		Input: max(u.Prompt, u.Input), Output: max(u.Completion, u.Output),
		CacheRead: max(u.PromptD.Cached, u.Hit, u.Cached), CacheWrite: u.PromptD.Write, Reasoning: u.CompletionD.Reasoning,
		ImageTokens: u.OutputD.Image,
	}
}

// Error implements protocol.Format.
func (Format) Error(e *llm.Error, _ string) (int, []byte) {
	return protocol.OpenAIStatus(e.Kind), protocol.AppendOpenAIError(nil, e)
}

// StreamError implements protocol.Format: the error as a chunk, then [DONE].
func (Format) StreamError(e *llm.Error, _ string) []byte {
	out := sse.Append(nil, "", protocol.AppendOpenAIError(nil, e))
	return sse.Append(out, "", []byte("[DONE]"))
}

// ParseError implements protocol.Format.
func (Format) ParseError(status int, body []byte) *llm.Error {
	return protocol.OpenAIError(status, body)
}
