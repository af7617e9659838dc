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
	if !bytes.Contains(body, []byte(`"thought`)) || !gjson.ValidBytes(body) {
		return body, false
	}
	out, changed := protocol.StripList(body, "contents", func(c gjson.Result) ([]byte, bool) {
		return protocol.StripList([]byte(c.Raw), "parts", stripPart)
	})
	if out == nil {
		return body, false
	}
	return out, changed
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
