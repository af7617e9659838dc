package openai

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// StripReasoning implements protocol.UpstreamCodec: the messages lose their
// reasoning and the signatures of their calls. Everything else stays byte for
// byte.
func (Format) StripReasoning(body []byte) ([]byte, bool) {
	if !bytes.Contains(body, []byte(`"reasoning`)) && !bytes.Contains(body, []byte(`"extra_content"`)) &&
		!bytes.Contains(body, []byte(`"thinking_blocks"`)) {
		return body, false
	}
	var at [1]protocol.Field
	if protocol.Scan(body, []string{"messages"}, at[:]) != nil || !at[0].Found() {
		return body, false
	}
	raw := at[0].Of(body)
	if !gjson.ValidBytes(raw) {
		return body, false
	}
	stripped, changed := stripList(raw, stripMessage)
	if !changed {
		return body, false
	}
	return protocol.Splice(body, at[0], stripped), true
}

// stripList applies strip to the elements of a list that are objects.
func stripList(raw []byte, strip func(gjson.Result) ([]byte, bool)) ([]byte, bool) {
	v := gjson.ParseBytes(raw)
	if !v.IsArray() {
		return raw, false
	}
	l := protocol.BeginList(nil)
	changed := false
	v.ForEach(func(_, item gjson.Result) bool {
		out, some := []byte(item.Raw), false
		if item.IsObject() {
			out, some = strip(item)
		}
		changed = changed || some
		l.Raw(out)
		return true
	})
	return l.End(), changed
}

func stripMessage(m gjson.Result) ([]byte, bool) {
	return stripMembers(m, func(name string) bool {
		switch name {
		case "reasoning_content", "reasoning", "reasoning_details", "thinking_blocks":
			return true
		}
		return false
	})
}

func stripCall(c gjson.Result) ([]byte, bool) {
	return stripMembers(c, func(name string) bool { return name == "extra_content" })
}

// stripMembers returns an object without some of its members, and its calls
// without their signatures.
func stripMembers(v gjson.Result, drop func(string) bool) ([]byte, bool) {
	o := protocol.BeginObject(nil)
	changed := false
	v.ForEach(func(key, m gjson.Result) bool {
		raw := []byte(m.Raw)
		switch {
		case drop(key.Str):
			changed = true
			return true
		case key.Str == "tool_calls":
			var some bool
			raw, some = stripList(raw, stripCall)
			changed = changed || some
		}
		o.Raw(key.Str, raw)
		return true
	})
	if !changed {
		return []byte(v.Raw), false
	}
	return o.End(), true
}
