package protocoltest

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// streams checks that a streamed answer is read as the same answer as a whole
// one, however the network and the model cut it.
func (s *suite) streams(t *testing.T) {
	for _, tt := range answerCases() {
		if slices.Contains(tt.not, s.codec.ID()) {
			continue
		}
		s.run(t, "streams", tt.name, func(t *testing.T) {
			x := mustSend(t, s.codec, asking(s.profile.other), s.profile.reasoner)
			if !x.seen.IncludeUsage && s.codec.ID() == llm.OpenAI {
				t.Error("the upstream is not asked for usage")
			}
			resp := tt.of(s.profile)
			whole := s.whole(t, x, x.worded(resp))
			for _, size := range []int{1, 5, 1 << 20} {
				b := encodeStream(s.codec, x.seen, EventsOf(x.worded(resp), size))
				checkBytes(t, s.codec, b)
				got := s.everyCut(t, x, b)
				checkAnswer(t, resp, got, s.profile)
				checkEqual(t, whole, got)
				checkOwnAccount(t, got, s.profile)
			}
			s.array(t, x, x.worded(resp), whole)
		})
	}
}

// checkBytes checks what every SDK relies on.
func checkBytes(t *testing.T, codec protocol.UpstreamCodec, b stream) {
	t.Helper()
	if !isBinary(codec) && (!utf8.Valid(b.bytes) || !bytes.HasSuffix(b.bytes, []byte("\n\n"))) {
		t.Errorf("the stream is cut or not UTF-8: %q", b.bytes)
	}
	for _, e := range b.events {
		if !json.Valid(e.Data) && string(e.Data) != "[DONE]" {
			t.Errorf("not JSON: %q", e.Data)
		}
	}
}

// everyCut decodes the bytes in chunks of several sizes, which must give the
// same events. The sizes up to the length of an event's own syntax are enough:
// the reader knows no other borders.
func (s *suite) everyCut(t *testing.T, x *exchange, b stream) *llm.Response {
	t.Helper()
	events := decode(t, s.codec, x.enc, b.events)
	if e := failure(events); e != nil {
		t.Fatalf("%v\n%s", e, b.bytes)
	}
	want := describe(events)
	for _, n := range []int{1, 2, 3, 7, 16, 61, 1024} {
		if got := describe(decode(t, s.codec, x.enc, cut(s.codec, b.bytes, n))); got != want {
			t.Fatalf("chunks of %d give other events\ngot  %s\nwant %s", n, got, want)
		}
	}
	if isBinary(s.codec) {
		return Collect(events)
	}
	crlf := bytes.ReplaceAll(b.bytes, []byte("\n"), []byte("\r\n"))
	if got := describe(decode(t, s.codec, x.enc, cut(s.codec, crlf, 64))); got != want {
		t.Errorf("with CRLF the events are others\ngot  %s\nwant %s", got, want)
	}
	return Collect(events)
}

// checkEqual compares two readings of one answer, which must agree in all that
// matters, signatures included.
func checkEqual(t *testing.T, whole, streamed *llm.Response) {
	t.Helper()
	if a, b := answerFacts(whole, true), answerFacts(streamed, true); !equalFacts(a, b) {
		t.Errorf("the stream tells another answer than the whole\ngot\n%swant\n%s", b, a)
	}
	if whole.ID != streamed.ID || whole.Model != streamed.Model || whole.Stop != streamed.Stop || whole.Usage != streamed.Usage {
		t.Errorf("the stream says %q %q %+v %+v\nthe whole says %q %q %+v %+v",
			streamed.ID, streamed.Model, streamed.Stop, streamed.Usage, whole.ID, whole.Model, whole.Stop, whole.Usage)
	}
}

// array checks the form of a stream that is one JSON array; only Gemini has it.
func (s *suite) array(t *testing.T, x *exchange, resp, whole *llm.Response) {
	t.Helper()
	if s.codec.ID() != llm.Gemini {
		return
	}
	enc := s.codec.StreamEncoder(x.seen, true)
	var b []byte
	for _, e := range EventsOf(resp, 5) {
		b = enc.Append(b, e)
	}
	checkEqual(t, whole, Collect(decode(t, s.codec, x.enc, elements(t, b))))

	enc = s.codec.StreamEncoder(x.seen, true)
	b = enc.Append(nil, llm.Event{Kind: llm.EventStart, ID: "x", Model: "m"})
	b = enc.Append(b, llm.Event{Kind: llm.EventFailed, Err: overloaded()})
	if e := failure(decode(t, s.codec, x.enc, elements(t, b))); e == nil {
		t.Errorf("the error is lost: %s", b)
	}
}

// meters checks that the meter, which reads along where nothing is converted,
// counts what the decoder counts.
func (s *suite) meters(t *testing.T) {
	for _, tt := range answerCases() {
		s.run(t, "meters", tt.name, func(t *testing.T) {
			x := mustSend(t, s.codec, asking(s.profile.other), s.profile.reasoner)
			resp := x.worded(tt.of(s.profile))
			body := s.codec.EncodeResponse(resp, x.seen)
			whole := s.whole(t, x, resp)
			checkMeter(t, s.codec.Meter(protocol.Chat, protocol.Document), body, whole.Usage)
			b := encodeStream(s.codec, x.seen, EventsOf(resp, 5))
			checkMeter(t, s.codec.Meter(protocol.Chat, protocol.Events), b.bytes, whole.Usage)
		})
	}
}

func checkMeter(t *testing.T, m protocol.Meter, b []byte, want llm.Usage) {
	t.Helper()
	m.Feed(b)
	got, ok := m.Usage()
	got.Source = want.Source
	if !ok || got != want {
		t.Errorf("the meter counts %+v, %v, want %+v\n%s", got, ok, want, b)
	}
	if !m.Whole() || m.Err() != nil {
		t.Errorf("the meter says whole=%v, error %v\n%s", m.Whole(), m.Err(), b)
	}
}

func overloaded() *llm.Error {
	return &llm.Error{Kind: llm.Overloaded, Message: "come back <later> & \"rested\""}
}

// withBetween puts extra events behind every event of the list but the last.
func withBetween(events []sse.Event, extra ...sse.Event) []sse.Event {
	var out []sse.Event
	for i, e := range events {
		out = append(out, e)
		if i < len(events)-1 {
			out = append(out, extra...)
		}
	}
	return out
}
