package openai

import (
	"strconv"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// streamEncoder words one streamed answer. What is the same in all chunks is
// worded once.
type streamEncoder struct {
	req    *llm.Request
	legacy bool

	head []byte // up to the delta of the one choice
	tail []byte // from behind the delta, of a chunk that is not the last
	done []byte // from behind the choices

	usage   llm.Usage
	block   *llm.Block // that is open
	written int        // characters of text so far
	from    int        // where the open block's text begins in it
	calls   int        // so far; the open call is the last of them
	refused bool
	said    reasoned
}

// StreamEncoder implements protocol.ClientCodec.
func (Format) StreamEncoder(req *llm.Request, _ bool) protocol.StreamEncoder {
	e := &streamEncoder{req: req, legacy: isLegacy(req)}
	e.done = []byte("}\n\n")
	if req.IncludeUsage {
		e.done = []byte(`,"usage":null}` + "\n\n")
	}
	e.tail = append([]byte(`,"logprobs":null,"finish_reason":null}]`), e.done...)
	return e
}

// Append implements protocol.StreamEncoder.
func (e *streamEncoder) Append(dst []byte, ev llm.Event) []byte {
	switch ev.Kind {
	case llm.EventStart:
		return e.start(dst, ev)
	case llm.EventBlockStart:
		return e.open(dst, ev.Block)
	case llm.EventDelta:
		return e.delta(dst, &ev)
	case llm.EventUsage:
		e.usage = ev.Usage
	case llm.EventStop:
		return e.stop(dst, ev.Stop)
	case llm.EventFailed:
		return append(dst, Format{}.StreamError(ev.Err, "")...)
	case llm.EventPing:
		return append(dst, ": keep-alive\n\n"...)
	}
	return dst
}

// start announces the answer. The id, the time and the model stand in every
// chunk and never change.
func (e *streamEncoder) start(dst []byte, ev llm.Event) []byte {
	o := protocol.BeginObject([]byte("data: "))
	o.String("id", answerID(ev.ID))
	o.String("object", "chat.completion.chunk")
	o.Int("created", ev.Created)
	o.String("model", answerModel(ev.Model, e.req))
	e.head = o.End()
	e.head = append(e.head[:len(e.head)-1], `,"choices":[`...)
	return e.chunk(dst, func(dst []byte) []byte {
		return append(dst, `{"role":"assistant","content":"","refusal":null}`...)
	})
}

// chunk appends a chunk with the delta that write appends.
func (e *streamEncoder) chunk(dst []byte, write func([]byte) []byte) []byte {
	dst = append(dst, e.head...)
	dst = append(dst, `{"index":0,"delta":`...)
	dst = write(dst)
	return append(dst, e.tail...)
}

// member appends a chunk whose delta is one string.
func (e *streamEncoder) member(dst []byte, name, value string) []byte {
	dst = append(dst, e.head...)
	dst = append(dst, `{"index":0,"delta":{"`...)
	dst = append(append(dst, name...), `":`...)
	dst = append(protocol.AppendString(dst, value), '}')
	return append(dst, e.tail...)
}

func (e *streamEncoder) open(dst []byte, b *llm.Block) []byte {
	e.block, e.from = b, e.written
	switch b.Kind {
	case llm.Thinking:
		e.said.thought()
		if b.Signature != nil {
			e.said.signed(b.Signature)
		}
	case llm.ToolUse:
		e.calls++
		return e.openCall(dst, b)
	case llm.Image:
		return e.chunk(dst, func(dst []byte) []byte {
			dst = appendImage(append(dst, `{"images":[`...), b.Media)
			return append(dst, "]}"...)
		})
	}
	return dst
}

// openCall announces a call: id, type and name come first and only once.
func (e *streamEncoder) openCall(dst []byte, b *llm.Block) []byte {
	c, sig := b.Call, e.said.call(b.Signature)
	if e.legacy {
		if e.calls > 1 { // there was no place for a second one
			return dst
		}
		return e.chunk(dst, func(dst []byte) []byte {
			dst = appendFunction(append(dst, `{"function_call":`...), clientName(c), "")
			return append(dst, '}')
		})
	}
	return e.callChunk(dst, func(o *protocol.Object) {
		o.String("id", protocol.CallID(c.ID))
		if c.Custom {
			o.String("type", "custom")
			o.Value("custom", func(dst []byte) []byte { return appendCustom(dst, clientName(c), "") })
		} else {
			o.String("type", "function")
			o.Value("function", func(dst []byte) []byte { return appendFunction(dst, clientName(c), "") })
		}
		appendSignature(o, sig)
	})
}

// callChunk appends a chunk about the open call.
func (e *streamEncoder) callChunk(dst []byte, write func(*protocol.Object)) []byte {
	return e.chunk(dst, func(dst []byte) []byte {
		o := protocol.BeginObject(append(dst, `{"tool_calls":[`...))
		o.Int("index", int64(e.calls-1))
		write(&o)
		return append(o.End(), "]}"...)
	})
}

func (e *streamEncoder) delta(dst []byte, ev *llm.Event) []byte {
	if ev.Signature != nil {
		dst = e.signature(dst, ev.Signature)
	}
	if len(ev.Citations) > 0 {
		dst = e.citations(dst, ev)
	}
	if ev.Delta == "" || e.block == nil {
		return dst
	}
	switch e.block.Kind {
	case llm.Text:
		e.written += utf8.RuneCountInString(ev.Delta)
		return e.member(dst, "content", ev.Delta)
	case llm.Thinking:
		return e.member(dst, "reasoning_content", ev.Delta)
	case llm.RefusalBlock:
		e.refused = true
		return e.member(dst, "refusal", ev.Delta)
	case llm.ToolUse:
		return e.arguments(dst, ev.Delta)
	}
	return dst
}

func (e *streamEncoder) arguments(dst []byte, delta string) []byte {
	if e.legacy {
		if e.calls > 1 {
			return dst
		}
		return e.chunk(dst, func(dst []byte) []byte {
			dst = protocol.AppendString(append(dst, `{"function_call":{"arguments":`...), delta)
			return append(dst, "}}"...)
		})
	}
	part := `,"function":{"arguments":`
	if e.block.Call.Custom {
		part = `,"custom":{"input":`
	}
	dst = append(dst, e.head...)
	dst = append(dst, `{"index":0,"delta":{"tool_calls":[{"index":`...)
	dst = strconv.AppendInt(dst, int64(e.calls-1), 10)
	dst = protocol.AppendString(append(dst, part...), delta)
	return append(append(dst, "}}]}"...), e.tail...)
}

// signature keeps the signature of reasoning for the call that follows it, and
// hands out that of a call itself.
func (e *streamEncoder) signature(dst []byte, s *llm.Signature) []byte {
	switch {
	case e.block == nil:
	case e.block.Kind == llm.Thinking:
		e.said.signed(s)
	case e.block.Kind == llm.ToolUse && !e.legacy && !e.block.Call.Custom:
		return e.callChunk(dst, func(o *protocol.Object) {
			o.Raw("function", []byte(`{"arguments":""}`))
			appendSignature(o, handOut(s))
		})
	}
	return dst
}

func (e *streamEncoder) citations(dst []byte, ev *llm.Event) []byte {
	found := appendAnnotations(nil, ev.Citations, ev.Origin, e.from, e.written)
	if len(found) == 0 {
		return dst
	}
	return e.chunk(dst, func(dst []byte) []byte {
		dst = append(append(dst, `{"annotations":[`...), found...)
		return append(dst, "]}"...)
	})
}

// stop ends the answer: the reason, the usage if it was asked for, [DONE].
func (e *streamEncoder) stop(dst []byte, s llm.Stop) []byte {
	if s.Reason == llm.StopRefusal && !e.refused {
		dst = e.member(dst, "refusal", refusalText(s))
	}
	dst = append(dst, e.head...)
	dst = append(dst, `{"index":0,"delta":{},"logprobs":null,"finish_reason":"`...)
	dst = append(append(dst, finishReason(s.Reason, e.legacy)...), `"}]`...)
	dst = append(dst, e.done...)
	if e.req.IncludeUsage {
		dst = append(dst, e.head...)
		dst = appendUsage(append(dst, `],"usage":`...), e.usage)
		dst = append(dst, "}\n\n"...)
	}
	return sse.Append(dst, "", []byte("[DONE]"))
}
