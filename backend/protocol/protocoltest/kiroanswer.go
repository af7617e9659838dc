package protocoltest

import (
	"bytes"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// Frame appends a frame of Kiro's event stream to dst. kind is "event" or
// "exception", name the type of it.
func Frame(dst []byte, kind, name string, payload []byte) []byte {
	var m eventstream.Message
	m.Headers.Set(":"+kind+"-type", eventstream.StringValue(name))
	m.Headers.Set(":content-type", eventstream.StringValue("application/json"))
	m.Headers.Set(":message-type", eventstream.StringValue(kind))
	m.Payload = payload
	var out bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&out, m); err != nil {
		panic("protocoltest: " + err.Error())
	}
	return append(dst, out.Bytes()...)
}

// event is Frame for an event of members that are strings, numbers and objects.
func event(dst []byte, name string, payload map[string]any) []byte {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic("protocoltest: " + err.Error())
	}
	return Frame(dst, "event", name, raw)
}

// Error implements protocol.Format.
func (kiroService) Error(e *llm.Error, _ string) (int, []byte) {
	raw, err := json.Marshal(map[string]any{"message": e.Message, "reason": nil})
	if err != nil {
		panic("protocoltest: " + err.Error())
	}
	return 503, raw
}

// StreamError implements protocol.Format.
func (s kiroService) StreamError(e *llm.Error, id string) []byte {
	_, body := s.Error(e, id)
	return Frame(nil, "exception", "ServiceUnavailableException", body)
}

// EncodeResponse implements protocol.ClientCodec: an answer is always a stream.
func (s kiroService) EncodeResponse(resp *llm.Response, req *llm.Request) []byte {
	var out []byte
	enc := s.StreamEncoder(req, false)
	for _, e := range EventsOf(resp, 1<<20) {
		out = enc.Append(out, e)
	}
	return out
}

// StreamEncoder implements protocol.ClientCodec.
func (kiroService) StreamEncoder(*llm.Request, bool) protocol.StreamEncoder { return &kiroEncoder{} }

type kiroEncoder struct {
	block *llm.Block
	usage llm.Usage
}

func (k *kiroEncoder) Append(dst []byte, e llm.Event) []byte {
	switch e.Kind {
	case llm.EventStart:
		dst = event(dst, "messageMetadataEvent", map[string]any{"conversationId": "c", "utteranceId": e.ID})
		return event(dst, "assistantResponseEvent", map[string]any{"content": "", "modelId": e.Model})
	case llm.EventBlockStart:
		return k.begin(dst, e.Block)
	case llm.EventDelta:
		return k.delta(dst, e)
	case llm.EventBlockStop:
		if k.block.Kind == llm.ToolUse {
			return k.tool(dst, map[string]any{"stop": true})
		}
	case llm.EventUsage:
		k.usage = e.Usage
	case llm.EventStop:
		return k.end(dst, e.Stop)
	case llm.EventFailed:
		return append(dst, kiroService{}.StreamError(e.Err, "")...)
	case llm.EventPing:
	}
	return dst
}

func (k *kiroEncoder) begin(dst []byte, b *llm.Block) []byte {
	k.block = b
	switch b.Kind {
	case llm.Redacted:
		return event(dst, "reasoningContentEvent", map[string]any{"redactedContent": b.Text})
	case llm.ToolUse:
		return k.tool(dst, map[string]any{})
	}
	return dst
}

func (k *kiroEncoder) tool(dst []byte, m map[string]any) []byte {
	m["toolUseId"], m["name"] = k.block.Call.ID, k.block.Call.Name
	return event(dst, "toolUseEvent", m)
}

func (k *kiroEncoder) delta(dst []byte, e llm.Event) []byte {
	switch {
	case e.Signature != nil:
		half := len(e.Signature.Value) / 2 // it may come in pieces
		dst = event(dst, "reasoningContentEvent", map[string]any{"signature": e.Signature.Value[:half]})
		return event(dst, "reasoningContentEvent", map[string]any{"signature": e.Signature.Value[half:]})
	case k.block.Kind == llm.Thinking:
		return event(dst, "reasoningContentEvent", map[string]any{"text": e.Delta})
	case k.block.Kind == llm.ToolUse:
		return k.tool(dst, map[string]any{"input": e.Delta})
	}
	return event(dst, "assistantResponseEvent", map[string]any{"content": e.Delta})
}

var kiroStops = map[llm.StopReason]string{
	llm.StopEndTurn: "END_TURN", llm.StopToolUse: "END_TURN", // as it often is
	llm.StopMaxTokens: "MAX_TOKENS", llm.StopSequence: "STOP_SEQUENCE", llm.StopContentFilter: "CONTENT_FILTERED",
	llm.StopContextExceeded: "MODEL_CONTEXT_WINDOW_EXCEEDED", llm.StopPause: "pause_turn", llm.StopOther: "SOMETHING_NEW",
}

func (k *kiroEncoder) end(dst []byte, s llm.Stop) []byte {
	u := k.usage
	dst = event(dst, "metadataEvent", map[string]any{"stopReason": kiroStops[s.Reason], "tokenUsage": map[string]any{
		"uncachedInputTokens": u.Input - u.CacheRead - u.CacheWrite, "cacheReadInputTokens": u.CacheRead,
		"cacheWriteInputTokens": u.CacheWrite, "outputTokens": u.Output, "totalTokens": u.Input + u.Output,
	}})
	dst = event(dst, "contextUsageEvent", map[string]any{"contextUsagePercentage": 1.5})
	return event(dst, "meteringEvent", map[string]any{"usage": 0.25, "unit": "credit", "unitPlural": "credits"})
}
