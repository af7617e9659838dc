package anthropic

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// blockMembers are the members of blocks that are read; the rest is not looked
// at.
var blockMembers = []string{
	"type", "text", "cache_control", "citations", "source", "title", "context", "thinking", "signature",
	"data", "id", "name", "input", "tool_use_id", "content", "is_error", "tool_name",
}

// Places in blockMembers.
const (
	mType = iota
	mText
	mCache
	mCitations
	mSource
	mTitle
	mContext
	mThinking
	mSignature
	mData
	mID
	mName
	mInput
	mUseID
	mContent
	mIsError
	mToolName
	memberCount
)

// fields are the members of one block, found in one pass, as a block may be
// megabytes long.
type fields [memberCount]gjson.Result

func (f *fields) read(item gjson.Result) {
	item.ForEach(func(key, v gjson.Result) bool {
		for i, name := range blockMembers {
			if key.Str == name {
				f[i] = v
				break
			}
		}
		return true
	})
}

// block appends what a content block means. It may be several blocks: a
// document made of blocks can hold pictures.
func (d *decoder) block(out []llm.Block, item gjson.Result) ([]llm.Block, *llm.Error) {
	if !item.IsObject() {
		return out, &llm.Error{Kind: llm.InvalidRequest, Message: "must be an object"}
	}
	var f fields
	f.read(item)
	if f[mType].Str == "" {
		return out, protocol.Fault("type", "is required")
	}
	var mark *llm.CacheMark
	if e := cacheMark(f[mCache], &mark); e != nil {
		return out, e
	}
	from := len(out)
	out, e := d.known(out, &f, item)
	if e == nil && len(out) > from {
		out[len(out)-1].Cache = mark
	}
	return out, e
}

func (d *decoder) known(out []llm.Block, f *fields, item gjson.Result) ([]llm.Block, *llm.Error) {
	one := func(b llm.Block, e *llm.Error) ([]llm.Block, *llm.Error) { return append(out, b), e }
	switch f[mType].Str {
	case "text":
		return one(decodeText(f))
	case "image":
		return one(decodeImage(f))
	case "document":
		return d.document(out, f)
	case "search_result":
		return one(decodeSearchResult(f), nil)
	case "thinking":
		return one(decodeThinking(f))
	case "redacted_thinking":
		return one(decodeRedacted(f))
	case "tool_use":
		return one(decodeToolUse(f))
	case "tool_result":
		return one(d.toolResult(f))
	case "tool_reference":
		return one(d.toolReference(f), nil)
	}
	return one(llm.Block{Kind: llm.Opaque, Raw: json.RawMessage(item.Raw), Origin: llm.Anthropic}, nil)
}

func decodeText(f *fields) (llm.Block, *llm.Error) {
	b := llm.Block{Kind: llm.Text}
	if !protocol.IsSet(f[mText]) {
		return b, protocol.Fault("text", "is required")
	}
	if c := f[mCitations]; c.IsArray() && c.Raw != "[]" {
		b.Citations, b.Origin = json.RawMessage(c.Raw), llm.Anthropic
	}
	return b, protocol.ReadString(f[mText], "text", &b.Text)
}

func decodeThinking(f *fields) (llm.Block, *llm.Error) {
	b := llm.Block{Kind: llm.Thinking}
	if e := protocol.ReadString(f[mThinking], "thinking", &b.Text); e != nil {
		return b, e
	}
	var signature string
	e := protocol.ReadString(f[mSignature], "signature", &signature)
	b.Signature = protocol.UnpackSignature(llm.Anthropic, signature)
	return b, e
}

// decodeRedacted reads reasoning that only its author can read. Its data is
// kept like a signature, since it is valid for its author only.
func decodeRedacted(f *fields) (llm.Block, *llm.Error) {
	b := llm.Block{Kind: llm.Redacted}
	var data string
	if e := protocol.ReadString(f[mData], "data", &data); e != nil {
		return b, e
	}
	if b.Signature = protocol.UnpackSignature(llm.Anthropic, data); b.Signature != nil {
		b.Text = b.Signature.Value
	}
	return b, nil
}

func decodeToolUse(f *fields) (llm.Block, *llm.Error) {
	c := &llm.ToolCall{Args: json.RawMessage("{}")}
	b := llm.Block{Kind: llm.ToolUse, Call: c}
	if e := protocol.ReadString(f[mID], "id", &c.ID); e != nil {
		return b, e
	}
	if e := protocol.ReadString(f[mName], "name", &c.Name); e != nil {
		return b, e
	}
	switch {
	case c.ID == "":
		return b, protocol.Fault("id", "is required")
	case c.Name == "":
		return b, protocol.Fault("name", "is required")
	case !protocol.IsSet(f[mInput]):
	case !f[mInput].IsObject():
		return b, protocol.Fault("input", "must be an object")
	default:
		c.Args = json.RawMessage(f[mInput].Raw)
	}
	return b, nil
}

func (d *decoder) toolResult(f *fields) (llm.Block, *llm.Error) {
	r := &llm.ToolResult{}
	b := llm.Block{Kind: llm.ToolOutput, Result: r}
	if e := protocol.ReadString(f[mUseID], "tool_use_id", &r.CallID); e != nil {
		return b, e
	}
	if r.CallID == "" {
		return b, protocol.Fault("tool_use_id", "is required")
	}
	var failed *bool
	if e := protocol.ReadBool(f[mIsError], "is_error", &failed); e != nil {
		return b, e
	}
	r.IsError = failed != nil && *failed
	var e *llm.Error
	r.Blocks, e = d.content(f[mContent], "")
	return b, e
}

// toolReference loads a deferred tool. Only its name tells others of it.
func (d *decoder) toolReference(f *fields) llm.Block {
	name := f[mToolName].Str
	if d.loaded == nil {
		d.loaded = map[string]bool{}
	}
	d.loaded[name] = true
	return llm.Block{Kind: llm.Text, Text: "The tool " + name + " is available now."}
}

// decodeSearchResult makes text of a search result that the client brings.
func decodeSearchResult(f *fields) llm.Block {
	lines := []string{f[mTitle].Str, f[mSource].Str}
	for _, part := range f[mContent].Array() {
		lines = append(lines, part.Get("text").Str)
	}
	return llm.Block{Kind: llm.Text, Text: strings.Join(lines, "\n")}
}
