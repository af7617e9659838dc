package responses

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// reader turns an upstream's items into blocks, in the client's words.
type reader struct {
	names   *protocol.Names
	account string
	native  bool // the client speaks this format too
	stops   []string
}

func newReader(e *protocol.Encoded) reader {
	r := reader{}
	if e == nil {
		return r
	}
	r.names, r.account = e.Names, e.Target.AccountID
	if e.Request != nil {
		r.native = e.Request.Origin == llm.Responses
		for _, s := range e.Request.Stop {
			if s != "" {
				r.stops = append(r.stops, s)
			}
		}
	}
	return r
}

// DecodeResponse implements protocol.UpstreamCodec.
func (Format) DecodeResponse(body []byte, e *protocol.Encoded) (*llm.Response, *llm.Error) {
	root := gjson.ParseBytes(body)
	if !gjson.ValidBytes(body) || !root.IsObject() {
		return nil, &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer cannot be read"}
	}
	if failure := failureOf(root); failure != nil {
		return nil, failure
	}
	r := newReader(e)
	out := &llm.Response{
		ID: root.Get("id").Str, Model: root.Get("model").Str, Created: root.Get("created_at").Int(), Tier: root.Get("service_tier").Str,
	}
	for _, item := range root.Get("output").Array() {
		out.Blocks = append(out.Blocks, r.blocks(item)...)
	}
	if u := root.Get("usage"); u.IsObject() {
		out.Usage, out.Metered = ParseUsage([]byte(u.Raw)), true
		out.Usage.Source = llm.Reported
	}
	ended := ending{}
	for i := range out.Blocks {
		ended.note(out.Blocks[i].Kind)
	}
	out.Stop = ended.stop(root)
	r.cut(out)
	return out, nil
}

// failureOf is the error in a response that has failed, or that is no response
// at all; nil otherwise.
func failureOf(root gjson.Result) *llm.Error {
	status, e := root.Get("status").Str, root.Get("error")
	if status != statusFailed && !e.IsObject() && root.Get("output").IsArray() {
		return nil
	}
	switch {
	case e.IsObject():
		return parseFailure(e)
	case status == statusFailed:
		return &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer failed without saying why"}
	}
	return &llm.Error{Kind: llm.BadUpstream, Message: "the provider's answer cannot be read: it holds no output"}
}

// ending gathers what a response's end depends on.
type ending struct{ called, refused bool }

func (n *ending) note(kind llm.BlockKind) {
	n.called = n.called || kind == llm.ToolUse
	n.refused = n.refused || kind == llm.RefusalBlock
}

// stop reads why the response ended.
func (n *ending) stop(response gjson.Result) llm.Stop {
	switch response.Get("status").Str {
	case statusIncomplete:
		switch response.Get("incomplete_details.reason").Str {
		case "max_output_tokens":
			return llm.Stop{Reason: llm.StopMaxTokens}
		case "content_filter":
			return llm.Stop{Reason: llm.StopContentFilter}
		}
		return llm.Stop{Reason: llm.StopOther}
	case statusCancelled:
		return llm.Stop{Reason: llm.StopCancelled}
	}
	switch {
	case n.called:
		return llm.Stop{Reason: llm.StopToolUse}
	case n.refused:
		return llm.Stop{Reason: llm.StopRefusal}
	}
	return llm.Stop{Reason: llm.StopEndTurn}
}

// cut ends the answer before a stop sequence, as the API has none itself.
func (r *reader) cut(out *llm.Response) {
	for i := range out.Blocks {
		b := &out.Blocks[i]
		if b.Kind != llm.Text {
			continue
		}
		if at, found := protocol.FindStop(b.Text, r.stops); found != "" {
			b.Text = b.Text[:at]
			out.Blocks = out.Blocks[:i+1]
			if b.Text == "" {
				out.Blocks = out.Blocks[:i]
			}
			out.Stop = llm.Stop{Reason: llm.StopSequence, Sequence: found}
			return
		}
	}
}

