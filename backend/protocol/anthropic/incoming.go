package anthropic

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// incoming is a block of a streamed answer that has begun.
type incoming struct {
	at    int64     // the upstream's index
	block llm.Block // as it begins; no kind: nothing of it is passed on
	begun bool      // its beginning has been passed on
	done  bool      // its end has come
	held  []llm.Event

	isJSON    bool // the forced tool whose arguments are the answer
	input     string
	hasArgs   bool
	arguments []byte // of an opaque block
	signature *llm.Signature
	custom    *protocol.StringExtractor
	account   string
}

// whole reports whether the block is passed on only when it is complete.
func (in *incoming) whole() bool { return in.block.Kind == llm.Opaque }

// void reports whether nothing of the block is passed on.
func (in *incoming) void() bool { return in.block.Kind == "" }

// incoming reads the beginning of a block. Some endpoints put content in it.
func (d *streamDecoder) incoming(at int64, item gjson.Result) *incoming {
	in := &incoming{at: at, account: d.e.Target.AccountID}
	switch item.Get("type").Str {
	case "text":
		in.block.Kind = llm.Text
		in.add(item.Get("text").Str)
	case "thinking":
		in.block.Kind = llm.Thinking
		in.add(item.Get("thinking").Str)
		in.signature = d.sign(item.Get("signature").Str)
	case "tool_use":
		d.incomingCall(in, item)
	case "":
	default:
		if b, ok := d.block(item); ok && gjson.Valid(item.Raw) {
			in.block = b
		}
	}
	return in
}

func (d *streamDecoder) incomingCall(in *incoming, item gjson.Result) {
	if input := item.Get("input"); input.IsObject() && input.Raw != "{}" && gjson.Valid(input.Raw) {
		in.input = input.Raw
	}
	if d.isJSONTool(item.Get("name").Str) {
		in.block.Kind, in.isJSON = llm.Text, true
		return
	}
	b, ok := d.call(item)
	if !ok {
		return
	}
	in.block = b
	if b.Call.Custom {
		in.custom = &protocol.StringExtractor{}
	}
}

func (in *incoming) add(text string) {
	if text != "" {
		in.held = append(in.held, llm.Event{Kind: llm.EventDelta, Delta: clean(text)})
	}
}

func (in *incoming) delta(v gjson.Result) {
	switch v.Get("type").Str {
	case "text_delta":
		if in.block.Kind == llm.Text && !in.isJSON {
			in.add(v.Get("text").Str)
		}
	case "thinking_delta":
		if in.block.Kind == llm.Thinking {
			in.add(v.Get("thinking").Str)
		}
	case "input_json_delta":
		in.args(v.Get("partial_json").Str)
	case "signature_delta":
		// One replaces another; it is passed on as the last of its block.
		if s := v.Get("signature").Str; s != "" && in.block.Kind == llm.Thinking {
			in.signature = &llm.Signature{Origin: llm.Anthropic, Account: in.account, Value: s}
		}
	case "citations_delta":
		if c := v.Get("citation"); c.IsObject() && gjson.Valid(c.Raw) && in.block.Kind == llm.Text {
			in.held = append(in.held, llm.Event{
				Kind: llm.EventDelta, Origin: llm.Anthropic, Citations: json.RawMessage("[" + c.Raw + "]"),
			})
		}
	}
}

// args takes a piece of a tool's arguments.
func (in *incoming) args(piece string) {
	if piece == "" {
		return
	}
	in.hasArgs = true
	switch {
	case in.whole():
		in.arguments = append(in.arguments, piece...)
	case in.custom != nil:
		in.add(in.custom.Feed(piece))
	case in.block.Kind == llm.ToolUse || in.isJSON:
		in.add(piece)
	}
}

// stop ends the block: what was missing of it comes now.
func (in *incoming) stop() {
	if in.done {
		return
	}
	in.done = true
	if in.block.Kind == llm.ToolUse || in.isJSON {
		if !in.hasArgs {
			in.args(in.input)
		}
		if !in.hasArgs && in.custom == nil {
			in.add("{}")
		}
	}
	if in.custom != nil {
		in.add(in.custom.Close())
	}
	if in.signature != nil {
		in.held = append(in.held, llm.Event{Kind: llm.EventDelta, Signature: in.signature})
	}
	if in.whole() && len(in.arguments) > 0 {
		in.block.Raw = withInput(in.block.Raw, in.arguments)
	}
}

// withInput puts the arguments that came piece by piece into an opaque block.
func withInput(raw, input []byte) json.RawMessage {
	var at [1]protocol.Field
	if !gjson.ValidBytes(input) || protocol.Scan(raw, []string{"input"}, at[:]) != nil {
		return raw
	}
	if at[0].Found() {
		return protocol.Splice(raw, at[0], input)
	}
	return raw
}
