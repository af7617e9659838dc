package openai

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// liveCall is a tool call that is still being written.
type liveCall struct {
	index    int64 // as the upstream numbers it
	id, name string
	native   bool // a custom call
	sig      *llm.Signature

	pending strings.Builder // not passed on yet
	end     jsonEnd
	any     bool // something of its arguments has come
	sent    bool // something of them has been passed on

	started bool
	signed  bool
	custom  bool // passed on as a custom call
	join    joiner
	input   protocol.StringExtractor
}

// whole reports whether the call's arguments are complete.
func (c *liveCall) whole() bool { return !c.native && c.end.done }

// another reports whether a piece with these members begins another call,
// though it has the number of this one or none: careless services number all
// calls 0, repeat the name in every piece, or invent a new id for every piece.
func (c *liveCall) another(id, name, piece string) bool {
	switch {
	case name == "":
		return false
	case c.whole() && strings.TrimSpace(piece) != "":
		return true
	case id != "" && c.id != "" && id != c.id:
		return c.whole() || c.native || !c.any
	}
	return false
}

// header takes the name and the id, which may come in pieces, or again and
// again.
func (c *liveCall) header(id, name string) {
	if c.id == "" {
		c.id = id
	}
	switch {
	case c.any || c.started || name == c.name:
	case strings.HasPrefix(name, c.name):
		c.name = name
	default:
		c.name += name
	}
}

// ready reports whether the call can be announced: its name cannot grow any
// more once the arguments have begun. Nothing and null are no arguments.
func (c *liveCall) ready() bool {
	return c.name != "" && (c.native && c.any || !strings.HasPrefix("null", strings.TrimSpace(c.pending.String())))
}

// call takes a piece of a tool call.
func (d *streamDecoder) call(v gjson.Result) {
	d.think.Close(d.say)
	d.think.skip()
	kind, member := "function", "arguments"
	if v.Get("custom").IsObject() {
		kind, member = "custom", "input"
	}
	id, name := v.Get("id").String(), v.Get(kind+".name").Str
	piece := v.Get(kind + "." + member)
	text := piece.Str
	if piece.IsObject() {
		text = piece.Raw
	}
	c := d.find(v.Get("index"), id, name, text)
	c.native = c.native || kind == "custom"
	c.header(id, name)
	if sig := v.Get(signaturePath).Str; sig != "" {
		c.sig = thoughtSignature(sig, d.e)
	}
	if text != "" {
		c.any = true
		c.end.Feed(text)
		c.pending.WriteString(text)
	}
	d.pump()
}

// find returns the call that a piece belongs to, a new one if need be.
func (d *streamDecoder) find(index gjson.Result, id, name, piece string) *liveCall {
	var found *liveCall
	numbered := index.Type == gjson.Number
	for _, c := range d.calls {
		if numbered && c.index != index.Int() {
			continue
		}
		// Of several with the same number, the one with the id, else the last.
		if found = c; id != "" && c.id == id {
			break
		}
	}
	if found != nil && !found.another(id, name, piece) {
		return found
	}
	c := &liveCall{index: int64(len(d.calls))}
	if numbered {
		c.index = index.Int()
	}
	d.calls = append(d.calls, c)
	return c
}

// pump passes on what has come of the first call that is not closed, and closes
// it when it is complete and another one waits.
func (d *streamDecoder) pump() {
	for d.head < len(d.calls) {
		c := d.calls[d.head]
		if !c.started && !c.ready() {
			return
		}
		d.pass(c)
		if d.head == len(d.calls)-1 || !c.whole() {
			return
		}
		d.finishCall(c)
	}
}

// advance closes the calls that are complete, or all at the end.
func (d *streamDecoder) advance(all bool) {
	for d.head < len(d.calls) {
		c := d.calls[d.head]
		if !all && (!c.whole() || c.name == "") {
			return
		}
		if c.name == "" { // nobody can run it
			d.head++
			continue
		}
		d.pass(c)
		d.finishCall(c)
	}
}

// pass announces a call, and passes on what waits of it.
func (d *streamDecoder) pass(c *liveCall) {
	if !c.started {
		d.announce(c)
	}
	text := c.pending.String()
	c.pending.Reset()
	switch {
	case c.native, !c.custom:
		if !c.native && !c.sent && strings.HasPrefix("null", strings.TrimSpace(text)) {
			return // finishCall says {} instead
		}
		text = c.join.Feed(text)
	default:
		text = c.input.Feed(text)
	}
	c.sent = c.sent || text != ""
	d.send(text)
}

func (d *streamDecoder) announce(c *liveCall) {
	d.release()
	d.closeText()
	c.started, d.called = true, true
	if c.id == "" || d.ids[c.id] {
		c.id = newCallID()
	}
	d.ids[c.id] = true
	call := newCall(d.e.Names, c.name, c.native)
	call.ID, c.custom = c.id, call.Custom
	c.signed = c.sig != nil
	d.begin(&llm.Block{Kind: llm.ToolUse, Call: call, Signature: c.sig})
}

func (d *streamDecoder) finishCall(c *liveCall) {
	switch {
	case c.custom && !c.native:
		d.send(c.input.Close())
	case !c.native && !c.sent:
		d.send("{}")
	default:
		d.send(c.join.Close())
	}
	if c.sig != nil && !c.signed {
		d.emit(llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Signature: c.sig})
	}
	d.emit(llm.Event{Kind: llm.EventBlockStop, Index: d.next - 1})
	d.head++
}
