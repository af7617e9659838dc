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
	if !bytes.Contains(body, []byte(`thinking"`)) {
		return body, false
	}
	out, changed := protocol.StripList(body, "messages", func(m gjson.Result) ([]byte, bool) {
		return protocol.StripList([]byte(m.Raw), "content", stripBlock)
	})
	if out == nil {
		return body, false
	}
	return out, changed
}

func stripBlock(b gjson.Result) ([]byte, bool) {
	switch b.Get("type").Str {
	case "thinking", "redacted_thinking":
		return nil, true
	}
	return []byte(b.Raw), false
}
