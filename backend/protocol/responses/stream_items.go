package responses

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// streamItem is an item of the answer while it streams.
type streamItem struct {
	kind, id string
	events   []llm.Event // that have not been passed on
	begun    bool        // its beginning was told
	ended    bool
	first    gjson.Result // the item as it was told then

	open    bool // a block is open
	spoken  bool // a block has been opened
	part    int  // of the message or the summary
	block   llm.BlockKind
	summary bool         // of reasoning: told as a summary
	sent    map[int]int  // bytes that have come, by part
	notes   map[int]bool // parts whose annotations have come

	call    *llm.ToolCall
	wrapped *protocol.StringExtractor
	held    string // arguments that came before the name
}

// maxParts bounds the parts of an item that are told apart.
const maxParts = 1 << 16

func (it *streamItem) push(e llm.Event) { it.events = append(it.events, e) }

// add takes a new item in, under both names that it is known by.
func (d *streamDecoder) add(id, place string) *streamItem {
	it := &streamItem{id: id, sent: map[int]int{}}
	for _, key := range [...]string{id, place} {
		if key != "" {
			d.known[key] = it
		}
	}
	d.items = append(d.items, it)
	return it
}

// find returns the item that an event is about. Its place tells it, since some
// services change the ids from event to event; without a place the id does. An
// item whose beginning was not told begins here.
func (d *streamDecoder) find(w *wire) *streamItem {
	id := w.itemID
	if id == "" {
		id = w.item.Get("id").Str
	}
	place, key := "", id
	if w.place != "" {
		place = "#" + w.place
		key = place
	}
	it := d.known[key]
	again := it != nil && w.kind == "response.output_item.added" && (it.begun || it.ended)
	if it == nil || again { // some services number all items 0
		it = d.add(id, place)
	}
	return it
}

// itemEvent takes an event about an item.
func (d *streamDecoder) itemEvent(w *wire) {
	kind, ok := itemKinds[w.kind]
	if !ok {
		return
	}
	d.start(gjson.Result{})
	it := d.find(w)
	if it.ended {
		return
	}
	if it.kind == "" {
		it.kind = kind
	}
	switch w.kind {
	case "response.output_item.added":
		it.kind, it.begun, it.first = w.item.Get("type").Str, true, w.item
		if w.item.Get("call_id").Str != "" { // else the end may bring it
			d.beginCall(it, w.item)
		}
	case "response.output_item.done":
		d.finish(it, w.item)
	case "response.output_text.annotation.added":
		it.annotate(w)
	case "response.function_call_arguments.done", "response.custom_tool_call_input.done",
		"response.output_text.done", "response.refusal.done", "response.reasoning_text.done", "response.reasoning_summary_text.done":
		d.rest(it, w.kind, w.partIndex(), valid(w.whole.String()))
	default:
		d.piece(it, w.kind, w.partIndex(), w.delta)
	}
	d.drain()
}

// itemKinds are the events about items, and the kind of item that each is about.
var itemKinds = map[string]string{
	"response.output_item.added":             "",
	"response.output_item.done":              "",
	"response.output_text.delta":             "message",
	"response.output_text.done":              "message",
	"response.output_text.annotation.added":  "message",
	"response.refusal.delta":                 "message",
	"response.refusal.done":                  "message",
	"response.reasoning_summary_text.delta":  "reasoning",
	"response.reasoning_summary_text.done":   "reasoning",
	"response.reasoning_text.delta":          "reasoning",
	"response.reasoning_text.done":           "reasoning",
	"response.function_call_arguments.delta": "function_call",
	"response.function_call_arguments.done":  "function_call",
	"response.custom_tool_call_input.delta":  "custom_tool_call",
	"response.custom_tool_call_input.done":   "custom_tool_call",
}

func (w *wire) partIndex() int { return min(max(w.content+w.summary, 0), maxParts) }

