package protocoltest

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// answers checks that a whole answer, worded by the client side, is read by the
// upstream side as the same answer.
func (s *suite) answers(t *testing.T) {
	for _, tt := range answerCases() {
		if slices.Contains(tt.not, s.codec.ID()) {
			continue
		}
		s.run(t, "answers", tt.name, func(t *testing.T) {
			x := mustSend(t, s.codec, asking(s.profile.other), s.profile.reasoner)
			resp := tt.of(s.profile)
			got := s.whole(t, x, x.worded(resp))
			checkAnswer(t, resp, got, s.profile)
			if got.Model != resp.Model || got.ID != resp.ID || got.Created != resp.Created {
				t.Errorf("got %q by %q at %d, want %q by %q at %d", got.ID, got.Model, got.Created, resp.ID, resp.Model, resp.Created)
			}
			checkOwnAccount(t, got, s.profile)
		})
	}
}

// whole sends an answer through the format as one document.
func (s *suite) whole(t *testing.T, x *exchange, resp *llm.Response) *llm.Response {
	t.Helper()
	before := describe(resp)
	body := s.codec.EncodeResponse(resp, x.seen)
	if !isBinary(s.codec) && (!json.Valid(body) || !utf8.Valid(body)) {
		t.Fatalf("not JSON: %s", body)
	}
	if describe(resp) != before {
		t.Error("encoding changed the answer")
	}
	got, e := s.codec.DecodeResponse(body, x.enc)
	if e != nil {
		t.Fatalf("%v\n%s", e, body)
	}
	return got
}

// isBinary reports whether answers in the format are no text.
func isBinary(codec protocol.UpstreamCodec) bool {
	_, ok := codec.(protocol.Framer)
	return ok
}

// checkAnswer compares two answers by what the formats between them can carry.
func checkAnswer(t *testing.T, want, got *llm.Response, through ...*profile) {
	t.Helper()
	oneText := slices.ContainsFunc(through, func(p *profile) bool { return p.oneText })
	wantFacts, gotFacts := answerFacts(want, oneText), answerFacts(got, oneText)
	stops := []llm.StopReason{want.Stop.Reason}
	for _, p := range through {
		var next []llm.StopReason
		for _, r := range stops {
			next = append(next, p.stop(r)...)
		}
		stops = next
		if slices.Contains(p.free, "refusal") && wantFacts.has("refusal") {
			// The refusal may stand in the text or beside it.
			wantFacts = wantFacts.without([]string{"text.assistant", "refusal"})
			gotFacts = gotFacts.without([]string{"text.assistant", "refusal"})
		}
	}
	compare(t, "the answer", answerable(wantFacts, through), answerable(gotFacts, through), inAnswers(through)...)
	if !slices.Contains(stops, got.Stop.Reason) {
		t.Errorf("it stopped by %q, want one of %q", got.Stop.Reason, stops)
	}
	if len(through) == 1 && through[0].protocol == llm.Anthropic && got.Stop.Sequence != want.Stop.Sequence {
		t.Errorf("stop sequence %q, want %q", got.Stop.Sequence, want.Stop.Sequence)
	}
	if !got.Metered || got.Usage.Source != llm.Reported {
		t.Errorf("the usage is not marked as reported: %+v", got.Usage)
	}
}

// answerable leaves out what no pair of formats promises: where a signature
// stands, once it has gone through a foreign format.
func answerable(l facts, through []*profile) facts {
	if len(through) > 1 {
		return l.without([]string{"thinking.signature", "call.signature", "redacted"})
	}
	return l
}

// inAnswers returns the profiles as they hold for answers: every format has a
// place for thinking there.
func inAnswers(list []*profile) []*profile {
	var out []*profile
	for _, p := range list {
		q := *p
		not := func(kind string) bool {
			return kind == "thinking" || kind == "thinking.signature" && p.protocol != llm.OpenAI
		}
		q.loses = slices.DeleteFunc(slices.Clone(p.loses), not)
		q.free = slices.DeleteFunc(slices.Clone(p.free), not)
		out = append(out, &q)
	}
	return out
}

// checkOwnAccount checks that a signature says for whom it was made, or it would
// be sent to another account and refused there.
func checkOwnAccount(t *testing.T, got *llm.Response, p *profile) {
	t.Helper()
	for i, b := range got.Blocks {
		if s := b.Signature; s != nil && (s.Origin != p.protocol || s.Account != account) {
			t.Errorf("block %d is signed for account %q of %q", i, s.Account, s.Origin)
		}
	}
}

// stream is the bytes of a streamed answer and how it is cut into events.
type stream struct {
	bytes  []byte
	events []sse.Event
}

// encodeStream words a stream of the canonical language.
func encodeStream(codec protocol.Codec, req *llm.Request, events []llm.Event) stream {
	var out stream
	enc := codec.StreamEncoder(req, false)
	for _, e := range events {
		out.bytes = enc.Append(out.bytes, e)
	}
	out.events = cut(codec, out.bytes, len(out.bytes)+1)
	return out
}

// cut reads events out of bytes that come n at a time.
func cut(codec protocol.UpstreamCodec, b []byte, n int) []sse.Event {
	var r protocol.FrameReader = &sse.Reader{}
	if f, ok := codec.(protocol.Framer); ok {
		r = f.Frames()
	}
	var out []sse.Event
	for chunk := range slices.Chunk(b, n) {
		r.Feed(chunk, func(e sse.Event) {
			out = append(out, sse.Event{Name: bytes.Clone(e.Name), Data: bytes.Clone(e.Data)})
		})
	}
	return out
}

// decode reads a stream to its end and checks the grammar on the way. The bytes
// of every event are overwritten behind it, as the reader will do.
func decode(t *testing.T, codec protocol.Codec, enc *protocol.Encoded, events []sse.Event) []llm.Event {
	t.Helper()
	d := codec.StreamDecoder(enc)
	var out []llm.Event
	for _, e := range events {
		e = sse.Event{Name: bytes.Clone(e.Name), Data: bytes.Clone(e.Data)}
		out = d.Next(out, e)
		for i := range e.Data {
			e.Data[i] = '#'
		}
	}
	out = d.Close(out)
	if again := d.Close(out); len(again) != len(out) {
		t.Errorf("closing twice adds %v", again[len(out):])
	}
	var c llm.Checker
	for i, e := range out {
		if err := c.Check(e); err != nil {
			t.Fatalf("event %d: %v\n%s", i, err, describe(out))
		}
	}
	if !c.Ended() {
		t.Fatalf("the stream has no end: %s", describe(out))
	}
	return out
}

// failure returns the error with which a stream ended, or nil.
func failure(events []llm.Event) *llm.Error { return events[len(events)-1].Err }

// elements cuts the JSON array that a Gemini client without alt=sse gets.
func elements(t *testing.T, b []byte) []sse.Event {
	t.Helper()
	if !json.Valid(b) || !gjson.ParseBytes(b).IsArray() {
		t.Fatalf("not a JSON array: %s", b)
	}
	var out []sse.Event
	for _, item := range gjson.ParseBytes(b).Array() {
		out = append(out, sse.Event{Data: []byte(item.Raw)})
	}
	return out
}
