package kiro

import (
	"bytes"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// StripReasoning implements protocol.UpstreamCodec. It takes the reasoning out
// of the history and leaves every other byte in its place.
func (Format) StripReasoning(body []byte) ([]byte, bool) {
	if !bytes.Contains(body, []byte(`"reasoningContent"`)) || !gjson.ValidBytes(body) {
		return body, false
	}
	var at [1]protocol.Field
	if protocol.Scan(body, []string{"conversationState"}, at[:]) != nil || !at[0].Found() {
		return body, false
	}
	state, changed := protocol.StripList(at[0].Of(body), "history", stripMessage)
	if !changed || state == nil {
		return body, false
	}
	return protocol.Splice(body, at[0], state), true
}

// stripMessage takes the reasoning out of one message of the history. The
// message stays: the service wants both sides to take turns.
func stripMessage(m gjson.Result) ([]byte, bool) {
	said := m.Get("assistantResponseMessage")
	if !said.Get("reasoningContent").Exists() {
		return []byte(m.Raw), false
	}
	o := protocol.BeginObject([]byte(`{"assistantResponseMessage":`))
	said.ForEach(func(key, v gjson.Result) bool {
		if key.Str != "reasoningContent" {
			o.Raw(key.Str, []byte(v.Raw))
		}
		return true
	})
	return append(o.End(), '}'), true
}
