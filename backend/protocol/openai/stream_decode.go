package openai

import (
	"bytes"
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// streamDecoder reads one streamed answer. The wire has one delta for all kinds
// of content at once and numbers parallel calls; the canonical grammar has one
// block after the other. Text is passed on as it comes, and so is the first
// call that is not complete; what comes for other calls, or as text while a
// call is open, waits for its turn.
type streamDecoder struct {
	e   *protocol.Encoded
	out []llm.Event

	started, ended bool
	next           int           // index of the next block
	open           llm.BlockKind // of text that is open; "" = none
	join           joiner
	think          thinkSplitter

	calls []*liveCall
	head  int // the first call that is not closed
	ids   map[string]bool
	held  []segment

	finish  string
	called  bool
	refusal []byte
	usage   llm.Usage
}

// segment is content that came while a call was open.
type segment struct {
	kind  llm.BlockKind
	text  string
	media *llm.Media
}

// StreamDecoder implements protocol.UpstreamCodec.
func (Format) StreamDecoder(e *protocol.Encoded) protocol.StreamDecoder {
	d := &streamDecoder{e: e, ids: map[string]bool{}}
	if !e.Target.ThirdParty {
		d.think.skip()
	}
	return d
}

// Next implements protocol.StreamDecoder.
func (d *streamDecoder) Next(dst []llm.Event, e sse.Event) []llm.Event {
	if d.ended {
		return dst
	}
	d.out = dst
	d.read(e)
	dst, d.out = d.out, nil
	return dst
}

// Close implements protocol.StreamDecoder. Many services leave out [DONE]; the
// reason why the answer ended is enough.
func (d *streamDecoder) Close(dst []llm.Event) []llm.Event {
	if d.ended {
		return dst
	}
	d.out = dst
	if stopReason(d.finish) == "" {
		d.fail(&llm.Error{Kind: llm.BadUpstream, Message: "the provider's stream ended before the answer was complete"})
	} else {
		d.end()
	}
	dst, d.out = d.out, nil
	return dst
}

func (d *streamDecoder) emit(e llm.Event) { d.out = append(d.out, e) }

func (d *streamDecoder) fail(e *llm.Error) {
	d.ended = true
	d.emit(llm.Event{Kind: llm.EventFailed, Err: e})
}

func (d *streamDecoder) read(e sse.Event) {
	data := bytes.TrimSpace(e.Data)
	switch {
	case string(data) == "[DONE]":
		d.end()
	case string(e.Name) == "error":
		d.fail(eventError(data))
	case len(data) == 0 || data[0] != '{':
		// Not of the answer: some services keep the connection alive so.
	case !gjson.ValidBytes(data):
		d.fail(&llm.Error{Kind: llm.BadUpstream, Message: "the provider sent a piece of the answer that is not valid JSON"})
	default:
		d.chunk(gjson.ParseBytes(data))
	}
}

func (d *streamDecoder) chunk(v gjson.Result) {
	var c chunkMembers
	c.read(v)
	if c.failed {
		if e := failureIn(v); e != nil {
			d.fail(e)
			return
		}
	}
	if c.usage.IsObject() || c.choices.IsArray() && c.choices.Raw != "[]" {
		d.start(&c)
	}
	c.choices.ForEach(func(_, choice gjson.Result) bool {
		d.choice(choice)
		return !d.ended
	})
	if !d.ended && c.usage.IsObject() {
		d.report(c.usage)
	}
}

func (d *streamDecoder) start(c *chunkMembers) {
	if d.started {
		return
	}
	d.started = true
	d.emit(llm.Event{Kind: llm.EventStart, ID: c.id.String(), Model: c.model.Str, Created: c.created.Int()})
}

// report passes usage on; services that send it with every chunk send the sum
// so far.
func (d *streamDecoder) report(v gjson.Result) {
	u := ParseUsage([]byte(v.Raw))
	u.Source = llm.Reported
	if u != d.usage {
		d.usage = u
		d.emit(llm.Event{Kind: llm.EventUsage, Usage: u})
	}
}

// choice reads the first of the choices; there is no place for others.
func (d *streamDecoder) choice(v gjson.Result) {
	var c choiceMembers
	c.read(v)
	if c.index != 0 {
		return
	}
	if c.failed {
		if e := failureIn(v); e != nil {
			d.fail(e)
			return
		}
	}
	if c.delta.IsObject() {
		d.delta(c.delta)
	}
	if e := failedFinish(c.finish); e != nil {
		d.fail(e)
		return
	}
	if c.finish != "" && c.finish != "null" {
		d.finish = c.finish
	}
}

func (d *streamDecoder) delta(v gjson.Result) {
	var m deltaMembers
	m.read(v)
	if text := m.thought(); text != "" {
		d.think.Close(d.say)
		d.think.skip()
		d.say(llm.Thinking, text)
	}
	contentPieces(m.content, d.piece)
	if m.refusal != "" {
		d.refusal = append(d.refusal, m.refusal...)
		d.say(llm.RefusalBlock, m.refusal)
	}
	if m.annotations.IsArray() && d.open == llm.Text {
		d.emit(llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Citations: json.RawMessage(m.annotations.Raw), Origin: llm.OpenAI})
	}
	imagesIn(m.images, d.image)
	m.calls.ForEach(func(_, c gjson.Result) bool {
		d.call(c)
		return true
	})
	if m.legacy.IsObject() {
		d.call(gjson.Parse(`{"index":0,"function":` + m.legacy.Raw + `}`))
	}
}

// end closes what is open and ends the answer.
func (d *streamDecoder) end() {
	d.think.Close(d.say)
	d.advance(true)
	d.release()
	d.closeText()
	if !d.started {
		d.fail(&llm.Error{Kind: llm.BadUpstream, Message: "the provider's stream held no answer"})
		return
	}
	d.ended = true
	stop := llm.Stop{Reason: settleStop(stopReason(d.finish), d.called, len(d.refusal) > 0)}
	if stop.Reason == llm.StopRefusal {
		stop.Detail = string(d.refusal)
	}
	d.emit(llm.Event{Kind: llm.EventStop, Stop: stop})
}
