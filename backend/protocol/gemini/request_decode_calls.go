package gemini

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// place is where a part stands: in which content, and where in it.
type place struct{ content, part int }

// maxDerivedID is the longest id that every provider takes, older ones of OpenAI
// included.
const maxDerivedID = 40

// id derives the id of a call that has none. It is the same in every later
// request of the conversation, since contents are only ever appended.
func (p place) id(name string) string {
	id := protocol.CallID("call_" + strconv.Itoa(p.content) + "_" + strconv.Itoa(p.part) + "_" + name)
	return id[:min(len(id), maxDerivedID)]
}

// openCall is a call that waits for its result.
type openCall struct{ id, given, name string }

// openCalls finds the call of a result. Google's ids are optional: results
// belong to calls by id where both have one, else by name in the order of the
// calls.
type openCalls struct {
	list     []openCall
	answered bool // results have come since the last call
}

// begin begins a turn of the model: calls that were not answered before can
// still be, unless results have come for some of them.
func (o *openCalls) begin() {
	if o.answered {
		o.list, o.answered = nil, false
	}
}

// take returns the id of the call that a result belongs to, and forgets the
// call. ok is false for a result without a call.
func (o *openCalls) take(id, name string) (string, bool) {
	o.answered = true
	fits := func(c openCall) bool { return c.given == id && id != "" }
	at := o.find(fits)
	if at < 0 {
		// Gemini CLI makes up an id where the model gave none.
		at = o.find(func(c openCall) bool { return c.name == name && (c.given == "" || id == "") })
	}
	if at < 0 {
		return id, false
	}
	found := o.list[at].id
	o.list = append(o.list[:at:at], o.list[at+1:]...)
	return found, true
}

func (o *openCalls) find(fits func(openCall) bool) int {
	for i, c := range o.list {
		if fits(c) {
			return i
		}
	}
	return -1
}

func (d *decoder) functionCall(at place, v gjson.Result) (*llm.Block, *llm.Error) {
	c := &llm.ToolCall{Args: json.RawMessage("{}")}
	failed := members(v, func(name, _ string, v gjson.Result) *llm.Error {
		switch name {
		case "id":
			return readString(v, name, &c.ID)
		case "name":
			return readString(v, name, &c.Name)
		case "args":
			if !v.IsObject() {
				return protocol.Fault(name, "must be an object")
			}
			c.Args = json.RawMessage(v.Raw)
		}
		return nil
	})
	if failed == nil && c.Name == "" {
		failed = protocol.Fault("name", "is required")
	}
	open := openCall{id: c.ID, given: c.ID, name: c.Name}
	if c.ID == "" {
		open.id = at.id(c.Name)
		c.ID = open.id
	}
	d.calls.list = append(d.calls.list, open)
	return &llm.Block{Kind: llm.ToolUse, Call: c}, failed
}

func (d *decoder) functionResponse(v gjson.Result) (*llm.Block, *llm.Error) {
	r := &llm.ToolResult{}
	var id string
	var media []llm.Block
	failed := members(v, func(name, _ string, v gjson.Result) *llm.Error {
		switch name {
		case "id":
			return readString(v, name, &id)
		case "name":
			return readString(v, name, &r.Name)
		case "response":
			readOutput(r, v)
		case "parts":
			return each(v, name, func(_ int, part gjson.Result) *llm.Error {
				b, e := resultPart(part)
				if b != nil {
					media = append(media, *b)
				}
				return e
			})
		}
		return nil
	})
	r.Blocks = append(r.Blocks, media...)
	r.CallID, _ = d.calls.take(id, r.Name)
	return &llm.Block{Kind: llm.ToolOutput, Result: r}, failed
}

// readOutput reads what a tool gave back: {output} and {error} by convention,
// {result} as Google's own SDKs wrap it, {name, content} as the AI SDK does, and
// anything else as it is.
func readOutput(r *llm.ToolResult, v gjson.Result) {
	only, members := v, 0
	v.ForEach(func(key, m gjson.Result) bool {
		members++
		switch key.Str {
		case "output", "result", "content", "error":
			only, r.IsError = m, key.Str == "error"
		case "name":
			members--
		default:
			members++
		}
		return true
	})
	if !v.IsObject() || members != 1 {
		only, r.IsError = v, false
	}
	text := only.Raw
	switch only.Type {
	case gjson.String:
		text = only.Str
	case gjson.Null:
		text = ""
	}
	if text != "" && text != "{}" {
		r.Blocks = append(r.Blocks, llm.Block{Kind: llm.Text, Text: text})
	}
}

// resultPart reads a picture or a document that a tool gave back.
func resultPart(v gjson.Result) (*llm.Block, *llm.Error) {
	var f fields
	if e := f.read(v); e != nil {
		return nil, e
	}
	switch {
	case f.inline.Exists():
		b, e := inlineData(f.inline)
		return b, protocol.Under(e, "inlineData")
	case f.file.Exists():
		b, e := fileData(f.file)
		return b, protocol.Under(e, "fileData")
	}
	return textPart(&f), nil
}
