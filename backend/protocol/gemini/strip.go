package gemini

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// StripReasoning implements protocol.UpstreamCodec. It takes the thoughts and
// signatures out of the contents and leaves every other byte in its place; a
// call keeps the word that stands for a signature. A content of nothing but
// thoughts goes with them, since an empty one is refused.
func (Format) StripReasoning(body []byte) ([]byte, bool) {
	var at [1]protocol.Field
	if !bytes.Contains(body, []byte(`"thought`)) || protocol.Scan(body, []string{"contents"}, at[:]) != nil || !at[0].Found() {
		return body, false
	}
	if !gjson.ValidBytes(at[0].Of(body)) {
		return body, false
	}
	list := protocol.BeginList(nil)
	changed := false
	gjson.ParseBytes(at[0].Of(body)).ForEach(func(_, c gjson.Result) bool {
		raw, ok := stripContent([]byte(c.Raw))
		changed = changed || ok
		if raw != nil {
			list.Raw(raw)
		}
		return true
	})
	if !changed || list.Empty() {
		return body, false
	}
	return protocol.Splice(body, at[0], list.End()), true
}

// stripContent returns nil when nothing is left of a content.
func stripContent(raw []byte) ([]byte, bool) {
	var at [1]protocol.Field
	if protocol.Scan(raw, []string{"parts"}, at[:]) != nil || !at[0].Found() {
		return raw, false
	}
	parts := gjson.ParseBytes(at[0].Of(raw))
	if !parts.IsArray() {
		return raw, false
	}
	list := protocol.BeginList(nil)
	changed := false
	parts.ForEach(func(_, p gjson.Result) bool {
		part, ok := stripPart(p)
		changed = changed || ok
		if part != nil {
			list.Raw(part)
		}
		return true
	})
	switch {
	case !changed:
		return raw, false
	case list.Empty():
		return nil, true
	}
	return protocol.Splice(raw, at[0], list.End()), true
}

// stripPart returns nil for a part of which nothing is left.
func stripPart(p gjson.Result) ([]byte, bool) {
	var f fields
	if f.read(p) != nil {
		return []byte(p.Raw), false
	}
	signed := f.signature != "" && !isBypass(f.signature)
	switch {
	case f.thought:
		return nil, true
	case !signed:
		return []byte(p.Raw), false
	}
	o := protocol.BeginObject(nil)
	p.ForEach(func(key, v gjson.Result) bool {
		if camel(key.Str) != "thoughtSignature" {
			o.Raw(key.Str, []byte(v.Raw))
		}
		return true
	})
	if f.call.Exists() {
		o.String("thoughtSignature", bypass)
	}
	isEmpty := f.text.Exists() && f.text.Str == "" || o.Empty()
	if isEmpty && !f.call.Exists() && !f.response.Exists() && !f.other {
		return nil, true
	}
	return o.End(), true
}
