package responses

import (
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

// finish ends an item. item is the whole of it, or nothing when the stream ends
// without one.
func (d *streamDecoder) finish(it *streamItem, item gjson.Result) {
	if it.ended {
		return
	}
	if kind := item.Get("type").Str; kind != "" && !it.spoken {
		it.kind = kind
	}
	switch it.kind {
	case "message":
		d.finishMessage(it, item)
	case "reasoning":
		d.finishThinking(it, item)
	case "function_call", "custom_tool_call":
		d.finishCall(it, item)
	default:
		if b, ok := d.hosted(item); ok {
			it.begin(b, 0)
		}
	}
	it.close()
	it.ended = true
}

// finishMessage brings what is missing of the parts, in their order.
func (d *streamDecoder) finishMessage(it *streamItem, item gjson.Result) {
	for i, part := range item.Get("content").Array() {
		if i > maxParts {
			return
		}
		kind, text := llm.Text, part.Get("text").Str
		if part.Get("type").Str == "refusal" {
			kind, text = llm.RefusalBlock, part.Get("refusal").Str
		}
		text = valid(text)
		if sent := it.sent[i]; len(text) > sent && utf8.RuneStart(text[sent]) && (sent == 0 || it.open && it.part == i) {
			it.say(kind, i, text[sent:])
		}
		notes := part.Get("annotations")
		if it.open && it.part == i && kind == llm.Text && !it.notes[i] && len(notes.Array()) > 0 {
			it.cite(i, notes.Raw)
		}
	}
}

// finishThinking brings the summary if none has come, and the signature, which
// counts only now.
func (d *streamDecoder) finishThinking(it *streamItem, item gjson.Result) {
	whole := d.thinking(item)
	if !it.spoken && whole.Text != "" {
		it.think(whole.Summary, 0, whole.Text)
	}
	if whole.Signature == nil {
		return
	}
	it.begin(llm.Block{Kind: llm.Thinking, Summary: true, ItemID: whole.ItemID}, 0)
	it.push(llm.Event{Kind: llm.EventDelta, Signature: whole.Signature})
}

// finishCall brings the rest of the arguments. A call that never got a name is
// none.
func (d *streamDecoder) finishCall(it *streamItem, item gjson.Result) {
	d.beginCall(it, item)
	d.beginCall(it, it.first)
	if it.call == nil {
		return
	}
	whole := valid(item.Get("arguments").String())
	if it.kind == "custom_tool_call" {
		whole = valid(item.Get("input").String())
	}
	d.rest(it, "", 0, whole)
	if it.wrapped != nil {
		if text := it.wrapped.Close(); text != "" {
			it.push(llm.Event{Kind: llm.EventDelta, Delta: text})
		}
	}
}
