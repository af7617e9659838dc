package anthropic

import (
	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

func (d *decoder) messages(v gjson.Result) *llm.Error {
	if !v.IsArray() {
		return protocol.Fault("messages", "must be a list of messages")
	}
	d.req.Turns = []llm.Turn{}
	i := 0
	var failed *llm.Error
	v.ForEach(func(_, m gjson.Result) bool {
		failed = protocol.UnderIndex(d.message(m), "messages", i)
		i++
		return failed == nil
	})
	if failed == nil && i == 0 {
		return protocol.Fault("messages", "must hold at least one message")
	}
	return failed
}

func (d *decoder) message(m gjson.Result) *llm.Error {
	if !m.IsObject() {
		return &llm.Error{Kind: llm.InvalidRequest, Message: "must be an object"}
	}
	t := llm.Turn{}
	var content gjson.Result
	var failed *llm.Error
	m.ForEach(func(key, v gjson.Result) bool {
		switch key.Str {
		case "role":
			failed = readRole(v, &t.Role)
		case "content":
			content = v
		case "output_config":
			failed = protocol.Under(protocol.ReadString(v.Get("effort"), "effort", &t.Effort), key.Str)
		default:
			t.Extra = protocol.Keep(t.Extra, key.Str, v)
		}
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	if t.Role == "" {
		return protocol.Fault("role", "is required")
	}
	if t.Blocks, failed = d.content(content, t.Role); failed != nil {
		return failed
	}
	d.appendTurn(t)
	return nil
}

// appendTurn appends a turn; a system turn that comes first is an instruction
// like any other.
func (d *decoder) appendTurn(t llm.Turn) {
	if t.Role == llm.System && len(d.req.Turns) == 0 {
		d.req.System = append(d.req.System, t.Blocks...)
		if t.Effort != "" {
			d.effort = t.Effort
		}
		return
	}
	d.req.Turns = append(d.req.Turns, t)
}

func readRole(v gjson.Result, out *llm.Role) *llm.Error {
	switch r := llm.Role(v.Str); r {
	case llm.User, llm.Assistant, llm.System:
		*out = r
		return nil
	}
	return protocol.Fault("role", "must be user, assistant or system")
}

// content reads a string or a list of blocks. An empty string is no block: no
// upstream takes one.
func (d *decoder) content(v gjson.Result, role llm.Role) ([]llm.Block, *llm.Error) {
	switch {
	case v.Type == gjson.String && v.Str == "":
		return nil, nil
	case v.Type == gjson.String:
		return []llm.Block{{Kind: llm.Text, Text: v.Str}}, nil
	case !protocol.IsSet(v) && role != llm.User:
		return nil, nil
	case !protocol.IsSet(v):
		return nil, protocol.Fault("content", "is required")
	case !v.IsArray():
		return nil, protocol.Fault("content", "must be a string or a list of content blocks")
	}
	return d.blocks(v)
}

// blocks reads a list of blocks, and gives the signatures that stand in blocks
// of their own (see carrier) back to the blocks that they were made for.
func (d *decoder) blocks(v gjson.Result) ([]llm.Block, *llm.Error) {
	var out []llm.Block
	var next *llm.Signature
	var failed *llm.Error
	i := 0
	v.ForEach(func(_, item gjson.Result) bool {
		if sig, place := carried(item); sig != nil {
			if place == carriedNext {
				next = sig
			} else if n := len(out); n > 0 {
				out[n-1].Signature = sig
			}
			i++
			return true
		}
		from := len(out)
		out, failed = d.block(out, item)
		failed = protocol.UnderIndex(failed, "content", i)
		if next != nil && len(out) > from {
			out[from].Signature, next = next, nil
		}
		i++
		return failed == nil
	})
	return out, failed
}
