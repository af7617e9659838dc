package openai

import (
	"encoding/json"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// message is one element of messages with its members found in one pass, as a
// message may be megabytes long.
type message struct {
	role, name, callID string
	refusal            string
	reasoning          string
	content            gjson.Result
	calls, legacyCall  gjson.Result
	mark               *llm.CacheMark
	extra              map[string]json.RawMessage
}

func (d *decoder) readMessages() *llm.Error {
	if !d.messages.IsArray() {
		return protocol.Fault("messages", "must be a list of messages")
	}
	i := 0
	var failed *llm.Error
	d.messages.ForEach(func(_, v gjson.Result) bool {
		failed = protocol.UnderIndex(d.message(v), "messages", i)
		i++
		return failed == nil
	})
	if failed == nil && i == 0 {
		return protocol.Fault("messages", "must hold at least one message")
	}
	return failed
}

func (d *decoder) message(v gjson.Result) *llm.Error {
	if !v.IsObject() {
		return protocol.NotAnObject()
	}
	var m message
	var failed *llm.Error
	v.ForEach(func(key, v gjson.Result) bool {
		failed = m.member(key.Str, v)
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	if !d.messages.Exists() { // the further members of an input item mean nothing here
		m.extra = nil
	}
	switch m.role {
	case "system", "developer":
		return d.systemMessage(&m)
	case "user":
		return d.userMessage(&m)
	case "assistant":
		return d.assistantMessage(&m)
	case "tool", "function":
		return d.toolMessage(&m)
	case "":
		return protocol.Fault("role", "is required")
	}
	return protocol.Fault("role", "must be developer, system, user, assistant, tool or function")
}

func (m *message) member(key string, v gjson.Result) *llm.Error {
	switch key {
	case "role":
		return protocol.ReadString(v, key, &m.role)
	case "content":
		m.content = v
	case "name":
		return protocol.ReadString(v, key, &m.name)
	case "tool_call_id":
		return protocol.ReadString(v, key, &m.callID)
	case "tool_calls":
		m.calls = v
	case "function_call":
		m.legacyCall = v
	case "refusal":
		return protocol.ReadString(v, key, &m.refusal)
	case "reasoning_content":
		return protocol.ReadString(v, key, &m.reasoning)
	case "reasoning":
		if v.Type == gjson.String && m.reasoning == "" {
			m.reasoning = v.Str
		}
	case "cache_control":
		m.mark = readMark(v)
	default:
		if protocol.IsSet(v) {
			m.extra = protocol.Keep(m.extra, key, v)
		}
	}
	return nil
}

// blocks reads the content and puts the message's own cache mark on its end.
func (m *message) blocks() ([]llm.Block, *llm.Error) {
	out, e := decodeContent(nil, m.content)
	if n := len(out); n > 0 && m.mark != nil {
		out[n-1].Cache = m.mark
	}
	return out, e
}

// appendTurn appends a turn to the conversation.
func (d *decoder) appendTurn(t llm.Turn) {
	d.req.Turns = append(d.req.Turns, t)
	d.results = false
}

func (d *decoder) systemMessage(m *message) *llm.Error {
	blocks, e := m.blocks()
	if e != nil {
		return e
	}
	for i := range blocks {
		blocks[i].Developer = m.role == "developer"
	}
	if len(d.req.Turns) == 0 {
		d.req.System = append(d.req.System, blocks...)
		return nil
	}
	d.appendTurn(llm.Turn{Role: llm.System, Blocks: blocks, Name: m.name, Extra: m.extra})
	return nil
}

func (d *decoder) userMessage(m *message) *llm.Error {
	if !protocol.IsSet(m.content) {
		return protocol.Fault("content", "is required")
	}
	blocks, e := m.blocks()
	d.appendTurn(llm.Turn{Role: llm.User, Blocks: blocks, Name: m.name, Extra: m.extra})
	return e
}

// toolMessage reads the result of a tool. Results that follow each other make
// one turn.
func (d *decoder) toolMessage(m *message) *llm.Error {
	r := &llm.ToolResult{CallID: m.callID, Name: m.name}
	if m.role == "function" {
		if m.name == "" {
			return protocol.Fault("name", "is required")
		}
		r.CallID = legacyID(d.legacy)
	}
	if r.CallID == "" {
		return protocol.Fault("tool_call_id", "is required")
	}
	var e *llm.Error
	if r.Blocks, e = decodeContent(nil, m.content); e != nil {
		return e
	}
	b := llm.Block{Kind: llm.ToolOutput, Result: r, Cache: m.mark}
	if d.results {
		last := &d.req.Turns[len(d.req.Turns)-1]
		last.Blocks = append(last.Blocks, b)
		return nil
	}
	d.appendTurn(llm.Turn{Role: llm.User, Blocks: []llm.Block{b}, Extra: m.extra})
	d.results = true
	return nil
}

// assistantMessage reads what the model said, in the order in which it came to
// be: reasoning, text, calls.
func (d *decoder) assistantMessage(m *message) *llm.Error {
	var blocks []llm.Block
	if m.reasoning != "" {
		blocks = append(blocks, llm.Block{Kind: llm.Thinking, Text: m.reasoning})
	}
	content, e := m.blocks()
	if e != nil {
		return e
	}
	blocks = append(blocks, content...)
	if m.refusal != "" {
		blocks = append(blocks, llm.Block{Kind: llm.RefusalBlock, Text: m.refusal})
	}
	if blocks, e = d.calls(blocks, m); e != nil {
		return e
	}
	d.appendTurn(llm.Turn{Role: llm.Assistant, Blocks: blocks, Name: m.name, Extra: m.extra})
	return nil
}

// legacyID is the id that stands for the nth call of the days without ids. A
// result belonged to the call before it.
func legacyID(n int) string { return "call_function_" + strconv.Itoa(n) }

func (d *decoder) calls(blocks []llm.Block, m *message) ([]llm.Block, *llm.Error) {
	if f := m.legacyCall; protocol.IsSet(f) {
		d.legacy++
		call := &llm.ToolCall{ID: legacyID(d.legacy)}
		if e := readFunction(f, call); e != nil {
			return nil, protocol.Under(e, "function_call")
		}
		blocks = append(blocks, llm.Block{Kind: llm.ToolUse, Call: call})
	}
	if protocol.IsSet(m.calls) && !m.calls.IsArray() {
		return nil, protocol.Fault("tool_calls", "must be a list of tool calls")
	}
	for i, v := range m.calls.Array() {
		b, e := decodeCall(v)
		if e != nil {
			return nil, protocol.UnderIndex(e, "tool_calls", i)
		}
		if b.Signature != nil && b.Signature.Origin != llm.Gemini {
			blocks = giveBack(blocks, b.Signature)
			b.Signature = nil
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

func decodeCall(v gjson.Result) (llm.Block, *llm.Error) {
	call := &llm.ToolCall{}
	b := llm.Block{Kind: llm.ToolUse, Call: call}
	if !v.IsObject() {
		return b, protocol.NotAnObject()
	}
	if e := protocol.ReadString(v.Get("id"), "id", &call.ID); e != nil {
		return b, e
	}
	if call.ID == "" {
		return b, protocol.Fault("id", "is required")
	}
	b.Signature = protocol.UnpackSignature(llm.Gemini, v.Get(signaturePath).Str)
	switch v.Get("type").Str {
	case "function", "":
		return b, protocol.Under(readFunction(v.Get("function"), call), "function")
	case "custom":
		call.Custom = true
		return b, protocol.Under(readCustom(v.Get("custom"), call), "custom")
	}
	return b, protocol.Fault("type", "must be function or custom")
}

// readFunction reads a call's name and arguments. The arguments are a string,
// but clients that take them apart send the object.
func readFunction(v gjson.Result, call *llm.ToolCall) *llm.Error {
	if e := readName(v, call); e != nil {
		return e
	}
	args := v.Get("arguments")
	call.Args = json.RawMessage("{}")
	switch {
	case args.Type == gjson.String && args.Str != "":
		call.Args = json.RawMessage(args.Str)
	case args.IsObject():
		call.Args = json.RawMessage(args.Raw)
	case protocol.IsSet(args) && args.Type != gjson.String:
		return protocol.Fault("arguments", "must be a string of JSON")
	}
	return nil
}

func readCustom(v gjson.Result, call *llm.ToolCall) *llm.Error {
	if e := readName(v, call); e != nil {
		return e
	}
	return protocol.ReadString(v.Get("input"), "input", &call.Input)
}

func readName(v gjson.Result, call *llm.ToolCall) *llm.Error {
	if e := protocol.ReadString(v.Get("name"), "name", &call.Name); e != nil {
		return e
	}
	if call.Name == "" {
		return protocol.Fault("name", "is required")
	}
	return nil
}
