package protocoltest

import (
	"slices"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// Pair checks the way from a client of one format to an upstream of another and
// back, with every row of the tables: the client's words, the upstream's words
// and the answer in both forms.
func Pair(t *testing.T, client, upstream protocol.Codec) {
	t.Helper()
	p := &pair{
		client:   &suite{codec: client, profile: profileOf(client.ID())},
		upstream: &suite{codec: upstream, profile: profileOf(upstream.ID())},
	}
	t.Run("requests", p.requests)
	t.Run("prefix", p.prefix)
	t.Run("answers", p.answers)
	t.Run("failures", p.failures)
}

type pair struct{ client, upstream *suite }

// requests sends what a client wrote to the upstream. What the client's format
// cannot say is not in its words, so that only the upstream's profile counts.
func (p *pair) requests(t *testing.T) {
	for _, tt := range requestCases() {
		if slices.Contains(tt.not, p.client.codec.ID()) || slices.Contains(tt.not, p.upstream.codec.ID()) {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			req := tt.req
			req.Origin, req.Model = p.client.codec.ID(), "client-model"
			x, e := send(p.client.codec, &req, p.client.profile.target(tt.reasoner))
			if e != nil {
				return // the client cannot ask for it
			}
			p.upstream.request(t, x.seen, p.upstream.profile.target(tt.reasoner))
		})
	}
}

// answers lets the upstream answer and reads what the client gets.
func (p *pair) answers(t *testing.T) {
	for _, tt := range answerCases() {
		if slices.Contains(tt.not, p.upstream.codec.ID()) {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			near, far := p.route(t)
			// In the client's words, and then in the upstream's.
			resp := tt.of(p.upstream.profile)
			worded := near.worded(resp)
			given := far.worded(worded)

			got := p.upstream.whole(t, far, given)
			checkAnswer(t, worded, got, p.upstream.profile)
			whole := p.client.whole(t, near, got)
			checkAnswer(t, resp, whole, p.upstream.profile, p.client.profile)

			for _, size := range []int{1, 9} {
				checkEqualAnswer(t, whole, p.streamed(t, near, far, EventsOf(given, size)))
			}
		})
	}
}

// route sends the request to which all answers are possible down the whole way.
func (p *pair) route(t *testing.T) (near, far *exchange) {
	t.Helper()
	near = mustSend(t, p.client.codec, asking(p.client.codec.ID()), p.client.profile.reasoner)
	return near, mustSend(t, p.upstream.codec, near.seen, p.upstream.profile.reasoner)
}

// streamed lets the upstream stream the events and returns what the client
// makes of what it gets.
func (p *pair) streamed(t *testing.T, near, far *exchange, events []llm.Event) []llm.Event {
	t.Helper()
	from := encodeStream(p.upstream.codec, far.seen, events)
	canonical := decode(t, p.upstream.codec, far.enc, from.events)
	to := encodeStream(p.client.codec, near.seen, canonical)
	checkBytes(t, p.client.codec, to)
	return decode(t, p.client.codec, near.enc, to.events)
}

// checkEqualAnswer compares the streamed answer that a client reads with the
// whole one. An id may be made up where the upstream gave none that fits.
func checkEqualAnswer(t *testing.T, whole *llm.Response, events []llm.Event) {
	t.Helper()
	if e := failure(events); e != nil {
		t.Fatal(e)
	}
	got := Collect(events)
	// Signed thoughts may stand elsewhere: a stream cannot look ahead.
	signs := []string{"thinking.signature", "call.signature", "redacted"}
	a, b := answerFacts(whole, true).without(signs), answerFacts(got, true).without(signs)
	if !equalFacts(a, b) || whole.Stop.Reason != got.Stop.Reason {
		t.Errorf("the stream tells another answer than the whole\ngot %q\n%swant %q\n%s", got.Stop.Reason, b, whole.Stop.Reason, a)
	}
}

// failures checks that a stream that fails at the upstream fails at the client.
func (p *pair) failures(t *testing.T) {
	near, far := p.route(t)
	all := EventsOf(far.worded(near.worded(rich(p.upstream.profile))), 5)
	for n := 1; n < len(all)-2; n++ {
		events := append(append([]llm.Event(nil), all[:n]...), llm.Event{Kind: llm.EventFailed, Err: overloaded()})
		e := failure(p.streamed(t, near, far, events))
		checkOverloaded(t, e)
	}
}
