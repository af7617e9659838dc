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
	if e := failureIn(v); e != nil {
		d.fail(e)
		return
	}
	usage, choices := v.Get("usage"), v.Get("choices")
	if usage.IsObject() || choices.IsArray() && choices.Raw != "[]" {
		d.start(v)
	}
	choices.ForEach(func(_, choice gjson.Result) bool {
		if choice.Get("index").Int() == 0 {
			d.choice(choice)
		}
		return !d.ended
	})
	if !d.ended && usage.IsObject() {
		d.report(usage)
	}
}

func (d *streamDecoder) start(v gjson.Result) {
	if d.started {
		return
	}
	d.started = true
	d.emit(llm.Event{Kind: llm.EventStart, ID: v.Get("id").String(), Model: v.Get("model").Str, Created: v.Get("created").Int()})
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

func (d *streamDecoder) choice(v gjson.Result) {
	if e := failureIn(v); e != nil {
		d.fail(e)
		return
	}
	delta := v.Get("delta")
	if !delta.IsObject() {
		delta = v.Get("message")
	}
	if delta.IsObject() {
		d.delta(delta)
	}
	finish := v.Get("finish_reason").Str
	if e := failedFinish(finish); e != nil {
		d.fail(e)
		return
	}
	if finish != "" && finish != "null" {
		d.finish = finish
	}
}

func (d *streamDecoder) delta(v gjson.Result) {
	if text := reasoningIn(v); text != "" {
		d.think.Close(d.say)
		d.think.skip()
		d.say(llm.Thinking, text)
	}
	contentPieces(v.Get("content"), d.piece)
	if text := v.Get("refusal").Str; text != "" {
		d.refusal = append(d.refusal, text...)
		d.say(llm.RefusalBlock, text)
	}
	if a := v.Get("annotations"); a.IsArray() && d.open == llm.Text {
		d.emit(llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Citations: json.RawMessage(a.Raw), Origin: llm.OpenAI})
	}
	imagesIn(v, d.image)
	v.Get("tool_calls").ForEach(func(_, c gjson.Result) bool {
		d.call(c)
		return true
	})
	if f := v.Get("function_call"); f.IsObject() {
		d.call(gjson.Parse(`{"index":0,"function":` + f.Raw + `}`))
	}
}

func (d *streamDecoder) piece(kind llm.BlockKind, text string) {
	if kind == llm.Text {
		d.think.Feed(text, d.say)
		return
	}
	d.say(kind, text)
}

// busy reports whether a call is open that may still go on.
func (d *streamDecoder) busy() bool {
	if d.head == len(d.calls) || !d.calls[d.head].started {
		return false
	}
	d.advance(false)
	return d.head < len(d.calls) && d.calls[d.head].started
}

// say passes text on, or keeps it until the open call is closed.
func (d *streamDecoder) say(kind llm.BlockKind, text string) {
	if !d.busy() {
		d.release()
		d.write(kind, text)
		return
	}
	if n := len(d.held); n > 0 && d.held[n-1].kind == kind {
		d.held[n-1].text += text
		return
	}
	d.held = append(d.held, segment{kind: kind, text: text})
}

func (d *streamDecoder) image(m *llm.Media) {
	if d.busy() {
		d.held = append(d.held, segment{kind: llm.Image, media: m})
		return
	}
	d.release()
	d.show(m)
}

// release passes on what waited for a call to be closed.
func (d *streamDecoder) release() {
	held := d.held
	d.held = nil
	for _, s := range held {
		if s.media != nil {
			d.show(s.media)
		} else {
			d.write(s.kind, s.text)
		}
	}
}

func (d *streamDecoder) show(m *llm.Media) {
	d.closeText()
	d.begin(&llm.Block{Kind: llm.Image, Media: m})
	d.emit(llm.Event{Kind: llm.EventBlockStop, Index: d.next - 1})
}

func (d *streamDecoder) write(kind llm.BlockKind, text string) {
	if d.open != kind {
		d.closeText()
		d.begin(&llm.Block{Kind: kind})
		d.open = kind
	}
	d.send(d.join.Feed(text))
}

func (d *streamDecoder) begin(b *llm.Block) {
	d.emit(llm.Event{Kind: llm.EventBlockStart, Index: d.next, Block: b})
	d.next++
}

// send passes on a piece of the block that is open.
func (d *streamDecoder) send(text string) {
	if text != "" {
		d.emit(llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Delta: text})
	}
}

func (d *streamDecoder) closeText() {
	if d.open == "" {
		return
	}
	d.send(d.join.Close())
	d.emit(llm.Event{Kind: llm.EventBlockStop, Index: d.next - 1})
	d.open = ""
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