// blocks reads a whole item.
func (r *reader) blocks(item gjson.Result) []llm.Block {
	switch item.Get("type").Str {
	case "message":
		return messageBlocks(item)
	case "reasoning":
		if b := r.thinking(item); b.Text != "" || b.Signature != nil {
			return []llm.Block{b}
		}
		return nil
	case "function_call", "custom_tool_call":
		if b, ok := r.callBlock(item); ok {
			return []llm.Block{b}
		}
		return nil
	}
	if b, ok := r.hosted(item); ok {
		return []llm.Block{b}
	}
	return nil
}

// hosted keeps the item of a tool that ran at the provider, for clients that
// know such items.
func (r *reader) hosted(item gjson.Result) (llm.Block, bool) {
	b := llm.Block{Kind: llm.Opaque, Raw: json.RawMessage(item.Raw), Origin: llm.Responses, ItemID: item.Get("id").Str}
	return b, r.native && item.Get("type").Str != ""
}

func messageBlocks(item gjson.Result) []llm.Block {
	var out []llm.Block
	id := item.Get("id").Str
	for _, part := range item.Get("content").Array() {
		b := llm.Block{Kind: llm.Text, ItemID: id, Text: valid(part.Get("text").Str)}
		if part.Get("type").Str == "refusal" {
			b.Kind, b.Text = llm.RefusalBlock, valid(part.Get("refusal").Str)
		}
		if notes := part.Get("annotations"); len(notes.Array()) > 0 {
			b.Citations, b.Origin = json.RawMessage(notes.Raw), llm.Responses
		}
		if b.Text != "" {
			out = append(out, b)
		}
	}
	return out
}

// thinking reads a reasoning item: the summary, or else the thinking itself,
// which open models show.
func (r *reader) thinking(item gjson.Result) llm.Block {
	b := llm.Block{Kind: llm.Thinking, ItemID: item.Get("id").Str, Summary: true}
	b.Text = valid(joinParts(item.Get("summary")))
	if b.Text == "" {
		if raw := joinParts(item.Get("content")); raw != "" {
			b.Text, b.Summary = valid(raw), false
		}
	}
	b.Signature = r.signature(item)
	return b
}

func (r *reader) signature(item gjson.Result) *llm.Signature {
	secret := item.Get("encrypted_content").Str
	if secret == "" {
		return nil
	}
	return &llm.Signature{Origin: llm.Responses, Account: r.account, Value: valid(secret)}
}

// call reads what is known of a call at its beginning; ok is false while its
// name is not.
func (r *reader) call(item gjson.Result) (c *llm.ToolCall, wrapped, ok bool) {
	name := item.Get("name").Str
	if name == "" {
		return nil, false, false
	}
	c = &llm.ToolCall{ID: item.Get("call_id").Str, ItemID: item.Get("id").Str, Custom: item.Get("type").Str == "custom_tool_call"}
	if c.ID == "" {
		c.ID = c.ItemID
	}
	if c.ID == "" {
		c.ID = protocol.NewID("call_", 24)
	}
	c.Namespace, c.Name = r.names.Client(name)
	if ns := item.Get("namespace").Str; ns != "" {
		c.Namespace = ns
	}
	wrapped = !c.Custom && r.names.Custom(name)
	c.Custom = c.Custom || wrapped
	return c, wrapped, true
}

func (r *reader) callBlock(item gjson.Result) (llm.Block, bool) {
	c, wrapped, ok := r.call(item)
	if !ok {
		return llm.Block{}, false
	}
	switch args := valid(item.Get("arguments").String()); {
	case wrapped:
		c.Input = protocol.CustomInput(args)
	case c.Custom:
		c.Input = valid(item.Get("input").String())
	default:
		c.Args = protocol.RepairJSON(args)
	}
	return llm.Block{Kind: llm.ToolUse, Call: c, ItemID: c.ItemID}, true
}

// valid replaces what is no UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// DecodeCount implements protocol.UpstreamCodec.
func (Format) DecodeCount(body []byte) (int64, bool) {
	n := gjson.GetBytes(body, "input_tokens")
	return n.Int(), n.Type == gjson.Number
}
