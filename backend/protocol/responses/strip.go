package responses

import (
	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// StripReasoning implements protocol.UpstreamCodec: it drops the reasoning
// items, whose encrypted content a provider refuses that has not made it.
func (Format) StripReasoning(body []byte) ([]byte, bool) {
	var at [1]protocol.Field
	if protocol.Scan(body, []string{"input"}, at[:]) != nil || !at[0].Found() {
		return body, false
	}
	items := gjson.ParseBytes(at[0].Of(body))
	if !items.IsArray() {
		return body, false
	}
	list, found := protocol.BeginList(nil), false
	items.ForEach(func(_, item gjson.Result) bool {
		if item.Get("type").Str == "reasoning" {
			found = true
		} else {
			list.Raw([]byte(item.Raw))
		}
		return true
	})
	if !found {
		return body, false
	}
	return protocol.Splice(body, at[0], list.End()), true
}
