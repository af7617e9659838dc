package simulator

import (
	"strconv"

	"github.com/tidwall/gjson"
)

// wholeMessage is the body of an answer that is not streamed.
func (a *anthropic) wholeMessage(x *exchange, q *messageRequest) obj {
	content := arr{}
	for i := range q.answer.blocks {
		if b := &q.answer.blocks[i]; b.kind != refusalBlock {
			content = append(content, q.contentBlock(x, b, true))
		}
	}
	reason, sequence, details := q.stopFields()
	return q.envelope(content, reason, sequence, details, q.usage(x, x.usage.Output))
}

// envelope is a message around its content.
func (q *messageRequest) envelope(content arr, reason, sequence, details any, usage obj) obj {
	return obj{
		{"id", q.id},
		{"type", "message"},
		{"role", "assistant"},
		{"model", q.model.id},
		{"content", content},
		{"stop_reason", reason},
		{"stop_sequence", sequence},
		{"stop_details", details},
		{"container", nil},
		{"usage", usage},
	}
}

func (q *messageRequest) stopFields() (reason, sequence, details any) {
	switch q.answer.stop {
	case stopLimit:
		return "max_tokens", nil, nil
	case stopSequence:
		return "stop_sequence", q.answer.sequence, nil
	case stopTool:
		return "tool_use", nil, nil
	case stopRefusal:
		return "refusal", nil, obj{{"type", "refusal"}, {"category", nil}, {"explanation", q.answer.join(refusalBlock)}}
	}
	return "end_turn", nil, nil
}

// contentBlock is a block of the answer: whole, or as it begins in a stream.
func (q *messageRequest) contentBlock(x *exchange, b *block, whole bool) obj {
	said, input, signature := "", raw("{}"), ""
	if whole {
		said, signature = b.text, q.sign(x, b)
		if gjson.Valid(b.text) { // a call cut by max_tokens has no whole input
			input = raw(compact(b.text))
		}
	}
	switch b.kind {
	case thinkingBlock:
		if q.omit {
			said = ""
		}
		return obj{{"type", "thinking"}, {"thinking", said}, {"signature", signature}}
	case redactedBlock:
		return obj{{"type", "redacted_thinking"}, {"data", x.sim.mint.close(claudeSeal("redacted"), x.account.id, b.text)}}
	case callBlock:
		return obj{{"type", "tool_use"}, {"id", x.id("toolu_01", 22, strconv.Itoa(b.n))}, {"name", b.name}, {"input", input}}
	}
	return obj{{"type", "text"}, {"text", said}}
}

// sign returns the signature of a thinking block.
func (q *messageRequest) sign(x *exchange, b *block) string {
	if b.kind != thinkingBlock {
		return ""
	}
	if q.omit {
		return x.sim.mint.close(claudeSeal("omitted"), x.account.id, b.text)
	}
	return x.sim.mint.signature(x.account.id, b.text)
}

// usage is Anthropic's arithmetic: input_tokens leaves out what the cache read
// and wrote.
func (q *messageRequest) usage(x *exchange, output int64) obj {
	u := x.usage
	thought := u.Reasoning
	if output < u.Output {
		thought = 0 // at the start
	}
	o := obj{
		{"input_tokens", u.Input - u.CacheRead - u.CacheWrite},
		{"cache_creation_input_tokens", u.CacheWrite},
		{"cache_read_input_tokens", u.CacheRead},
		{"cache_creation", obj{{"ephemeral_5m_input_tokens", q.written.short}, {"ephemeral_1h_input_tokens", q.written.long}}},
		{"output_tokens", output},
		{"output_tokens_details", obj{{"thinking_tokens", thought}}},
		{"server_tool_use", nil},
		{"service_tier", "standard"},
	}
	return o.with("inference_geo", orWord(q.geo, "global")).with("speed", orWord(q.speed, "standard"))
}
