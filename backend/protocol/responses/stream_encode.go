package responses

import (
	"strconv"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// StreamEncoder implements protocol.ClientCodec.
func (Format) StreamEncoder(req *llm.Request, _ bool) protocol.StreamEncoder {
	if req == nil {
		req = &llm.Request{}
	}
	return &streamEncoder{req: req}
}

// streamEncoder words a stream. Every block becomes an item of its own, so that
// indices and ids are never used twice; an item that turns out empty is never
// begun.
type streamEncoder struct {
	answer
	req     *llm.Request
	echo    []byte
	ids     ids
	started bool
	seq     int64
	index   int // of the client's next item

	item    item
	refused bool
	counted llm.Usage
	metered bool
}

// item is the item at hand.
type item struct {
	block       llm.Block
	call        *llm.ToolCall
	id          string
	open        bool // output_item.added has been sent
	words       *spelling
	text        []byte // so far: text, arguments or input
	annotations []byte
	noted       int // annotations so far
	signature   *llm.Signature
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
		s.counted, s.metered = e.Usage, true
	case llm.EventPing:
		return sse.AppendComment(dst, "keep-alive")
	case llm.EventStop:
		return s.stop(dst, e.Stop)
	case llm.EventFailed:
		return s.fail(dst, e.Err)
	}
	return dst
}

// event begins an event; the caller appends its further members and endEvent.
func (s *streamEncoder) event(dst []byte, name string) []byte {
	dst = append(dst, "event: "...)
	dst = append(dst, name...)
	dst = append(dst, "\ndata: {\"type\":\""...)
	dst = append(dst, name...)
	dst = append(dst, `","sequence_number":`...)
	dst = strconv.AppendInt(dst, s.seq, 10)
	s.seq++
	return dst
}

func endEvent(dst []byte) []byte { return append(dst, "}\n\n"...) }

// lifecycle sends the response as a whole.
func (s *streamEncoder) lifecycle(dst []byte, name string) []byte {
	dst = append(s.event(dst, name), `,"response":`...)
	return endEvent(appendObject(dst, &s.answer, s.echo))
}

func (s *streamEncoder) start(dst []byte, e *llm.Event) []byte {
	s.started, s.echo, s.ids = true, echoOf(s.req), newIDs(e.ID)
	s.answer = answer{id: s.ids.response, model: e.Model, created: e.Created, status: statusProgress}
	if s.model == "" {
		s.model = s.req.Model
	}
	dst = s.lifecycle(dst, "response.created")
	return s.lifecycle(dst, "response.in_progress")
}

// begin begins a block. Texts and thoughts begin with their first piece.
func (s *streamEncoder) begin(dst []byte, e *llm.Event) []byte {
	b := e.Block
	if (b.Kind == llm.Text || b.Kind == llm.ToolUse) && isForeign(b.Signature) {
		dst = s.secret(dst, fillSlot(b.Signature, slotNext), "")
	}
	s.item = item{block: *b, text: s.item.text[:0], annotations: s.item.annotations[:0]}
	if b.Kind == llm.Thinking || b.Kind == llm.Redacted {
		s.item.signature = b.Signature
	}
	s.item.words = spellingOf(b, s.req)
	switch b.Kind {
	case llm.ToolUse:
		s.item.call = callOf(b.Call, s.req)
		dst = s.openItem(dst)
		if given := string(b.Call.Args) + b.Call.Input; given != "" {
			dst = s.content(dst, given)
		}
	case llm.Opaque:
		if b.Origin == llm.Responses {
			dst = s.whole(dst, protocol.Compact(b.Raw))
		}
	case llm.Image:
		dst = s.image(dst, b)
	default:
		if b.Text != "" {
			dst = s.content(dst, b.Text)
		}
	}
	return dst
}

func (s *streamEncoder) delta(dst []byte, e *llm.Event) []byte {
	if e.Signature != nil {
		s.item.signature = e.Signature
	}
	if len(e.Citations) > 0 && s.item.block.Kind == llm.Text {
		dst = s.annotate(dst, annotationsOf(e.Citations, e.Origin))
	}
	if e.Delta == "" {
		return dst
	}
	return s.content(dst, e.Delta)
}

// content passes a piece of the block's content on.
func (s *streamEncoder) content(dst []byte, piece string) []byte {
	it := &s.item
	it.text = append(it.text, piece...)
	if it.words == nil {
		return dst
	}
	dst = s.openItem(dst)
	dst = s.at(s.event(dst, it.words.delta), it.words)
	dst = protocol.AppendString(append(dst, `,"delta":`...), piece)
	return endEvent(append(dst, it.words.extra...))
}

// at appends where in the response an event belongs.
func (s *streamEncoder) at(dst []byte, w *spelling) []byte {
	dst = append(dst, `,"item_id":`...)
	dst = protocol.AppendString(dst, s.item.id)
	dst = append(dst, `,"output_index":`...)
	dst = strconv.AppendInt(dst, int64(s.index), 10)
	return append(dst, w.index...)
}

// openItem sends the item's beginning unless that has been done.
func (s *streamEncoder) openItem(dst []byte) []byte {
	it := &s.item
	if it.open {
		return dst
	}
	it.open = true
	own := it.block.ItemID
	if it.call != nil {
		own = it.call.ItemID
	}
	it.id = s.ids.item(it.words.prefix(it.call), own, s.index)
	dst = s.itemEvent(dst, "response.output_item.added", func(dst []byte) []byte { return s.appendItem(dst, statusProgress) })
	if it.words.open == "" {
		return dst
	}
	dst = append(s.at(s.event(dst, it.words.open), it.words), `,"part":`...)
	return endEvent(it.words.part(dst, nil, nil))
}

func (s *streamEncoder) itemEvent(dst []byte, name string, write func([]byte) []byte) []byte {
	dst = append(s.event(dst, name), `,"output_index":`...)
	dst = strconv.AppendInt(dst, int64(s.index), 10)
	return endEvent(write(append(dst, `,"item":`...)))
}

// appendItem appends the item at hand: without content as it begins, whole as it
// ends.
func (s *streamEncoder) appendItem(dst []byte, status string) []byte {
	it, text := &s.item, s.item.text
	if status == statusProgress {
		text = nil
	}
	switch it.block.Kind {
	case llm.ToolUse:
		return appendCallItem(dst, it.id, status, it.call, string(text))
	case llm.Thinking:
		t := thought{id: it.id, text: text, raw: it.words.raw}
		if status != statusProgress {
			t.secret = fillSlot(it.signature, slotOwn)
		}
		return appendReasoningItem(dst, t)
	}
	var part []byte
	if status != statusProgress {
		part = appendTextPart(nil, it.block.Kind, text, it.annotations)
	}
	return appendMessageItem(dst, it.id, status, part)
}

// annotate sends annotations, which come without the brackets of a list.
func (s *streamEncoder) annotate(dst, list []byte) []byte {
	it := &s.item
	for _, raw := range splitList(list) {
		dst = s.openItem(dst)
		dst = s.at(s.event(dst, "response.output_text.annotation.added"), it.words)
		dst = append(dst, `,"annotation_index":`...)
		dst = strconv.AppendInt(dst, int64(it.noted), 10)
		dst = endEvent(append(append(dst, `,"annotation":`...), raw...))
		if it.noted++; len(it.annotations) > 0 {
			it.annotations = append(it.annotations, ',')
		}
		it.annotations = append(it.annotations, raw...)
	}
	return dst
}
