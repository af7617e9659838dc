package kiro

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// heldCall is a call whose arguments are still coming. Clients read the
// arguments of a block that has ended, whatever becomes of the answer, so a call
// is passed on whole or not at all.
type heldCall struct {
	id, name string
	args     strings.Builder
}

// toolUse takes a piece of a call.
func (d *streamDecoder) toolUse(v gjson.Result) {
	d.endReasoning()
	d.settle()
	if d.ended {
		return
	}
	h := d.heldCall(clean(v.Get("toolUseId").Str), clean(v.Get("name").Str))
	switch input := v.Get("input"); {
	case input.Type == gjson.String:
		h.args.WriteString(clean(input.Str))
	case input.IsObject() && len(input.Map()) > 0:
		h.args.Reset()
		h.args.WriteString(clean(input.Raw))
	}
	if v.Get("stop").Bool() {
		d.endCall(h)
	}
}

// heldCall finds the call that a piece belongs to. Pieces without an id belong
// to the latest one.
func (d *streamDecoder) heldCall(id, name string) *heldCall {
	for _, h := range d.held {
		if h.id == id || id == "" && h == d.held[len(d.held)-1] {
			if h.name == "" {
				h.name = name
			}
			return h
		}
	}
	h := &heldCall{id: id, name: name}
	d.held = append(d.held, h)
	return h
}

func (d *streamDecoder) endCall(h *heldCall) {
	for i := range d.held {
		if d.held[i] == h {
			d.held = append(d.held[:i:i], d.held[i+1:]...)
			break
		}
	}
	args := strings.TrimSpace(h.args.String())
	if args == "" {
		args = "{}"
	}
	if h.name == "" || !gjson.Valid(args) || args[0] != '{' {
		d.cut = h.name
		if d.cut == "" {
			d.cut = "without a name"
		}
		return
	}
	d.call(h.id, h.name, args)
}

// call passes a whole call on.
func (d *streamDecoder) call(id, wire, args string) {
	c := &llm.ToolCall{ID: id, Custom: d.e.Names.Custom(wire)}
	if c.ID == "" {
		c.ID = d.newID(wire)
	}
	c.Namespace, c.Name = d.e.Names.Client(wire)
	d.blank = ""
	d.open(&llm.Block{Kind: llm.ToolUse, Call: c})
	d.output.Add(wire)
	d.output.Add(args)
	if c.Custom {
		args = protocol.CustomInput(args)
	}
	d.delta(args)
	d.close()
	d.finished++
}

// newID makes an id for a call that has none. It follows from the request and
// the place of the call, so that the same bytes always give the same answer.
func (d *streamDecoder) newID(wire string) string {
	h := sha256.New()
	// A hash never fails to take bytes.
	_, _ = h.Write(d.e.Body)
	_, _ = h.Write([]byte("\x00" + wire + "\x00" + strconv.Itoa(d.next)))
	return "tooluse_" + hex.EncodeToString(h.Sum(nil)[:11])
}

// leaked takes a call that stood in the text.
func (d *streamDecoder) leaked(l leak) {
	if d.ended {
		return
	}
	d.pass(d.stopper.Flush())
	d.call("", l.name, l.args)
}

// missCalls notes the calls that the end of the stream has cut.
func (d *streamDecoder) missCalls() {
	for _, h := range d.held {
		if d.cut = h.name; d.cut == "" {
			d.cut = "without a name"
		}
	}
	d.held = nil
}

// tellCut tells the client, and by the history the model, of a call that was
// lost. Without a word the model would wait for its result.
func (d *streamDecoder) tellCut() {
	text := "The call of the tool " + d.cut + " was cut off by the provider before it was complete, and was not run. Try it again in smaller steps."
	if d.kind == llm.Text {
		text = paragraph + text
	}
	d.pass(text)
}
