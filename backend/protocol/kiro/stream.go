package kiro

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
	"github.com/aihub/aihub/backend/tokens"
)

// StreamDecoder implements protocol.UpstreamCodec.
func (f Format) StreamDecoder(e *protocol.Encoded) protocol.StreamDecoder { return f.decoder(e) }

func (f Format) decoder(e *protocol.Encoded) *streamDecoder {
	d := &streamDecoder{e: e, openEnd: f.OpenEnd, hidden: traitsOf(e.Target.Model).Sealed}
	st, _ := e.State.(*state)
	if st == nil {
		st = &state{}
	}
	d.state = st
	d.leaks.tools = st.tools
	family := tokens.FamilyOf(e.Target.Model)
	d.output, d.thinking = *tokens.NewRefinedCounter(family), *tokens.NewRefinedCounter(family)
	if e.Request != nil {
		for _, stop := range e.Request.Stop {
			if stop != "" {
				d.stopper.Stops = append(d.stopper.Stops, stop)
			}
		}
	}
	return d
}

// streamDecoder reads a stream of frames. Text passes three filters on its way
// to the client: one that takes thinking out of it, one that takes leaked calls
// out of it, and one that ends the answer at a stop sequence, for which the
// service has no parameter.
type streamDecoder struct {
	e       *protocol.Encoded
	state   *state
	openEnd bool
	hidden  bool // the model's reasoning comes for nobody to read
	dst     []llm.Event

	started, ended bool
	id, model      string

	tags    tagFilter
	leaks   leakFilter
	stopper protocol.Stopper

	next     int           // index of the next block
	kind     llm.BlockKind // of the open block; "" = none
	blank    string        // white space that no text has followed yet
	sealed   string        // reasoning that nobody can read, so far
	signed   string        // the signature of the open thoughts, so far
	held     []*heldCall   // calls that have not ended
	finished int           // calls that were passed on
	cut      string        // a call that was lost

	tail
	output, thinking tokens.Counter
}

// Next implements protocol.StreamDecoder.
func (d *streamDecoder) Next(dst []llm.Event, e sse.Event) []llm.Event {
	if d.ended {
		return dst
	}
	d.dst = dst
	d.event(string(e.Name), e.Data)
	dst, d.dst = d.dst, nil
	return dst
}

// Close implements protocol.StreamDecoder. Only the end of the stream is its
// end: the service tells the costs behind everything else.
func (d *streamDecoder) Close(dst []llm.Event) []llm.Event {
	if d.ended {
		return dst
	}
	d.dst = dst
	d.finish()
	dst, d.dst = d.dst, nil
	return dst
}

func (d *streamDecoder) event(name string, data []byte) {
	switch name {
	case "error", "throttlingError", "validationError", "serviceUnavailableError", "invalidStateEvent":
		d.fail(parseException(name, data))
		return
	}
	if strings.HasPrefix(name, exceptionName) || strings.HasPrefix(name, errorName) {
		d.fail(parseException(name, data))
		return
	}
	if len(bytes.TrimSpace(data)) == 0 || !gjson.ValidBytes(data) {
		return
	}
	v := gjson.ParseBytes(data)
	switch name {
	case "assistantResponseEvent":
		if model := v.Get("modelId").Str; model != "" && !d.started {
			d.model = clean(model)
		}
		d.text(clean(v.Get("content").Str))
	case "codeEvent":
		d.text(clean(v.Get("content").Str))
	case "reasoningContentEvent":
		d.reasoning(v)
	case "toolUseEvent":
		d.toolUse(v)
	case "messageMetadataEvent":
		if id := v.Get("utteranceId").Str; id != "" && !d.started {
			d.id = clean(id)
		}
	default:
		d.tail.read(name, v)
	}
}

func (d *streamDecoder) emit(e llm.Event) { d.dst = append(d.dst, e) }

func (d *streamDecoder) fail(e *llm.Error) {
	d.ended = true
	d.emit(llm.Event{Kind: llm.EventFailed, Err: e})
}

// text takes the next piece of the answer's text.
func (d *streamDecoder) text(s string) {
	if s == "" {
		return
	}
	d.endReasoning()
	if !d.state.tags {
		d.say(s)
		return
	}
	d.tags.feed(s, d.think, d.say)
}

// say takes text that is no thinking.
func (d *streamDecoder) say(s string) {
	if len(d.state.tools) == 0 {
		d.show(s)
		return
	}
	d.leaks.feed(s, d.show, d.leaked)
}

// show takes text that is for the client.
func (d *streamDecoder) show(s string) {
	if d.ended {
		return
	}
	pass, found := d.stopper.Feed(s)
	d.pass(pass)
	if found != "" {
		d.stopAt(found)
	}
}

// settle gives up everything that the filters have held back: a call begins, or
// the answer ends.
func (d *streamDecoder) settle() {
	d.tags.close(d.think, d.say)
	d.leaks.close(d.show)
	d.pass(d.stopper.Flush())
}