// piece takes a piece of an item's content.
func (d *streamDecoder) piece(it *streamItem, event string, part int, text string) {
	if text == "" {
		return
	}
	switch event {
	case "response.output_text.delta", "response.output_text.done":
		it.say(llm.Text, part, text)
	case "response.refusal.delta", "response.refusal.done":
		it.say(llm.RefusalBlock, part, text)
	case "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done":
		it.think(true, part, text)
	case "response.reasoning_text.delta", "response.reasoning_text.done":
		it.think(false, part, text)
	default:
		it.argue(text)
	}
}

// rest takes the whole of a part: what the deltas have not brought of it.
func (d *streamDecoder) rest(it *streamItem, event string, part int, whole string) {
	if it.kind == "function_call" || it.kind == "custom_tool_call" {
		part = 0
	}
	sent := it.sent[part]
	if len(whole) > sent && utf8.RuneStart(whole[sent]) {
		d.piece(it, event, part, whole[sent:])
	}
}

// say appends to the text of a message.
func (it *streamItem) say(kind llm.BlockKind, part int, text string) {
	if it.kind != "message" {
		return
	}
	if it.open && (it.part != part || it.block != kind) {
		it.close()
	}
	it.begin(llm.Block{Kind: kind}, part)
	it.sent[part] += len(text)
	it.push(llm.Event{Kind: llm.EventDelta, Delta: text})
}

// think appends to the thinking of a reasoning item, which is one block: its
// summary, or else the thinking itself.
func (it *streamItem) think(summary bool, part int, text string) {
	if it.kind != "reasoning" || it.spoken && it.summary != summary {
		return
	}
	it.summary = summary
	if it.spoken && it.part != part {
		it.push(llm.Event{Kind: llm.EventDelta, Delta: "\n\n"})
	}
	it.begin(llm.Block{Kind: llm.Thinking, Summary: summary}, part)
	it.part = part
	it.sent[part] += len(text)
	it.push(llm.Event{Kind: llm.EventDelta, Delta: text})
}

// argue appends to the arguments or the input of a call.
func (it *streamItem) argue(text string) {
	if it.kind != "function_call" && it.kind != "custom_tool_call" {
		return
	}
	it.sent[0] += len(text)
	switch {
	case it.call == nil:
		it.held += text
		return
	case it.wrapped != nil:
		text = it.wrapped.Feed(text)
	}
	if text != "" {
		it.push(llm.Event{Kind: llm.EventDelta, Delta: text})
	}
}

// beginCall begins the block of a call as soon as its name is known.
func (d *streamDecoder) beginCall(it *streamItem, item gjson.Result) {
	if it.call != nil || it.kind != "function_call" && it.kind != "custom_tool_call" {
		return
	}
	c, wrapped, ok := d.call(item)
	if !ok {
		return
	}
	it.call = c
	if wrapped {
		it.wrapped = &protocol.StringExtractor{}
	}
	it.begin(llm.Block{Kind: llm.ToolUse, Call: c, ItemID: c.ItemID}, 0)
	if held := it.held; held != "" {
		it.held = ""
		it.sent[0] -= len(held)
		it.argue(held)
	}
}

func (it *streamItem) begin(b llm.Block, part int) {
	if it.open {
		return
	}
	it.open, it.spoken, it.part, it.block = true, true, part, b.Kind
	if b.ItemID == "" {
		b.ItemID = it.id
	}
	it.push(llm.Event{Kind: llm.EventBlockStart, Block: &b})
}

func (it *streamItem) close() {
	if it.open {
		it.open = false
		it.push(llm.Event{Kind: llm.EventBlockStop})
	}
}

// annotate passes an annotation on.
func (it *streamItem) annotate(w *wire) {
	if it.kind != "message" || !w.annotation.IsObject() || !it.open || it.part != w.partIndex() {
		return
	}
	it.cite(w.partIndex(), "["+w.annotation.Raw+"]")
}

func (it *streamItem) cite(part int, list string) {
	if it.notes == nil {
		it.notes = map[int]bool{}
	}
	it.notes[part] = true
	it.push(llm.Event{Kind: llm.EventDelta, Citations: json.RawMessage(list), Origin: llm.Responses})
}
