package responses

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// StreamDecoder implements protocol.UpstreamCodec.
func (Format) StreamDecoder(e *protocol.Encoded) protocol.StreamDecoder {
	d := &streamDecoder{reader: newReader(e), known: map[string]*streamItem{}}
	d.stopper.Stops = d.stops
	return d
}

// streamDecoder reads a stream. Items may overlap on the wire, blocks may not:
// only the oldest item that has not ended passes, the others wait.
type streamDecoder struct {
	reader
	started, ended bool
	items          []*streamItem          // that have not been passed on whole, oldest first
	known          map[string]*streamItem // by place in the output and by id
	next           int                    // index of the next block
	kind           llm.BlockKind          // of the open block
	stopper        protocol.Stopper
	ending         ending
	dst            []llm.Event
}

// Next implements protocol.StreamDecoder.
func (d *streamDecoder) Next(dst []llm.Event, e sse.Event) []llm.Event {
	if d.ended {
		return dst
	}
	d.dst = dst
	if bytes.Equal(bytes.TrimSpace(e.Data), []byte("[DONE]")) {
		d.done()
	} else if gjson.ValidBytes(e.Data) {
		w := readWire(e)
		d.event(&w)
	}
	dst, d.dst = d.dst, nil
	return dst
}

// Close implements protocol.StreamDecoder.
func (d *streamDecoder) Close(dst []llm.Event) []llm.Event {
	if d.ended {
		return dst
	}
	d.dst = dst
	d.fail(&llm.Error{Kind: llm.BadUpstream, Message: "the provider's stream ended before the answer was complete"})
	dst, d.dst = d.dst, nil
	return dst
}

// wire is an event, its members found in one pass.
type wire struct {
	kind, delta, itemID string
	place               string // output_index as it is written
	content, summary    int

	whole, item, part, annotation, response, failure, root gjson.Result
}

func readWire(e sse.Event) wire {
	w := wire{root: gjson.ParseBytes(e.Data)}
	w.root.ForEach(func(key, v gjson.Result) bool {
		w.member(key.Str, v)
		return true
	})
	if w.kind == "" {
		w.kind = string(e.Name)
	}
	return w
}

func (w *wire) member(key string, v gjson.Result) {
	switch key {
	case "type":
		w.kind = v.Str
	case "delta":
		w.delta = valid(v.Str)
	case "item_id":
		w.itemID = v.Str
	case "output_index":
		w.place = v.Raw
	case "content_index":
		w.content = int(v.Int())
	case "summary_index":
		w.summary = int(v.Int())
	case "text", "arguments", "input", "refusal":
		w.whole = v
	case "item":
		w.item = v
	case "part":
		w.part = v
	case "annotation":
		w.annotation = v
	case "response":
		w.response = v
	case "error":
		w.failure = v
	}
}

func (d *streamDecoder) event(w *wire) {
	switch w.kind {
	case "response.created", "response.in_progress", "response.queued":
		d.start(w.response)
	case "response.completed", "response.incomplete", "response.cancelled", "response.done":
		d.complete(w.response)
	case "response.failed":
		if failure := w.response.Get("error"); failure.IsObject() {
			d.fail(parseFailure(failure))
			return
		}
		d.fail(&llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer failed without saying why"})
	case "error":
		if !w.failure.IsObject() {
			w.failure = w.root
		}
		d.fail(parseFailure(w.failure))
	case "keepalive", "ping":
		d.dst = append(d.dst, llm.Event{Kind: llm.EventPing})
	case "":
		if w.failure.IsObject() { // an error body instead of an event
			d.fail(parseFailure(w.failure))
		}
	default:
		d.itemEvent(w)
	}
}

func (d *streamDecoder) start(response gjson.Result) {
	if d.started {
		return
	}
	d.started = true
	d.dst = append(d.dst, llm.Event{
		Kind: llm.EventStart, ID: response.Get("id").Str, Model: response.Get("model").Str, Created: response.Get("created_at").Int(),
	})
}

func (d *streamDecoder) fail(e *llm.Error) {
	d.ended = true
	d.dst = append(d.dst, llm.Event{Kind: llm.EventFailed, Err: e})
}

// done takes the sentinel that some services send: without a last event the
// answer is whole only if all its items are.
func (d *streamDecoder) done() {
	if !d.started || len(d.items) > 0 {
		d.fail(&llm.Error{Kind: llm.BadUpstream, Message: "the provider's stream ended before the answer was complete"})
		return
	}
	d.stop(d.ending.stop(gjson.Result{}))
}

// complete ends the answer: what the last event holds and the stream has not
// brought comes now.
func (d *streamDecoder) complete(response gjson.Result) {
	d.start(response)
	for i, item := range response.Get("output").Array() {
		id, place := item.Get("id").Str, "#"+itoa(i)
		it := d.known[id]
		if it == nil {
			it = d.known[place]
		}
		if it == nil {
			it = d.add(id, place)
		}
		d.finish(it, item)
	}
	for _, it := range d.items {
		d.finish(it, gjson.Result{})
	}
	d.drain()
	if d.ended {
		return
	}
	if u := response.Get("usage"); u.IsObject() {
		usage := ParseUsage([]byte(u.Raw))
		usage.Source = llm.Reported
		d.dst = append(d.dst, llm.Event{Kind: llm.EventUsage, Usage: usage})
	}
	d.stop(d.ending.stop(response))
}

func (d *streamDecoder) stop(s llm.Stop) {
	d.ended = true
	d.dst = append(d.dst, llm.Event{Kind: llm.EventStop, Stop: s})
}

// drain passes on what the oldest items have, in order.
func (d *streamDecoder) drain() {
	for len(d.items) > 0 {
		it := d.items[0]
		for i := range it.events {
			d.pass(&it.events[i])
		}
		it.events = it.events[:0]
		if !it.ended {
			return
		}
		d.items = d.items[1:]
	}
}

// pass gives an event its index and hands it on, unless the answer has been cut.
func (d *streamDecoder) pass(e *llm.Event) {
	if d.ended {
		return
	}
	switch e.Kind {
	case llm.EventBlockStart:
		d.kind = e.Block.Kind
		d.ending.note(d.kind)
		e.Index = d.next
		d.next++
		d.dst = append(d.dst, *e)
		return
	case llm.EventBlockStop:
		if held := d.stopper.Flush(); held != "" {
			d.dst = append(d.dst, llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Delta: held})
		}
	case llm.EventDelta:
		if d.kind == llm.Text && e.Delta != "" && !d.text(e) {
			return
		}
	}
	e.Index = d.next - 1
	d.dst = append(d.dst, *e)
}

// text looks for a stop sequence. It reports whether anything of the event is
// left to pass.
func (d *streamDecoder) text(e *llm.Event) bool {
	var found string
	if e.Delta, found = d.stopper.Feed(e.Delta); found == "" {
		return e.Delta != ""
	}
	at := d.next - 1
	if e.Delta != "" {
		d.dst = append(d.dst, llm.Event{Kind: llm.EventDelta, Index: at, Delta: e.Delta})
	}
	d.dst = append(d.dst, llm.Event{Kind: llm.EventBlockStop, Index: at})
	d.stop(llm.Stop{Reason: llm.StopSequence, Sequence: found})
	return false
}
