package protocoltest

import (
	"bytes"
	"testing"

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
	resp := rich(p.upstream.profile)
	proof := "EqoBCkYIBRgC" // of the thought, where the format signs
	given := far.worded(near.worded(resp))

	whole := p.client.whole(t, near, p.upstream.whole(t, far, given))
	streamed := Collect(p.streamed(t, near, far, EventsOf(given, 5)))
	for form, answer := range map[string]*llm.Response{"whole": whole, "streamed": streamed} {
		body := p.goOn(t, answer, second)
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

// goOn sends the answer back as history and asks for more, at another upstream.
func (p *pair) goOn(t *testing.T, answer *llm.Response, second protocol.Codec) []byte {
	t.Helper()
	req := asking(p.client.codec.ID())
	var results []llm.Block
	for _, b := range answer.Blocks {
		if b.Kind == llm.ToolUse {
			results = append(results, result(b.Call.ID, text("sun")))
		}
	}
	req.Turns = append(req.Turns, llm.Turn{Role: llm.Assistant, Blocks: answer.Blocks}, user(results...))
	near := mustSend(t, p.client.codec, req, p.client.profile.reasoner)
	far := mustSend(t, second, near.seen, profileOf(second.ID()).reasoner)
	if l := factsOf(far.restored(near.seen)); !l.has("call") || !l.has("result") || !l.has("text.assistant") {
		t.Errorf("the history is not whole:\n%s", l)
	}
	return far.enc.Body
}

// carries reports whether the client's format has a place that brings a thought's
// signature back, and the upstream's format one to send it in. Gemini signs
// calls and texts rather than thoughts.
func carries(client, upstream llm.Protocol) bool {
	return client != llm.OpenAI && upstream != llm.OpenAI && upstream != llm.Gemini
}
