package anthropic

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// StreamDecoder implements protocol.UpstreamCodec.
func (Format) StreamDecoder(e *protocol.Encoded) protocol.StreamDecoder {
	return &streamDecoder{reader: reader{e: e}}
}

// streamDecoder reads a stream. Blocks flow one at a time: what endpoints that
// only resemble Anthropic's send of a second block meanwhile waits in the queue.
type streamDecoder struct {
	reader
	started, ended bool
	next           int // canonical index of the next block
	queue          []*incoming
	usage          streamUsage
	metered        bool
	end            llm.Stop
}

// Next implements protocol.StreamDecoder.
func (d *streamDecoder) Next(dst []llm.Event, e sse.Event) []llm.Event {
	if d.ended {
		return dst
	}
	v := gjson.ParseBytes(e.Data)
	kind := v.Get("type").Str
	if kind == "" {
		kind = string(e.Name)
	}
	switch kind {
	case "message_start":
		return d.start(dst, v.Get("message"))
	case "content_block_start":
		dst = d.start(dst, gjson.Result{})
		d.queue = append(d.queue, d.incoming(v.Get("index").Int(), v.Get("content_block")))
		return d.flush(dst)
	case "content_block_delta":
		dst = d.start(dst, gjson.Result{})
		if in := d.find(v.Get("index").Int(), v.Get("delta")); in != nil {
			in.delta(v.Get("delta"))
		}
		return d.flush(dst)
	case "content_block_stop":
		if in := d.find(v.Get("index").Int(), gjson.Result{}); in != nil {
			in.stop()
		}
		return d.flush(dst)
	case "message_delta":
		return d.messageDelta(d.start(dst, gjson.Result{}), v)
	case "message_stop":
		return d.finish(d.start(dst, gjson.Result{}))
	case "ping":
		return append(dst, llm.Event{Kind: llm.EventPing})
	case "error":
		return d.fail(dst, parseError(0, e.Data))
	}
	return dst
}

// Close implements protocol.StreamDecoder.
func (d *streamDecoder) Close(dst []llm.Event) []llm.Event {
	switch {
	case d.ended:
		return dst
	case d.end.Reason != "": // all but the last element has come
		return d.finish(dst)
	}
	return d.fail(dst, &llm.Error{Kind: llm.BadUpstream, Message: "the provider ended the stream before the answer was complete"})
}

func (d *streamDecoder) fail(dst []llm.Event, e *llm.Error) []llm.Event {
	d.ended = true
	return append(dst, llm.Event{Kind: llm.EventFailed, Err: e})
}

// start begins the answer. Upstreams have been seen to begin it twice; the
// second time counts for nothing.
func (d *streamDecoder) start(dst []llm.Event, m gjson.Result) []llm.Event {
	if d.started {
		return dst
	}
	d.started = true
	d.report(m.Get("usage"))
	return append(dst, llm.Event{
		Kind: llm.EventStart, ID: clean(m.Get("id").Str), Model: clean(m.Get("model").Str), Usage: d.tokens(),
	})
}

func (d *streamDecoder) report(v gjson.Result) {
	if !v.IsObject() {
		return
	}
	d.metered = true
	// Decoding into the same value overwrites only the members that are there.
	_ = json.Unmarshal([]byte(v.Raw), &d.usage.wire)
}

func (d *streamDecoder) tokens() llm.Usage {
	if !d.metered {
		return llm.Usage{}
	}
	u := d.usage.wire.usage()
	u.Source = llm.Reported
	return u
}

func (d *streamDecoder) messageDelta(dst []llm.Event, v gjson.Result) []llm.Event {
	if u := v.Get("usage"); u.IsObject() {
		d.report(u)
		dst = append(dst, llm.Event{Kind: llm.EventUsage, Usage: d.tokens()})
	}
	if delta := v.Get("delta"); delta.Get("stop_reason").Str != "" {
		d.end = d.stop(delta)
	}
	return dst
}

// finish ends the answer, and what of it is still open.
func (d *streamDecoder) finish(dst []llm.Event) []llm.Event {
	for _, in := range d.queue {
		in.stop()
	}
	dst = d.flush(dst)
	d.ended = true
	d.end.Reason = d.reconcile(d.end.Reason)
	return append(dst, llm.Event{Kind: llm.EventStop, Stop: d.end})
}

// find returns the block that an event is for. One that was never announced
// begins with its first delta, if that tells what it is.
func (d *streamDecoder) find(at int64, delta gjson.Result) *incoming {
	for _, in := range d.queue {
		if in.at == at && !in.done {
			return in
		}
	}
	var in *incoming
	switch delta.Get("type").Str {
	case "text_delta":
		in = &incoming{at: at, account: d.e.Target.AccountID, block: llm.Block{Kind: llm.Text}}
	case "thinking_delta":
		in = &incoming{at: at, account: d.e.Target.AccountID, block: llm.Block{Kind: llm.Thinking}}
	default:
		return nil
	}
	d.queue = append(d.queue, in)
	return in
}

// flush lets the first block of the queue flow, and those behind it that
// have ended meanwhile.
func (d *streamDecoder) flush(dst []llm.Event) []llm.Event {
	for len(d.queue) > 0 {
		in := d.queue[0]
		if !in.begun && (!in.whole() || in.done) && !in.void() {
			in.begun = true
			block := in.block
			dst = append(dst, llm.Event{Kind: llm.EventBlockStart, Index: d.next, Block: &block})
			d.next++
		}
		if in.begun {
			for _, e := range in.held {
				e.Index = d.next - 1
				dst = append(dst, e)
			}
		}
		in.held = in.held[:0]
		if !in.done {
			return dst
		}
		if in.begun {
			dst = append(dst, llm.Event{Kind: llm.EventBlockStop, Index: d.next - 1})
		}
		d.queue = d.queue[1:]
	}
	return dst
}
