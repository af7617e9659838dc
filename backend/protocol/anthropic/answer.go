package anthropic

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// DecodeCount implements protocol.UpstreamCodec.
func (Format) DecodeCount(body []byte) (int64, bool) {
	n := gjson.GetBytes(body, "input_tokens")
	return n.Int(), n.Type == gjson.Number
}

// DecodeResponse implements protocol.UpstreamCodec.
func (Format) DecodeResponse(body []byte, e *protocol.Encoded) (*llm.Response, *llm.Error) {
	if !gjson.ValidBytes(body) {
		return nil, &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer is not valid JSON"}
	}
	root := gjson.ParseBytes(body)
	if root.Get("type").Str == "error" || root.Get("error").IsObject() {
		return nil, parseError(0, body)
	}
	if !root.Get("content").IsArray() && !root.Get("stop_reason").Exists() {
		return nil, &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer is not a message"}
	}
	r := reader{e: e}
	out := &llm.Response{ID: clean(root.Get("id").Str), Model: clean(root.Get("model").Str)}
	root.Get("content").ForEach(func(_, item gjson.Result) bool {
		if b, ok := r.block(item); ok {
			out.Blocks = append(out.Blocks, b)
		}
		return true
	})
	out.Stop = r.stop(root)
	if u := root.Get("usage"); u.IsObject() {
		out.Usage, out.Metered = ParseUsage([]byte(u.Raw)), true
		out.Usage.Source = llm.Reported
		out.Tier = tierOf(u.Get("service_tier").Str)
	}
	return out, nil
}

// reader understands the parts that whole and streamed answers share.
type reader struct {
	e     *protocol.Encoded
	calls int
}

func (r *reader) jsonTool() string {
	s, _ := r.e.State.(state) // none for an answer to a request that was not ours
	return s.jsonTool
}

func (r *reader) isJSONTool(name string) bool { return name != "" && name == r.jsonTool() }

func (r *reader) sign(value string) *llm.Signature {
	if value == "" {
		return nil
	}
	return &llm.Signature{Origin: llm.Anthropic, Account: r.e.Target.AccountID, Value: value}
}

// block reads a whole block; ok is false for one that says nothing.
func (r *reader) block(item gjson.Result) (b llm.Block, ok bool) {
	switch item.Get("type").Str {
	case "text":
		b = llm.Block{Kind: llm.Text, Text: clean(item.Get("text").Str)}
		if c := item.Get("citations"); c.IsArray() && c.Raw != "[]" {
			b.Citations, b.Origin = json.RawMessage(c.Raw), llm.Anthropic
		}
		return b, b.Text != ""
	case "thinking":
		b = llm.Block{Kind: llm.Thinking, Text: clean(item.Get("thinking").Str), Signature: r.sign(item.Get("signature").Str)}
		return b, b.Text != "" || b.Signature != nil
	case "redacted_thinking":
		data := item.Get("data").Str
		return llm.Block{Kind: llm.Redacted, Text: data, Signature: r.sign(data)}, data != ""
	case "tool_use":
		return r.toolUse(item)
	case "":
		return b, false
	}
	return llm.Block{Kind: llm.Opaque, Raw: json.RawMessage(item.Raw), Origin: llm.Anthropic}, true
}

func (r *reader) toolUse(item gjson.Result) (llm.Block, bool) {
	input := item.Get("input").Raw
	if r.isJSONTool(item.Get("name").Str) {
		return llm.Block{Kind: llm.Text, Text: string(protocol.RepairJSON(input))}, true
	}
	b, ok := r.call(item)
	switch {
	case !ok:
	case b.Call.Custom:
		b.Call.Input = protocol.CustomInput(input)
	default:
		b.Call.Args = protocol.RepairJSON(input)
	}
	return b, ok
}

// call reads the head of a call, and restores the client's name of the tool.
func (r *reader) call(item gjson.Result) (llm.Block, bool) {
	upstream := clean(item.Get("name").Str)
	if upstream == "" {
		return llm.Block{}, false
	}
	r.calls++
	c := &llm.ToolCall{ID: clean(item.Get("id").Str), Custom: r.e.Names.Custom(upstream)}
	c.Namespace, c.Name = r.e.Names.Client(upstream)
	if c.ID == "" {
		c.ID = protocol.NewID("toolu_", 24)
	}
	return llm.Block{Kind: llm.ToolUse, Call: c}, true
}

// reasons is Anthropic's stop reasons in canonical words.
var reasons = map[string]llm.StopReason{
	"end_turn":                      llm.StopEndTurn,
	"max_tokens":                    llm.StopMaxTokens,
	"stop_sequence":                 llm.StopSequence,
	"tool_use":                      llm.StopToolUse,
	"pause_turn":                    llm.StopPause,
	"refusal":                       llm.StopRefusal,
	"model_context_window_exceeded": llm.StopContextExceeded,
	"compaction":                    llm.StopCompaction,
}

// stop reads how an answer ended out of a message or the delta of one. Whether
// tools are to be run is told by the calls, not by the word.
func (r *reader) stop(v gjson.Result) llm.Stop {
	word := v.Get("stop_reason").Str
	s := llm.Stop{
		Reason: reasons[word], Sequence: clean(v.Get("stop_sequence").Str), Detail: clean(v.Get("stop_details.explanation").Str),
	}
	if s.Reason == "" && word != "" {
		s.Reason = llm.StopOther
	}
	s.Reason = r.reconcile(s.Reason)
	return s
}

func (r *reader) reconcile(reason llm.StopReason) llm.StopReason {
	switch {
	case r.calls > 0 && (reason == llm.StopEndTurn || reason == llm.StopOther || reason == ""):
		return llm.StopToolUse
	case r.calls == 0 && (reason == llm.StopToolUse || reason == ""):
		return llm.StopEndTurn
	}
	return reason
}

func tierOf(word string) string {
	if word == "standard" {
		return "default"
	}
	return word
}

// clean replaces what is not UTF-8; nothing else can be passed on.
func clean(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
