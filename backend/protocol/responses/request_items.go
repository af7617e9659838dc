package responses

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// inputItem is an item of the conversation, its members found in one pass, as an
// item may be megabytes long.
type inputItem struct {
	kind, role, id, phase, name, namespace, callID string

	content, arguments, input, output, summary, encrypted, tools gjson.Result
	raw                                                          string
}

func (it *inputItem) read(v gjson.Result) {
	it.raw = v.Raw
	v.ForEach(func(key, m gjson.Result) bool {
		if s := it.str(key.Str); s != nil {
			*s = m.Str
		} else if r := it.value(key.Str); r != nil {
			*r = m
		}
		return true
	})
	if it.kind == "" && it.role != "" {
		it.kind = "message"
	}
}

func (it *inputItem) str(key string) *string {
	switch key {
	case "type":
		return &it.kind
	case "role":
		return &it.role
	case "id":
		return &it.id
	case "phase":
		return &it.phase
	case "name":
		return &it.name
	case "namespace":
		return &it.namespace
	case "call_id":
		return &it.callID
	}
	return nil
}

func (it *inputItem) value(key string) *gjson.Result {
	switch key {
	case "content":
		return &it.content
	case "arguments":
		return &it.arguments
	case "input":
		return &it.input
	case "output":
		return &it.output
	case "summary":
		return &it.summary
	case "encrypted_content":
		return &it.encrypted
	case "tools":
		return &it.tools
	}
	return nil
}

// input reads a text or a list of items.
func (d *requestDecoder) input(v gjson.Result) *llm.Error {
	switch {
	case !protocol.IsSet(v):
		return nil
	case v.Type == gjson.String:
		d.turn(llm.Turn{Role: llm.User, Blocks: []llm.Block{{Kind: llm.Text, Text: v.Str}}})
		return nil
	case !v.IsArray():
		return &llm.Error{Kind: llm.InvalidRequest, Message: "must be a string or a list of items"}
	}
	i := 0
	var failed *llm.Error
	v.ForEach(func(_, item gjson.Result) bool {
		failed = protocol.UnderElement(d.item(item), "", i)
		i++
		return failed == nil
	})
	return failed
}

func (d *requestDecoder) item(v gjson.Result) *llm.Error {
	if !v.IsObject() {
		return protocol.NotAnObject()
	}
	var it inputItem
	it.read(v)
	switch it.kind {
	case "":
		return protocol.Fault("type", "is required: an item has a type or a role")
	case "message":
		return d.message(&it)
	case "function_call", "custom_tool_call":
		return d.call(&it)
	case "function_call_output", "custom_tool_call_output":
		return d.result(&it)
	case "reasoning":
		d.thought(&it)
		return nil
	case "additional_tools":
		return protocol.Under(d.tools(it.tools, toolSpace{}), "tools")
	case "item_reference":
		return &llm.Error{
			Kind: llm.InvalidRequest, Code: "unsupported_parameter", Param: "id",
			Message: "id: item references are not supported here, because the gateway keeps no items. Send the item itself (store: false)",
		}
	}
	d.opaque(&it)
	return nil
}

// turn appends a turn of its own.
func (d *requestDecoder) turn(t llm.Turn) {
	d.last = itemOther
	d.req.Turns = append(d.req.Turns, t)
}

func (d *requestDecoder) message(it *inputItem) *llm.Error {
	blocks, e := d.content(it.content, it.role)
	if e != nil {
		return protocol.Under(e, "content")
	}
	switch it.role {
	case "user":
		d.turn(llm.Turn{Role: llm.User, Blocks: blocks})
	case "assistant":
		for i := range blocks {
			blocks[i].ItemID = it.id
		}
		d.say(it.phase, blocks)
	case "system", "developer":
		for i := range blocks {
			blocks[i].Developer = it.role == "developer"
		}
		if len(d.req.Turns) == 0 {
			d.req.System = append(d.req.System, blocks...)
			return nil
		}
		d.turn(llm.Turn{Role: llm.System, Blocks: blocks})
	default:
		return protocol.Fault("role", "must be user, assistant, system or developer")
	}
	return nil
}

// say appends a message of the assistant. Messages of one phase share a turn.
func (d *requestDecoder) say(phase string, blocks []llm.Block) {
	if d.last == itemAssistant && d.spoken && d.assistant().Phase != phase {
		d.last = itemOther
	}
	t := d.assistant()
	t.Phase, d.spoken = phase, true
	for _, b := range blocks {
		d.answer(b)
	}
}

