package gemini

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// opened is the block that is open.
type opened struct {
	kind      llm.BlockKind
	signature *llm.Signature // passed on as the last of the block
	call      *llm.ToolCall  // of a call whose arguments are still coming
	args      argTree
}

// begin closes the block at hand and begins another.
func (d *streamDecoder) begin(dst []llm.Event, b *llm.Block) []llm.Event {
	dst = d.close(dst)
	d.open = &opened{kind: b.Kind, call: b.Call}
	dst = append(dst, llm.Event{Kind: llm.EventBlockStart, Index: d.next, Block: b})
	d.next++
	return dst
}

func (d *streamDecoder) delta(dst []llm.Event, text string) []llm.Event {
	if text == "" {
		return dst
	}
	return append(dst, llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Delta: text})
}

// close ends the open block, if there is one.
func (d *streamDecoder) close(dst []llm.Event) []llm.Event {
	o := d.open
	if o == nil {
		return dst
	}
	d.open = nil
	if o.call != nil {
		args := protocol.RepairJSON(string(o.args.append(nil)))
		if o.call.Custom {
			dst = d.delta(dst, clean(protocol.CustomInput(string(args))))
		} else {
			dst = d.delta(dst, string(args))
		}
	}
	if o.signature != nil {
		dst = append(dst, llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Signature: o.signature})
	}
	return append(dst, llm.Event{Kind: llm.EventBlockStop, Index: d.next - 1})
}

func (d *streamDecoder) sign(value string) *llm.Signature {
	if value == "" || isBypass(value) {
		return nil
	}
	return &llm.Signature{Origin: llm.Gemini, Account: d.e.Target.AccountID, Value: clean(value)}
}

func (d *streamDecoder) part(dst []llm.Event, p gjson.Result) []llm.Event {
	var f fields
	// What has another type than it should is taken as far as it goes.
	_ = f.read(p)
	switch {
	case f.call.IsObject():
		return d.call(dst, f.call, d.sign(f.signature))
	case f.inline.IsObject():
		b, e := inlineData(f.inline)
		return d.media(dst, b, e, f.thought)
	case f.file.IsObject():
		b, e := fileData(f.file)
		return d.media(dst, b, e, f.thought)
	case f.text.Type == gjson.String || f.signature != "":
		return d.text(dst, &f)
	case f.other:
		b := &llm.Block{Kind: llm.Opaque, Raw: json.RawMessage(clean(p.Raw)), Origin: llm.Gemini}
		return d.close(d.begin(dst, b))
	}
	return dst
}

// media passes on what a model has painted or spoken, but not its sketches.
func (d *streamDecoder) media(dst []llm.Event, b *llm.Block, e *llm.Error, thought bool) []llm.Event {
	if e != nil || thought {
		return dst
	}
	m := b.Media
	m.MIME, m.Data, m.URL, m.FileID, m.Filename = clean(m.MIME), clean(m.Data), clean(m.URL), clean(m.FileID), clean(m.Filename)
	return d.close(d.begin(dst, b))
}

// text adds to the open block, or begins another. A signed block takes nothing
// more, as signed parts must not be joined with others; a part with nothing but
// a signature signs the text before it.
func (d *streamDecoder) text(dst []llm.Event, f *fields) []llm.Event {
	b := &llm.Block{Kind: llm.Text}
	if f.thought {
		b.Kind, b.Summary = llm.Thinking, true
	}
	sign := d.sign(f.signature)
	if f.text.Str == "" && sign == nil {
		return dst
	}
	if d.open == nil || d.open.kind != b.Kind || d.open.signature != nil {
		dst = d.begin(dst, b)
	}
	d.open.signature = sign
	return d.delta(dst, clean(f.text.Str))
}

// call reads a call. Mostly it comes whole; one whose arguments stream begins
// with its name, goes on without it, and ends with a part that does not say
// willContinue.
func (d *streamDecoder) call(dst []llm.Event, v gjson.Result, sign *llm.Signature) []llm.Event {
	name, id := clean(v.Get("name").Str), clean(v.Get("id").Str)
	goesOn := d.open != nil && d.open.call != nil && (name == "" || id != "" && id == d.open.call.ID)
	switch {
	case goesOn:
	case name == "":
		return dst
	default:
		dst = d.begin(dst, d.callBlock(name, id))
	}
	if sign != nil {
		d.open.signature = sign
	}
	d.open.args.whole(v.Get("args"))
	v.Get("partialArgs").ForEach(func(_, p gjson.Result) bool {
		d.open.args.add(p)
		return true
	})
	if v.Get("willContinue").Bool() {
		return dst
	}
	return d.close(dst)
}

func (d *streamDecoder) callBlock(upstream, id string) *llm.Block {
	d.calls++
	c := &llm.ToolCall{ID: id, Custom: d.e.Names.Custom(upstream)}
	c.Namespace, c.Name = d.e.Names.Client(upstream)
	if c.ID == "" {
		c.ID = protocol.NewID("call_", 24)
	}
	return &llm.Block{Kind: llm.ToolUse, Call: c}
}
