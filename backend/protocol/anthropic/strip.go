package anthropic

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// StripReasoning implements protocol.UpstreamCodec. It takes the thoughts out of
// the messages and leaves every other byte in its place. A message of nothing
// but thoughts goes with them, since an empty one is refused.
func (Format) StripReasoning(body []byte) ([]byte, bool) {
	var at [1]protocol.Field
	if !bytes.Contains(body, []byte(`thinking"`)) || protocol.Scan(body, []string{"messages"}, at[:]) != nil || !at[0].Found() {
		return body, false
	}
	list := protocol.BeginList(nil)
	changed := false
	gjson.ParseBytes(at[0].Of(body)).ForEach(func(_, m gjson.Result) bool {
		raw, ok := stripMessage([]byte(m.Raw))
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

// stripMessage takes the thoughts out of one message; it returns nil when
// nothing is left of it.
func stripMessage(raw []byte) ([]byte, bool) {
	var at [1]protocol.Field
	if protocol.Scan(raw, []string{"content"}, at[:]) != nil || !at[0].Found() {
		return raw, false
	}
	content := gjson.ParseBytes(at[0].Of(raw))
	if !content.IsArray() {
		return raw, false
	}
	list := protocol.BeginList(nil)
	changed := false
	content.ForEach(func(_, b gjson.Result) bool {
		if isReasoning(b) {
			changed = true
		} else {
			list.Raw([]byte(b.Raw))
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

func isReasoning(b gjson.Result) bool {
	kind := b.Get("type").Str
	return kind == "thinking" || kind == "redacted_thinking"
}
