package protocoltest

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/sse"
)

// rich is an answer with one of each kind of block.
func rich(p *profile) *llm.Response {
	for _, tt := range answerCases() {
		if tt.name == "thinking and a call" {
			return tt.of(p)
		}
	}
	panic("protocoltest: the table has no rich answer")
}

// brokenStreams checks what comes of streams that are not as they should be.
func (s *suite) brokenStreams(t *testing.T) {
	for name, check := range map[string]func(*testing.T, *exchange, stream){
		"cut":             s.cutStreams,
		"error inside":    s.errorInside,
		"error first":     s.errorFirst,
		"two starts":      s.twoStarts,
		"noise":           s.noise,
		"behind the end":  s.behindTheEnd,
		"nothing":         s.nothing,
		"canonical error": s.canonicalError,
	} {
		s.run(t, "broken streams", name, func(t *testing.T) {
			x := mustSend(t, s.codec, asking(s.profile.other), s.profile.reasoner)
			check(t, x, encodeStream(s.codec, x.seen, EventsOf(x.worded(rich(s.profile)), 5)))
		})
	}
}

// cutStreams ends the stream behind every event: either nothing of the answer is
// missing, or it has failed. A half answer must never look whole.
func (s *suite) cutStreams(t *testing.T, x *exchange, b stream) {
	whole := Collect(decode(t, s.codec, x.enc, b.events))
	for n := range b.events {
		events := decode(t, s.codec, x.enc, b.events[:n])
		if e := failure(events); e != nil {
			if e.Message == "" || e.Kind == "" {
				t.Errorf("cut behind %d events the error is %+v", n, e)
			}
			continue
		}
		got := Collect(events)
		if s.profile.cutEnds != "" && got.Stop.Reason == s.profile.cutEnds {
			continue
		}
		a, b := answerFacts(whole, true), answerFacts(got, true)
		tokens := []string{"usage", "usage.cache_write", "usage.reasoning"} // may come last
		if !equalFacts(a.without(tokens), b.without(tokens)) {
			t.Errorf("cut behind %d events the answer seems whole:\n%s", n, b)
		}
	}
}

// errorInside puts the format's own error behind every event but the last.
func (s *suite) errorInside(t *testing.T, x *exchange, b stream) {
	bad := cut(s.codec, s.codec.StreamError(overloaded(), "req-1"), 1<<20)
	for n := 1; n < len(b.events)/2; n++ {
		events := append(append([]sse.Event(nil), b.events[:n]...), bad...)
		checkOverloaded(t, failure(decode(t, s.codec, x.enc, events)))
	}
}

func checkOverloaded(t *testing.T, e *llm.Error) {
	t.Helper()
	if e == nil {
		t.Fatal("the error is lost")
	}
	if e.Kind != llm.Overloaded || !strings.Contains(e.Message, overloaded().Message) {
		t.Errorf("got %+v", e)
	}
}

func (s *suite) errorFirst(t *testing.T, x *exchange, _ stream) {
	bad := cut(s.codec, s.codec.StreamError(overloaded(), "req-1"), 1<<20)
	checkOverloaded(t, failure(decode(t, s.codec, x.enc, bad)))
}

// canonicalError words a failure in the middle of a stream and reads it again.
func (s *suite) canonicalError(t *testing.T, x *exchange, _ stream) {
	all := EventsOf(x.worded(rich(s.profile)), 5)
	for n := 1; n < len(all)-2; n += 3 {
		events := append(append([]llm.Event(nil), all[:n]...), llm.Event{Kind: llm.EventFailed, Err: overloaded()})
		b := encodeStream(s.codec, x.seen, events)
		checkBytes(t, s.codec, b)
		checkOverloaded(t, failure(decode(t, s.codec, x.enc, b.events)))
	}
}

// twoStarts repeats the first events, as gateways in the field are known to do
// when they splice two streams.
func (s *suite) twoStarts(t *testing.T, x *exchange, b stream) {
	if s.codec.ID() == llm.Gemini {
		return // its first chunk is content like any other
	}
	want := Collect(decode(t, s.codec, x.enc, b.events))
	events := append([]sse.Event{b.events[0]}, b.events...)
	got := decode(t, s.codec, x.enc, events)
	if e := failure(got); e != nil {
		t.Fatal(e)
	}
	checkEqual(t, want, Collect(got))
}

// noise puts between all events what has no meaning in the format.
func (s *suite) noise(t *testing.T, x *exchange, b stream) {
	want := Collect(decode(t, s.codec, x.enc, b.events))
	for _, data := range []string{`{"type":"ping"}`, `{"type":"future.event","x":[1]}`, `{}`, ``} {
		name := ""
		if strings.Contains(data, "ping") {
			name = "ping"
		} else if strings.Contains(data, "future") {
			name = "future.event"
		}
		got := decode(t, s.codec, x.enc, withBetween(b.events, sse.Event{Name: []byte(name), Data: []byte(data)}))
		if e := failure(got); e != nil {
			t.Errorf("%q: %v", data, e)
			continue
		}
		checkEqual(t, want, Collect(got))
	}
}

// behindTheEnd goes on after the answer's own end.
func (s *suite) behindTheEnd(t *testing.T, x *exchange, b stream) {
	want := Collect(decode(t, s.codec, x.enc, b.events))
	got := decode(t, s.codec, x.enc, append(append([]sse.Event(nil), b.events...), b.events...))
	if s.codec.ID() == llm.Gemini || isBinary(s.codec) {
		return // it has no last element: what follows the finish reason still counts
	}
	if e := failure(got); e != nil {
		t.Fatal(e)
	}
	checkEqual(t, want, Collect(got))
}

func (s *suite) nothing(t *testing.T, x *exchange, _ stream) {
	if failure(decode(t, s.codec, x.enc, nil)) == nil {
		t.Error("an empty stream is taken for an answer")
	}
}

// brokenAnswers checks that what is no answer is not taken for an empty one.
func (s *suite) brokenAnswers(t *testing.T) {
	x := mustSend(t, s.codec, asking(s.profile.other), s.profile.reasoner)
	_, refusal := s.codec.Error(overloaded(), "req-1")
	whole := s.codec.EncodeResponse(x.worded(rich(s.profile)), x.seen)
	for name, body := range map[string]string{
		"error with status 200": string(refusal),
		"nothing":               "",
		"null":                  "null",
		"empty object":          "{}",
		"array":                 "[]",
		"text":                  "upstream connect error",
		"page":                  "<html><body>502 Bad Gateway</body></html>",
		"cut":                   string(whole[:len(whole)/2]),
	} {
		s.run(t, "broken answers", name, func(t *testing.T) {
			resp, e := s.codec.DecodeResponse([]byte(body), x.enc)
			if e == nil && s.profile.cutEnds != "" && resp.Stop.Reason == s.profile.cutEnds {
				return
			}
			if e == nil {
				t.Fatalf("taken for an answer: %s", describe(resp))
			}
			if e.Kind == "" || e.Message == "" {
				t.Errorf("the error is %+v", e)
			}
			if name == "error with status 200" && !strings.Contains(e.Message, overloaded().Message) {
				t.Errorf("the upstream's words are lost: %+v", e)
			}
		})
	}
}
