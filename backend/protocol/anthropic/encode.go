package anthropic

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// EncodeCount implements protocol.ClientCodec.
func (Format) EncodeCount(tokens int64) []byte {
	return append(strconv.AppendInt([]byte(`{"input_tokens":`), tokens, 10), '}')
}

// EncodeResponse implements protocol.ClientCodec.
func (Format) EncodeResponse(resp *llm.Response, req *llm.Request) []byte {
	o := protocol.BeginObject(nil)
	o.String("id", messageID(resp.ID))
	o.String("type", "message")
	o.String("role", "assistant")
	o.String("model", modelName(resp.Model, req))
	o.Value("content", func(dst []byte) []byte { return appendContent(dst, resp) })
	appendStop(&o, resp.Stop, refusalText(resp))
	o.Value("usage", func(dst []byte) []byte { return appendUsage(dst, resp.Usage, resp.Tier) })
	return o.End()
}

func modelName(answered string, req *llm.Request) string {
	if answered == "" && req != nil {
		return req.Model
	}
	return answered
}

// messageID gives an id the form that clients expect.
func messageID(id string) string {
	switch {
	case id == "":
		return protocol.NewID("msg_", 24)
	case strings.HasPrefix(id, "msg_"):
		return id
	}
	return "msg_" + protocol.CallID(id)
}

// malformedNote tells the user of a call that the model failed to write, for
// which the format has no word.
const malformedNote = "The model began a tool call that could not be read."

func appendContent(dst []byte, resp *llm.Response) []byte {
	list := protocol.BeginList(dst)
	for i := range resp.Blocks {
		b := &resp.Blocks[i]
		if b.Kind == llm.ToolUse && isForeign(b.Signature) {
			appendCarrier(&list, b.Signature, carriedNext)
		}
		appendBlock(&list, b)
		if b.Kind == llm.Text && isForeign(b.Signature) {
			appendCarrier(&list, b.Signature, carriedPrevious)
		}
	}
	if resp.Stop.Reason == llm.StopMalformedCall {
		list.Value(func(dst []byte) []byte { return appendText(dst, malformedNote, nil) })
	}
	return list.End()
}

func appendCarrier(list *protocol.List, s *llm.Signature, place string) {
	list.Value(func(dst []byte) []byte { return appendThinking(dst, "", carrier(s, place)) })
}

// isForeign reports whether a signature needs a carrier: Anthropic signs
// nothing but its thinking.
func isForeign(s *llm.Signature) bool {
	return s != nil && s.Value != "" && s.Origin != llm.Anthropic
}

func appendBlock(list *protocol.List, b *llm.Block) {
	switch b.Kind {
	case llm.Text, llm.RefusalBlock:
		if b.Text != "" {
			list.Value(func(dst []byte) []byte { return appendText(dst, b.Text, ownCitations(b)) })
		}
	case llm.Thinking:
		if b.Text != "" || slot(b.Signature) != "" {
			list.Value(func(dst []byte) []byte { return appendThinking(dst, b.Text, slot(b.Signature)) })
		}
	case llm.Redacted:
		list.Value(func(dst []byte) []byte { return appendRedacted(dst, b) })
	case llm.ToolUse:
		list.Value(func(dst []byte) []byte {
			return appendToolUse(dst, protocol.CallID(b.Call.ID), b.Call, callInput(b.Call))
		})
	case llm.Image:
		if text := markdownImage(b.Media); text != "" {
			list.Value(func(dst []byte) []byte { return appendText(dst, text, nil) })
		}
	case llm.Opaque:
		if b.Origin == llm.Anthropic {
			list.Raw(protocol.Compact(b.Raw))
		}
	}
}

func ownCitations(b *llm.Block) json.RawMessage {
	if b.Origin != llm.Anthropic {
		return nil
	}
	return b.Citations
}

func appendText(dst []byte, text string, citations json.RawMessage) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "text")
	o.String("text", text)
	o.Raw("citations", citations)
	return o.End()
}

