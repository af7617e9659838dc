package gemini

import (
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// StreamEncoder implements protocol.ClientCodec.
func (Format) StreamEncoder(req *llm.Request, array bool) protocol.StreamEncoder {
	return &streamEncoder{req: req, array: array}
}

// streamEncoder words a stream: texts and thoughts as they come, calls whole,
// and what is known only at the end in the last chunk.
type streamEncoder struct {
	req      *llm.Request
	array    bool // a JSON array instead of server-sent events
	begun    bool // the array has begun
	envelope envelope
	blocks   int

	block     llm.Block // at hand
	signature *llm.Signature
	held      []byte // arguments of a call
	sources   []source
}

// Append implements protocol.StreamEncoder.
func (s *streamEncoder) Append(dst []byte, e llm.Event) []byte {
	switch e.Kind {
	case llm.EventStart:
		s.envelope = envelope{id: responseID(e.ID), model: modelName(e.Model, s.req), created: e.Created, usage: e.Usage}
	case llm.EventBlockStart:
		return s.begin(dst, e.Block)
	case llm.EventDelta:
		return s.delta(dst, &e)
	case llm.EventBlockStop:
		return s.end(dst)
	case llm.EventUsage:
		s.envelope.usage = e.Usage
	case llm.EventPing:
		if !s.array {
			return append(dst, ": keep-alive\n\n"...)
		}
	case llm.EventStop:
		return s.stop(dst, e.Stop)
	case llm.EventFailed:
		_, raw := Format{}.Error(e.Err, "")
		return s.close(s.element(dst, func(dst []byte) []byte { return append(dst, raw...) }))
	}
	return dst
}

// begin begins a block; what is whole already goes out at once.
func (s *streamEncoder) begin(dst []byte, b *llm.Block) []byte {
	s.block, s.signature, s.held = *b, b.Signature, s.held[:0]
	s.blocks++
	switch b.Kind {
	case llm.Text, llm.RefusalBlock, llm.Thinking:
		return s.text(dst, b.Text, "")
	case llm.ToolUse:
		s.held = append(append(s.held, b.Call.Args...), b.Call.Input...)
	case llm.Image, llm.Audio, llm.File, llm.Opaque:
		return s.part(dst, func(l *protocol.List) { appendBlock(l, b) })
	}
	return dst
}

func (s *streamEncoder) delta(dst []byte, e *llm.Event) []byte {
	if e.Signature != nil {
		s.signature = e.Signature
	}
	s.sources = addSources(s.sources, e.Citations)
	switch s.block.Kind {
	case llm.Text, llm.RefusalBlock, llm.Thinking:
		return s.text(dst, e.Delta, "")
	case llm.ToolUse:
		s.held = append(s.held, e.Delta...)
	}
	return dst
}

// end ends a block. The signature of a text comes in a part of its own without
// text, as Google sends it.
func (s *streamEncoder) end(dst []byte) []byte {
	switch s.block.Kind {
	case llm.Text, llm.RefusalBlock, llm.Thinking:
		return s.text(dst, "", slot(s.signature))
	case llm.ToolUse:
		args := protocol.RepairJSON(string(s.held))
		if s.block.Call.Custom {
			args = protocol.CustomArgs(string(s.held))
		}
		return s.part(dst, func(l *protocol.List) {
			l.Value(func(dst []byte) []byte { return appendCall(dst, s.block.Call, args, slot(s.signature)) })
		})
	case llm.Redacted:
		return s.part(dst, func(l *protocol.List) { appendRedacted(l, s.signature) })
	}
	return dst
}

func (s *streamEncoder) text(dst []byte, text, sign string) []byte {
	if text == "" && sign == "" {
		return dst
	}
	return s.part(dst, func(l *protocol.List) {
		l.Value(func(dst []byte) []byte { return appendText(dst, text, s.block.Kind == llm.Thinking, sign) })
	})
}

// part sends a chunk with one part; nothing if it turns out to be none.
func (s *streamEncoder) part(dst []byte, write func(*protocol.List)) []byte {
	l := protocol.BeginList(nil)
	if write(&l); l.Empty() {
		return dst
	}
	parts := l.End()
	return s.chunk(dst, func(dst []byte) []byte {
		dst = append(dst, `"candidates":[{"content":{"parts":`...)
		return append(append(dst, parts...), `,"role":"model"},"index":0}]`...)
	}, false)
}

// stop sends the last chunk, which always holds the reason and the usage.
func (s *streamEncoder) stop(dst []byte, stop llm.Stop) []byte {
	if isBlocked(stop.Reason, s.blocks) {
		return s.close(s.chunk(dst, appendFeedback, true))
	}
	return s.close(s.chunk(dst, func(dst []byte) []byte {
		c := candidate{stop: stop, sources: s.sources, said: s.blocks > 0}
		dst = c.append(append(dst, `"candidates":[`...), func(*protocol.List) {})
		return append(dst, ']')
	}, true))
}

func (s *streamEncoder) chunk(dst []byte, content func(dst []byte) []byte, last bool) []byte {
	return s.element(dst, func(dst []byte) []byte { return s.envelope.append(dst, content, last) })
}

// element frames a document as an event, or as an element of the array.
func (s *streamEncoder) element(dst []byte, write func(dst []byte) []byte) []byte {
	switch {
	case !s.array:
		return append(write(append(dst, "data: "...)), "\n\n"...)
	case s.begun:
		return write(append(dst, ",\n"...))
	}
	s.begun = true
	return write(append(dst, '['))
}

func (s *streamEncoder) close(dst []byte) []byte {
	if s.array {
		return append(dst, ']')
	}
	return dst
}
