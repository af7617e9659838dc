package openai

import (
	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// readInput reads a body in the words of Responses, which Cursor sends to the
// path of Chat Completions: input is a string, or a list of messages, calls and
// their outputs. Anything beyond that belongs to the other path.
func (d *decoder) readInput() *llm.Error {
	if protocol.IsSet(d.instructions) {
		b := llm.Block{Kind: llm.Text}
		if e := protocol.ReadString(d.instructions, "instructions", &b.Text); e != nil {
			return e
		}
		d.req.System = append(d.req.System, b)
	}
	switch {
	case d.input.Type == gjson.String:
		d.appendTurn(llm.Turn{Role: llm.User, Blocks: []llm.Block{{Kind: llm.Text, Text: d.input.Str}}})
		return nil
	case !d.input.IsArray():
		return protocol.Fault("input", "must be a string or a list; Chat Completions takes `messages`")
	}
	for i, item := range d.input.Array() {
		if e := d.inputItem(item); e != nil {
			return protocol.UnderIndex(e, "input", i)
		}
	}
	if len(d.req.Turns) == 0 && len(d.req.System) == 0 {
		return protocol.Fault("input", "must hold at least one message")
	}
	return nil
}

func (d *decoder) inputItem(v gjson.Result) *llm.Error {
	switch kind := v.Get("type").Str; kind {
	case "message", "":
		return d.message(v)
	case "function_call", "custom_tool_call":
		return d.inputCall(v, kind == "custom_tool_call")
	case "function_call_output", "custom_tool_call_output":
		m := message{role: "tool", callID: v.Get("call_id").Str, content: v.Get("output")}
		return d.toolMessage(&m)
	case "reasoning": // only its author could read it
		return nil
	default:
		return protocol.Fault("type", "\""+kind+"\" is not known to Chat Completions: send the request to /v1/responses, or use `messages`")
	}
}

// inputCall reads a call. Calls that follow each other were made at once.
func (d *decoder) inputCall(v gjson.Result, custom bool) *llm.Error {
	call := &llm.ToolCall{Custom: custom}
	if e := protocol.ReadString(v.Get("call_id"), "call_id", &call.ID); e != nil {
		return e
	}
	if call.ID == "" {
		return protocol.Fault("call_id", "is required")
	}
	read := readFunction
	if custom {
		read = readCustom
	}
	if e := read(v, call); e != nil {
		return e
	}
	b := llm.Block{Kind: llm.ToolUse, Call: call}
	if n := len(d.req.Turns); n > 0 && d.req.Turns[n-1].Role == llm.Assistant {
		d.req.Turns[n-1].Blocks = append(d.req.Turns[n-1].Blocks, b)
		return nil
	}
	d.appendTurn(llm.Turn{Role: llm.Assistant, Blocks: []llm.Block{b}})
	return nil
}
