package anthropic

import (
	"bytes"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// StreamEncoder implements protocol.ClientCodec.
func (Format) StreamEncoder(req *llm.Request, _ bool) protocol.StreamEncoder {
	return &streamEncoder{req: req}
}

// streamEncoder words a stream. It numbers the blocks of its own, as it leaves
// out those that turn out empty and adds carriers: SDKs address blocks by
// index and take no gaps.
type streamEncoder struct {
	req   *llm.Request
	index int // of the client's next block
	open  bool

	block     llm.Block // the canonical block at hand
	signature *llm.Signature
	held      []byte // arguments of a call, data of a redacted block
	refusal   []byte
	usage     llm.Usage
}

// Append implements protocol.StreamEncoder.
func (s *streamEncoder) Append(dst []byte, e llm.Event) []byte {
	switch e.Kind {
	case llm.EventStart:
		return s.start(dst, &e)
	case llm.EventBlockStart:
		return s.begin(dst, &e)
	case llm.EventDelta:
		return s.delta(dst, &e)
	case llm.EventBlockStop:
		return s.end(dst)
	case llm.EventUsage:
		s.usage = e.Usage
	case llm.EventPing:
		return append(dst, "event: ping\ndata: {\"type\":\"ping\"}\n\n"...)
	case llm.EventStop:
		return s.stop(dst, e.Stop)
	case llm.EventFailed:
		return append(dst, Format{}.StreamError(e.Err, "")...)
	}
	return dst
}

func event(dst []byte, name string) []byte {
	dst = append(dst, "event: "...)
	dst = append(dst, name...)
	dst = append(dst, "\ndata: {\"type\":\""...)
	dst = append(dst, name...)
	return append(dst, '"')
}

func (s *streamEncoder) start(dst []byte, e *llm.Event) []byte {
	s.usage = e.Usage
	shown := e.Usage
	shown.Output, shown.Reasoning = max(1, shown.Output), 0
	dst = append(event(dst, "message_start"), `,"message":`...)
	o := protocol.BeginObject(dst)
	o.String("id", messageID(e.ID))
	o.String("type", "message")
	o.String("role", "assistant")
	o.String("model", modelName(e.Model, s.req))
	o.Raw("content", []byte("[]"))
	o.Null("stop_reason")
	o.Null("stop_sequence")
	o.Value("usage", func(dst []byte) []byte { return appendUsage(dst, shown, "") })
	return append(o.End(), "}\n\n"...)
}

// begin begins a block. Texts and thoughts begin with their first delta: an
// empty text would be refused when the client sends it back.
func (s *streamEncoder) begin(dst []byte, e *llm.Event) []byte {
	s.block, s.signature, s.held = *e.Block, nil, s.held[:0]
	b := &s.block
	if b.Kind != llm.Redacted {
		s.signature = b.Signature
	}
	switch b.Kind {
	case llm.ToolUse:
		s.held = append(append(s.held, b.Call.Args...), b.Call.Input...)
	case llm.Opaque:
		if b.Origin == llm.Anthropic {
			dst = s.openBlock(dst, func(dst []byte) []byte { return append(dst, protocol.Compact(b.Raw)...) })
		}
	case llm.Image:
		if text := markdownImage(b.Media); text != "" {
			dst = s.deltaEvent(s.openText(dst), "text_delta", "text", text)
		}
	case llm.Text, llm.RefusalBlock, llm.Thinking:
		if b.Text != "" {
			dst = s.content(dst, b.Text)
		}
	}
	return dst
}

func (s *streamEncoder) delta(dst []byte, e *llm.Event) []byte {
	if e.Signature != nil {
		s.signature = e.Signature
	}
	if len(e.Citations) > 0 && e.Origin == llm.Anthropic && s.block.Kind == llm.Text {
		dst = s.citations(dst, e.Citations)
	}
	if e.Delta == "" {
		return dst
	}
	return s.content(dst, e.Delta)
}

// content passes a piece of the block's content on.
func (s *streamEncoder) content(dst []byte, piece string) []byte {
	switch s.block.Kind {
	case llm.RefusalBlock:
		s.refusal = append(s.refusal, piece...)
		return s.deltaEvent(s.openText(dst), "text_delta", "text", piece)
	case llm.Text:
		return s.deltaEvent(s.openText(dst), "text_delta", "text", piece)
	case llm.Thinking:
		return s.deltaEvent(s.openThinking(dst), "thinking_delta", "thinking", piece)
	case llm.ToolUse:
		return s.arguments(dst, piece)
	case llm.Redacted:
		s.held = append(s.held, piece...)
	}
	return dst
}

// arguments passes a piece of a call's arguments on. The call waits for the
// second piece: one whose arguments come at once, as Gemini's do, may bring a
// signature behind them, and the carrier belongs in front of the call.
func (s *streamEncoder) arguments(dst []byte, piece string) []byte {
	if !s.block.Call.Custom && len(s.held) > 0 {
		dst = s.deltaEvent(s.openCall(dst), "input_json_delta", "partial_json", piece)
	}
	s.held = append(s.held, piece...)
	return dst
}

// openCall begins a call with the arguments that have come so far.
func (s *streamEncoder) openCall(dst []byte) []byte {
	if s.open {
		return dst
	}
	c := s.block.Call
	dst = s.openBlock(dst, func(dst []byte) []byte { return appendToolUse(dst, protocol.CallID(c.ID), c, []byte("{}")) })
	if len(s.held) > 0 && !c.Custom {
		dst = s.deltaEvent(dst, "input_json_delta", "partial_json", string(s.held))
	}
	return dst
}

func (s *streamEncoder) citations(dst, list []byte) []byte {
	dst = s.openText(dst)
	for _, c := range gjson.ParseBytes(list).Array() {
		dst = s.deltaHead(dst, "citations_delta")
		dst = append(dst, `,"citation":`...)
		dst = append(dst, protocol.Compact([]byte(c.Raw))...)
		dst = append(dst, "}}\n\n"...)
	}
	return dst
}

// end ends the block; what must come last in it comes now.
func (s *streamEncoder) end(dst []byte) []byte {
	switch s.block.Kind {
	case llm.Thinking:
		if value := slot(s.signature); value != "" {
			dst = s.deltaEvent(s.openThinking(dst), "signature_delta", "signature", value)
		}
	case llm.Redacted:
		dst = s.redacted(dst)
	case llm.ToolUse:
		if !s.open && isForeign(s.signature) {
			dst, s.signature = s.carry(dst, s.signature, carriedNext), nil
		}
		dst = s.completeArgs(s.openCall(dst))
	}
	dst = s.closeBlock(dst)
	if (s.block.Kind == llm.ToolUse || s.block.Kind == llm.Text) && isForeign(s.signature) {
		dst = s.carry(dst, s.signature, carriedPrevious)
	}
	return dst
}

// completeArgs closes arguments that the upstream left open. What has been sent
// cannot be taken back, so that nothing else can be repaired.
func (s *streamEncoder) completeArgs(dst []byte) []byte {
	if s.block.Call.Custom {
		return s.deltaEvent(dst, "input_json_delta", "partial_json", string(protocol.CustomArgs(string(s.held))))
	}
	if len(bytes.TrimSpace(s.held)) == 0 {
		return dst
	}
	if rest, ok := bytes.CutPrefix(protocol.RepairJSON(string(s.held)), s.held); ok && len(rest) > 0 {
		return s.deltaEvent(dst, "input_json_delta", "partial_json", string(rest))
	}
	return dst
}

func (s *streamEncoder) redacted(dst []byte) []byte {
	b := s.block
	b.Text += string(s.held)
	if s.signature != nil {
		b.Signature = s.signature
	}
	return s.openBlock(dst, func(dst []byte) []byte { return appendRedacted(dst, &b) })
}

func (s *streamEncoder) carry(dst []byte, sig *llm.Signature, place string) []byte {
	dst = s.openThinking(dst)
	dst = s.deltaEvent(dst, "signature_delta", "signature", carrier(sig, place))
	return s.closeBlock(dst)
}

func (s *streamEncoder) openText(dst []byte) []byte {
	return s.openBlock(dst, func(dst []byte) []byte { return append(dst, `{"type":"text","text":""}`...) })
}

func (s *streamEncoder) openThinking(dst []byte) []byte {
	return s.openBlock(dst, func(dst []byte) []byte { return appendThinking(dst, "", "") })
}

// openBlock begins a block of the client's stream unless it has begun.
func (s *streamEncoder) openBlock(dst []byte, block func(dst []byte) []byte) []byte {
	if s.open {
		return dst
	}
	s.open = true
	dst = append(event(dst, "content_block_start"), `,"index":`...)
	dst = strconv.AppendInt(dst, int64(s.index), 10)
	dst = block(append(dst, `,"content_block":`...))
	return append(dst, "}\n\n"...)
}

func (s *streamEncoder) closeBlock(dst []byte) []byte {
	if !s.open {
		return dst
	}
	s.open = false
	dst = append(event(dst, "content_block_stop"), `,"index":`...)
	dst = strconv.AppendInt(dst, int64(s.index), 10)
	s.index++
	return append(dst, "}\n\n"...)
}

func (s *streamEncoder) deltaHead(dst []byte, kind string) []byte {
	dst = append(event(dst, "content_block_delta"), `,"index":`...)
	dst = strconv.AppendInt(dst, int64(s.index), 10)
	dst = append(dst, `,"delta":{"type":"`...)
	dst = append(dst, kind...)
	return append(dst, '"')
}

func (s *streamEncoder) deltaEvent(dst []byte, kind, member, value string) []byte {
	dst = s.deltaHead(dst, kind)
	dst = append(dst, `,"`...)
	dst = append(dst, member...)
	dst = protocol.AppendString(append(dst, `":`...), value)
	return append(dst, "}}\n\n"...)
}

// stop ends the message with the usage that is known by now.
func (s *streamEncoder) stop(dst []byte, stop llm.Stop) []byte {
	if stop.Reason == llm.StopMalformedCall {
		dst = s.closeBlock(s.deltaEvent(s.openText(dst), "text_delta", "text", malformedNote))
	}
	dst = append(event(dst, "message_delta"), `,"delta":`...)
	o := protocol.BeginObject(dst)
	appendStop(&o, stop, string(s.refusal))
	dst = appendUsage(append(o.End(), `,"usage":`...), s.usage, "")
	dst = append(dst, "}\n\n"...)
	return append(event(dst, "message_stop"), "}\n\n"...)
}