// appendThinking writes both members even when they are empty: clients fail on
// a block without them.
func appendThinking(dst []byte, text, signature string) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "thinking")
	o.String("thinking", text)
	o.String("signature", signature)
	return o.End()
}

func appendRedacted(dst []byte, b *llm.Block) []byte {
	data := slot(b.Signature)
	if data == "" {
		data = b.Text
	}
	o := protocol.BeginObject(dst)
	o.String("type", "redacted_thinking")
	o.String("data", data)
	return o.End()
}

func appendToolUse(dst []byte, id string, c *llm.ToolCall, input json.RawMessage) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "tool_use")
	o.String("id", id)
	o.String("name", flatName(c))
	o.Raw("input", input)
	return o.End()
}

// flatName is the name of a tool for clients, which know no namespaces.
func flatName(c *llm.ToolCall) string {
	if c.Namespace == "" {
		return c.Name
	}
	return c.Namespace + "__" + c.Name
}

// callInput is what a call passes to the tool, always an object.
func callInput(c *llm.ToolCall) json.RawMessage {
	if c.Custom {
		return protocol.CustomArgs(c.Input)
	}
	return protocol.RepairJSON(string(c.Args))
}

// markdownImage shows a picture that the model made where only text is
// possible.
func markdownImage(m *llm.Media) string {
	switch {
	case m == nil:
		return ""
	case m.Data != "":
		return "![image](" + protocol.DataURL(m.MIME, m.Data) + ")"
	case m.URL != "":
		return "![image](" + m.URL + ")"
	}
	return ""
}

// stopWords is the canonical reasons in Anthropic's words; any other is
// end_turn.
var stopWords = map[llm.StopReason]string{
	llm.StopEndTurn:         "end_turn",
	llm.StopSequence:        "stop_sequence",
	llm.StopMaxTokens:       "max_tokens",
	llm.StopContextExceeded: "model_context_window_exceeded",
	llm.StopToolUse:         "tool_use",
	llm.StopRefusal:         "refusal",
	llm.StopContentFilter:   "refusal",
	llm.StopPause:           "pause_turn",
	llm.StopCompaction:      "compaction",
}

// appendStop writes how the answer ended. refusal is what the model said when
// it refused, for want of an explanation.
func appendStop(o *protocol.Object, s llm.Stop, refusal string) {
	word, ok := stopWords[s.Reason]
	if !ok {
		word = "end_turn"
	}
	o.String("stop_reason", word)
	if s.Reason == llm.StopSequence && s.Sequence != "" {
		o.String("stop_sequence", s.Sequence)
	} else {
		o.Null("stop_sequence")
	}
	if word != "refusal" {
		return
	}
	if s.Detail != "" {
		refusal = s.Detail
	}
	o.Value("stop_details", func(dst []byte) []byte {
		d := protocol.BeginObject(dst)
		d.String("type", "refusal")
		d.Null("category")
		if refusal == "" {
			d.Null("explanation")
		} else {
			d.String("explanation", refusal)
		}
		return d.End()
	})
}

func refusalText(resp *llm.Response) string {
	for _, b := range resp.Blocks {
		if b.Kind == llm.RefusalBlock {
			return b.Text
		}
	}
	return ""
}

// appendUsage writes token counts in Anthropic's arithmetic, in which
// input_tokens leaves out what was read from and written to the cache.
func appendUsage(dst []byte, u llm.Usage, tier string) []byte {
	o := protocol.BeginObject(dst)
	o.Int("input_tokens", max(0, u.Input-u.CacheRead-u.CacheWrite))
	o.Int("cache_creation_input_tokens", u.CacheWrite)
	o.Int("cache_read_input_tokens", u.CacheRead)
	o.Int("output_tokens", u.Output)
	if u.Reasoning > 0 {
		o.Value("output_tokens_details", func(dst []byte) []byte {
			d := protocol.BeginObject(dst)
			d.Int("thinking_tokens", u.Reasoning)
			return d.End()
		})
	}
	switch tier {
	case "default", "standard":
		o.String("service_tier", "standard")
	case "priority", "batch":
		o.String("service_tier", tier)
	}
	return o.End()
}
