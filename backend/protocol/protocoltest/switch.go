package protocoltest

import (
	"bytes"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// Switch checks a conversation that begins at one upstream and goes on at
// another: nothing that only the first understands may reach the second, and
// what was signed for an upstream finds its way back to it.
func Switch(t *testing.T, client, first, second protocol.Codec) {
	t.Helper()
	p := &pair{
		client:   &suite{codec: client, profile: profileOf(client.ID())},
		upstream: &suite{codec: first, profile: profileOf(first.ID())},
	}
	near, far := p.route(t)
	given := far.worded(near.worded(signed(p.upstream.profile)))

	got := p.upstream.whole(t, far, given)
	whole := turn{answer: p.client.whole(t, near, got), raw: client.EncodeResponse(got, near.seen)}
	from := encodeStream(first, far.seen, EventsOf(given, 5))
	to := encodeStream(client, near.seen, decode(t, first, far.enc, from.events))
	streamed := turn{answer: Collect(decode(t, client, near.enc, to.events)), raw: to.events[len(to.events)-1].Data}

	for form, said := range map[string]turn{"whole": whole, "streamed": streamed} {
		body := p.goOn(t, near, said, second)
		if bytes.Contains(body, []byte("gw1:")) || bytes.Contains(body, []byte("Z3cxO")) {
			t.Errorf("%s: the gateway's label reaches the upstream: %s", form, body)
		}
		sent, fits := bytes.Contains(body, []byte(proof)), first.ID() == second.ID()
		if sent && !fits {
			t.Errorf("%s: a signature of %s reaches %s: %s", form, first.ID(), second.ID(), body)
		}
		if !sent && fits && carries(client.ID(), first.ID()) {
			t.Errorf("%s: the signature is lost on the way: %s", form, body)
		}
	}
}

// proof is the signature of the answer in whose conversation the upstream
// changes.
const proof = "EqoBCkYIBRgC"

// signed is an answer that is signed where the format signs: Gemini signs calls
// rather than thoughts.
func signed(p *profile) *llm.Response {
	resp := rich(p)
	if p.protocol == llm.Gemini {
		last := len(resp.Blocks) - 1
		resp.Blocks[last].Signature, resp.Blocks[0].Signature = resp.Blocks[0].Signature, nil
	}
	return resp
}

// turn is an answer as the client has it: read, and in the bytes that it came
// in (of a stream, the last event).
type turn struct {
	answer *llm.Response
	raw    []byte
}

// goOn sends the answer back as history and asks for more, at another upstream.
func (p *pair) goOn(t *testing.T, near *exchange, said turn, second protocol.Codec) []byte {
	t.Helper()
	req := p.next(t, near, said)
	far := mustSend(t, second, req, profileOf(second.ID()).reasoner)
	if l := factsOf(far.restored(req)); !l.has("call") || !l.has("result") || !l.has("text.assistant") {
		t.Errorf("the history is not whole:\n%s", l)
	}
	return far.enc.Body
}

// next is the client's next request as the gateway reads it.
func (p *pair) next(t *testing.T, near *exchange, said turn) *llm.Request {
	t.Helper()
	if p.client.codec.ID() == llm.Responses {
		return p.nextItems(t, near, said.raw)
	}
	req := asking(p.client.codec.ID())
	var results []llm.Block
	for _, b := range said.answer.Blocks {
		if b.Kind == llm.ToolUse {
			results = append(results, result(b.Call.ID, text("sun")))
		}
	}
	req.Turns = append(req.Turns, llm.Turn{Role: llm.Assistant, Blocks: said.answer.Blocks}, user(results...))
	return mustSend(t, p.client.codec, req, p.client.profile.reasoner).seen
}

// nextItems writes the items of the answer back as they came, which is what
// Responses clients do. The codec's upstream side would not do for that: it
// leaves out reasoning that nothing follows, as OpenAI demands.
func (p *pair) nextItems(t *testing.T, near *exchange, raw []byte) *llm.Request {
	t.Helper()
	output := gjson.GetBytes(raw, "output")
	if !output.Exists() {
		output = gjson.GetBytes(raw, "response.output")
	}
	input := []byte(gjson.GetBytes(near.enc.Body, "input").Raw)
	input = input[:len(input)-1]
	var results []byte
	for _, item := range output.Array() {
		input = append(append(input, ','), item.Raw...)
		if id := item.Get("call_id"); id.Exists() {
			results = append(results, `,{"type":"function_call_output","output":"sun","call_id":`+id.Raw+`}`...)
		}
	}
	var at [1]protocol.Field
	if err := protocol.Scan(near.enc.Body, []string{"input"}, at[:]); err != nil {
		t.Fatal(err)
	}
	body := protocol.Splice(near.enc.Body, at[0], append(append(input, results...), ']'))
	req, e := p.client.codec.DecodeRequest(body, headOf(&protocol.Encoded{Body: body}))
	if e != nil {
		t.Fatal(e)
	}
	return req
}

// carries reports whether the client's format has a place that brings a
// signature back, and the upstream's format signs at all. Through Chat only the
// signature of a call can come back, in a member that OpenAI itself would refuse
// and that the suite's client therefore never sends.
func carries(client, upstream llm.Protocol) bool {
	return client != llm.OpenAI && upstream != llm.OpenAI
}