// assistant returns the assistant's turn at the end, a new one if need be: all
// that a model says between two words of others is one turn.
func (d *requestDecoder) assistant() *llm.Turn {
	if d.last != itemAssistant {
		d.turn(llm.Turn{Role: llm.Assistant})
		d.last, d.spoken = itemAssistant, false
	}
	return &d.req.Turns[len(d.req.Turns)-1]
}

// answer appends a block of the assistant, with the signature that waits for it.
func (d *requestDecoder) answer(b llm.Block) {
	if d.next != nil && b.Signature == nil {
		b.Signature, d.next = d.next, nil
	}
	t := d.assistant()
	t.Blocks = append(t.Blocks, b)
}

func (d *requestDecoder) call(it *inputItem) *llm.Error {
	c := &llm.ToolCall{ID: it.callID, ItemID: it.id, Name: it.name, Namespace: it.namespace}
	switch {
	case c.ID == "":
		return protocol.Fault("call_id", "is required")
	case c.Name == "":
		return protocol.Fault("name", "is required")
	case it.kind == "custom_tool_call":
		c.Custom, c.Input = true, it.input.String()
	case it.arguments.IsObject(): // some clients forget to make a string of it
		c.Args = json.RawMessage(it.arguments.Raw)
	default:
		c.Args = protocol.RepairJSON(it.arguments.Str)
	}
	d.answer(llm.Block{Kind: llm.ToolUse, Call: c, ItemID: it.id})
	return nil
}

func (d *requestDecoder) result(it *inputItem) *llm.Error {
	r := &llm.ToolResult{CallID: it.callID, Name: it.name, Namespace: it.namespace, Custom: it.kind != "function_call_output"}
	if r.CallID == "" {
		return protocol.Fault("call_id", "is required")
	}
	switch {
	case it.output.IsObject():
		r.Blocks = []llm.Block{{Kind: llm.Text, Text: it.output.Raw}}
	case protocol.IsSet(it.output):
		var e *llm.Error
		if r.Blocks, e = d.content(it.output, "tool"); e != nil {
			return protocol.Under(e, "output")
		}
	}
	b := llm.Block{Kind: llm.ToolOutput, Result: r, ItemID: it.id}
	if d.last == itemResult {
		t := &d.req.Turns[len(d.req.Turns)-1]
		t.Blocks = append(t.Blocks, b)
		return nil
	}
	d.turn(llm.Turn{Role: llm.User, Blocks: []llm.Block{b}})
	d.last = itemResult
	return nil
}

// thought reads a reasoning item. One that brings the signature of a neighbour
// becomes no block of its own; one with neither text nor content is a mere
// reference to what the provider keeps.
func (d *requestDecoder) thought(it *inputItem) {
	b := llm.Block{Kind: llm.Thinking, ItemID: it.id}
	b.Text, b.Summary = joinParts(it.summary), true
	if raw := joinParts(it.content); raw != "" {
		b.Text, b.Summary = raw, false
	}
	var place string
	b.Signature, place = openSlot(it.encrypted.Str)
	switch {
	case place == slotNext:
		d.next = b.Signature
	case place == slotPrevious:
		if t := d.assistant(); len(t.Blocks) > 0 {
			t.Blocks[len(t.Blocks)-1].Signature = b.Signature
		}
	case place == slotRedacted:
		d.answer(llm.Block{Kind: llm.Redacted, Text: b.Signature.Value, Signature: b.Signature})
	case b.Text != "" || b.Signature != nil:
		t := d.assistant()
		t.Blocks = append(t.Blocks, b)
	}
}

// joinParts joins the texts of a list of parts, as paragraphs.
func joinParts(list gjson.Result) string {
	var texts []string
	for _, part := range list.Array() {
		if s := part.Get("text").Str; s != "" {
			texts = append(texts, s)
		}
	}
	return strings.Join(texts, "\n\n")
}

// opaque keeps an item that only Responses knows. Calls are the assistant's,
// their outputs the user's.
func (d *requestDecoder) opaque(it *inputItem) {
	b := llm.Block{Kind: llm.Opaque, Raw: json.RawMessage(it.raw), Origin: llm.Responses, ItemID: it.id}
	if isAnswerKind(it.kind) {
		t := d.assistant()
		t.Blocks = append(t.Blocks, b)
		return
	}
	d.turn(llm.Turn{Role: llm.User, Blocks: []llm.Block{b}})
}

// isAnswerKind tells the items that a model produces from those that answer it.
func isAnswerKind(kind string) bool {
	switch kind {
	case "compaction", "mcp_list_tools", "mcp_approval_request", "program":
		return true
	}
	return strings.HasSuffix(kind, "_call")
}
