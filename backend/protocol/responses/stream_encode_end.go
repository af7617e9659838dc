package responses

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// end ends the block; what must come last in it comes now.
func (s *streamEncoder) end(dst []byte) []byte {
	it := &s.item
	switch it.block.Kind {
	case llm.Redacted:
		b := it.block
		b.Text += string(it.text)
		b.Signature = it.signature
		return s.secret(dst, redactedSlot(&b), "")
	case llm.Thinking:
		if fillSlot(it.signature, slotOwn) != "" && !it.open {
			return s.secretThought(dst)
		}
	case llm.ToolUse:
		if !it.call.Custom && len(bytes.TrimSpace(it.text)) == 0 {
			it.text = it.text[:0]
			dst = s.content(dst, "{}")
		}
	case llm.RefusalBlock:
		s.refused = true
	}
	if !it.open {
		return s.carryBack(dst)
	}
	dst = s.closeParts(dst)
	dst = s.itemEvent(dst, "response.output_item.done", s.keepItem)
	s.index++
	it.open = false
	return s.carryBack(dst)
}

// keepItem appends the whole item to the event and to the response's output.
func (s *streamEncoder) keepItem(dst []byte) []byte {
	from := len(dst)
	dst = s.appendItem(dst, statusCompleted)
	if len(s.output) > 0 {
		s.output = append(s.output, ',')
	}
	s.output = append(s.output, dst[from:]...)
	return dst
}

// carryBack sends the signature of a text or a call that has just ended, where
// the client will keep it.
func (s *streamEncoder) carryBack(dst []byte) []byte {
	it := &s.item
	if (it.block.Kind == llm.Text || it.block.Kind == llm.ToolUse) && isForeign(it.signature) {
		sig := it.signature
		it.signature = nil
		return s.secret(dst, fillSlot(sig, slotPrevious), "")
	}
	return dst
}

func (s *streamEncoder) closeParts(dst []byte) []byte {
	it, w := &s.item, s.item.words
	dst = append(s.at(s.event(dst, w.done), w), ',')
	dst = append(protocol.AppendString(dst, w.member), ':')
	dst = endEvent(append(protocol.AppendString(dst, string(it.text)), w.extra...))
	if w.close == "" {
		return dst
	}
	dst = append(s.at(s.event(dst, w.close), w), `,"part":`...)
	return endEvent(w.part(dst, it.text, it.annotations))
}

// whole sends an item that has no pieces.
func (s *streamEncoder) whole(dst, raw []byte) []byte {
	write := func(dst []byte) []byte { return append(dst, raw...) }
	dst = s.itemEvent(dst, "response.output_item.added", write)
	dst = s.itemEvent(dst, "response.output_item.done", write)
	if len(s.output) > 0 {
		s.output = append(s.output, ',')
	}
	s.output = append(s.output, raw...)
	s.index++
	return dst
}

// secret sends a reasoning item that only carries a value for the next turn.
func (s *streamEncoder) secret(dst []byte, value, own string) []byte {
	if value == "" {
		return dst
	}
	id := s.ids.item("rs_", own, s.index)
	return s.whole(dst, appendReasoningItem(nil, thought{id: id, secret: value}))
}

// secretThought sends thinking of which nothing can be shown.
func (s *streamEncoder) secretThought(dst []byte) []byte {
	return s.secret(dst, fillSlot(s.item.signature, slotOwn), s.item.block.ItemID)
}

func (s *streamEncoder) image(dst []byte, b *llm.Block) []byte {
	switch m := b.Media; {
	case m == nil:
	case m.Data != "":
		return s.whole(dst, appendImageItem(nil, s.ids.item("ig_", b.ItemID, s.index), m.Data))
	case m.URL != "":
		s.item.block.Kind, s.item.words = llm.Text, textSpelling()
		return s.content(dst, "![image]("+m.URL+")")
	}
	return dst
}

// stop ends the response with the usage that is known by now.
func (s *streamEncoder) stop(dst []byte, stop llm.Stop) []byte {
	if stop.Reason == llm.StopRefusal && !s.refused {
		b := llm.Block{Kind: llm.RefusalBlock}
		dst = s.begin(dst, &llm.Event{Block: &b})
		dst = s.end(s.content(dst, refusalText(stop)))
	}
	s.settle(stop)
	if s.status == statusCancelled {
		s.status, s.failure = statusFailed, &llm.Error{Kind: llm.BadUpstream, Message: "the provider cancelled the answer"}
	}
	if s.metered || !s.counted.IsZero() {
		s.usage = &s.counted
	}
	if s.status == statusFailed {
		return s.fail(dst, s.failure)
	}
	return s.lifecycle(dst, "response."+s.status)
}

// fail ends the response with an error: the event in both of the shapes that
// clients read, and response.failed, without which Codex waits in vain.
func (s *streamEncoder) fail(dst []byte, e *llm.Error) []byte {
	if !s.started {
		dst = s.start(dst, &llm.Event{})
	}
	kind, _ := protocol.OpenAICode(e)
	write := func(o *protocol.Object) {
		o.String("code", failureCode(e))
		o.String("message", failureMessage(e))
		stringOrNull(o, "param", e.Param)
	}
	o := protocol.BeginObject(append(dst, "event: error\ndata: "...))
	o.String("type", "error")
	o.Int("sequence_number", s.seq)
	write(&o)
	o.Value("error", func(dst []byte) []byte {
		inner := protocol.BeginObject(dst)
		inner.String("type", kind)
		write(&inner)
		return inner.End()
	})
	s.seq++
	dst = append(o.End(), "\n\n"...)
	s.status, s.failure = statusFailed, e
	if s.metered {
		s.usage = &s.counted
	}
	return s.lifecycle(dst, "response.failed")
}

// splitList splits the elements of a list that has no brackets.
func splitList(list []byte) [][]byte {
	var out [][]byte
	if len(list) == 0 {
		return nil
	}
	for _, v := range gjson.ParseBytes(append(append([]byte{'['}, list...), ']')).Array() {
		out = append(out, []byte(v.Raw))
	}
	return out
}
