package responses

import (
	"strconv"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// EncodeResponse implements protocol.ClientCodec.
func (Format) EncodeResponse(resp *llm.Response, req *llm.Request) []byte {
	if req == nil {
		req = &llm.Request{}
	}
	w := &answerWriter{req: req, ids: newIDs(resp.ID)}
	w.settle(resp.Stop)
	w.id, w.model, w.created, w.tier = w.ids.response, resp.Model, resp.Created, resp.Tier
	if w.model == "" {
		w.model = req.Model
	}
	refused := false
	for i := range resp.Blocks {
		w.state = statusCompleted
		if i == len(resp.Blocks)-1 {
			w.state = w.itemStatus()
		}
		w.block(&resp.Blocks[i])
		refused = refused || resp.Blocks[i].Kind == llm.RefusalBlock
	}
	if resp.Stop.Reason == llm.StopRefusal && !refused {
		w.block(&llm.Block{Kind: llm.RefusalBlock, Text: refusalText(resp.Stop)})
	}
	usage := resp.Usage
	w.usage = &usage
	return appendObject(nil, &w.answer, echoOf(req))
}

// answerWriter collects the items of a whole answer.
type answerWriter struct {
	answer
	req   *llm.Request
	ids   ids
	items int
	state string // of the item at hand
}

func (w *answerWriter) add(prefix, own string, item func(dst []byte, id string) []byte) {
	if len(w.output) > 0 {
		w.output = append(w.output, ',')
	}
	w.output = item(w.output, w.ids.item(prefix, own, w.items))
	w.items++
}

func (w *answerWriter) block(b *llm.Block) {
	carried := (b.Kind == llm.Text || b.Kind == llm.ToolUse) && isForeign(b.Signature)
	if carried {
		w.secret(fillSlot(b.Signature, slotNext), "")
	}
	switch b.Kind {
	case llm.Text, llm.RefusalBlock:
		if b.Text == "" && len(b.Citations) == 0 {
			return
		}
		part := appendTextPart(nil, b.Kind, []byte(b.Text), annotationsOf(b.Citations, b.Origin))
		w.add("msg_", b.ItemID, func(dst []byte, id string) []byte { return appendMessageItem(dst, id, w.state, part) })
	case llm.Thinking:
		secret := fillSlot(b.Signature, slotOwn)
		if b.Text == "" && secret == "" {
			return
		}
		w.add("rs_", b.ItemID, func(dst []byte, id string) []byte {
			return appendReasoningItem(dst, thought{id: id, secret: secret, text: []byte(b.Text), raw: showsRaw(b, w.req)})
		})
	case llm.Redacted:
		w.secret(redactedSlot(b), b.ItemID)
	case llm.ToolUse:
		c := callOf(b.Call, w.req)
		w.add(callPrefix(c), c.ItemID, func(dst []byte, id string) []byte {
			return appendCallItem(dst, id, w.state, c, callValue(c))
		})
	case llm.Opaque:
		if b.Origin == llm.Responses {
			w.add("", b.ItemID, func(dst []byte, _ string) []byte { return append(dst, protocol.Compact(b.Raw)...) })
		}
	case llm.Image:
		w.image(b)
	}
}

// secret adds a reasoning item that only carries a value for the next turn.
func (w *answerWriter) secret(value, own string) {
	if value != "" {
		w.add("rs_", own, func(dst []byte, id string) []byte {
			return appendReasoningItem(dst, thought{id: id, secret: value})
		})
	}
}

func (w *answerWriter) image(b *llm.Block) {
	switch m := b.Media; {
	case m == nil:
	case m.Data != "":
		w.add("ig_", b.ItemID, func(dst []byte, id string) []byte { return appendImageItem(dst, id, m.Data) })
	case m.URL != "":
		w.block(&llm.Block{Kind: llm.Text, Text: "![image](" + m.URL + ")"})
	}
}

// redactedSlot carries reasoning that only its author can read.
func redactedSlot(b *llm.Block) string {
	s := b.Signature
	if s == nil && b.Text != "" && b.Origin != "" {
		s = &llm.Signature{Origin: b.Origin, Value: b.Text}
	}
	if s != nil && s.Origin == llm.Responses {
		return fillSlot(s, slotOwn)
	}
	return fillSlot(s, slotRedacted)
}

// callValue is the arguments or the input of a call, as a string.
func callValue(c *llm.ToolCall) string {
	switch {
	case c.Custom:
		return c.Input
	case len(c.Args) == 0:
		return "{}"
	}
	return string(c.Args)
}

// EncodeCount implements protocol.ClientCodec.
func (Format) EncodeCount(tokens int64) []byte {
	return append(strconv.AppendInt([]byte(`{"object":"response.input_tokens","input_tokens":`), tokens, 10), '}')
}
