package kiro

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

func (d *streamDecoder) start() {
	if !d.started {
		d.started = true
		d.emit(llm.Event{Kind: llm.EventStart, ID: d.id, Model: d.model})
	}
}

// open begins a block behind the one at hand.
func (d *streamDecoder) open(b *llm.Block) {
	d.close()
	d.start()
	d.kind = b.Kind
	d.emit(llm.Event{Kind: llm.EventBlockStart, Index: d.next, Block: b})
	d.next++
}

// close ends the open block, if there is one.
func (d *streamDecoder) close() {
	if d.kind == "" {
		return
	}
	if d.kind == llm.Thinking && d.signed != "" {
		d.emit(llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Signature: d.sign(d.signed, false)})
	}
	d.kind, d.signed = "", ""
	d.emit(llm.Event{Kind: llm.EventBlockStop, Index: d.next - 1})
}

func (d *streamDecoder) sign(value string, sealed bool) *llm.Signature {
	t := &d.e.Target
	return &llm.Signature{Origin: llm.Kiro, Account: t.AccountID, Value: seal(t.Model, value, sealed)}
}

func (d *streamDecoder) delta(s string) {
	if s != "" {
		d.emit(llm.Event{Kind: llm.EventDelta, Index: d.next - 1, Delta: s})
	}
}

// pass hands text on. White space begins no block: where nothing follows it, it
// is none of the answer, and clients that send it back would be refused.
func (d *streamDecoder) pass(s string) {
	if s == "" || d.ended {
		return
	}
	if d.kind != llm.Text {
		if s = d.blank + s; strings.TrimSpace(s) == "" {
			d.blank = s
			return
		}
		d.blank = ""
		d.open(&llm.Block{Kind: llm.Text})
	}
	d.output.Add(s)
	d.delta(s)
}

// think hands reasoning on that came as text.
func (d *streamDecoder) think(s string) {
	if s == "" || d.ended {
		return
	}
	if d.kind != llm.Thinking {
		d.blank = ""
		d.open(&llm.Block{Kind: llm.Thinking})
	}
	d.thinking.Add(s)
	d.delta(s)
}

// reasoning takes a piece of the model's own reasoning: text, then its signature,
// which may come in several pieces, or what nobody but its author can read.
func (d *streamDecoder) reasoning(v gjson.Result) {
	d.settle()
	if d.ended {
		return
	}
	if data := v.Get("redactedContent").Str; data != "" {
		if d.sealed == "" {
			d.close()
		}
		d.sealed += clean(data)
		return
	}
	text, signature := clean(v.Get("text").Str), clean(v.Get("signature").Str)
	if d.hidden && strings.Trim(text, ". ") == "" {
		text = "" // dots stand for what is not told
	}
	if text != "" {
		d.endSealed()
		if d.signed != "" {
			d.close() // what follows a signature is another thought
		}
		d.think(text)
	}
	if signature == "" {
		return
	}
	if d.kind != llm.Thinking {
		d.open(&llm.Block{Kind: llm.Thinking})
	}
	d.signed += signature
}

// endReasoning ends what reasoning has begun: something else has come.
func (d *streamDecoder) endReasoning() {
	d.endSealed()
	if d.signed != "" {
		d.close()
	}
}

func (d *streamDecoder) endSealed() {
	if d.sealed == "" {
		return
	}
	data := d.sealed
	d.sealed = ""
	d.open(&llm.Block{Kind: llm.Redacted, Text: data, Signature: d.sign(data, true)})
	d.close()
}
