package protocoltest

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// anyBytes throws damaged bytes at everything that reads bytes. Nothing may
// panic, and every stream keeps the grammar. The damage is the same in every
// run; the codecs' own fuzz targets go further.
func (s *suite) anyBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	var corpus [][]byte
	for _, tt := range requestCases() {
		req := tt.req
		req.Origin, req.Model = s.profile.other, "client-model"
		if x, e := send(s.codec, &req, s.profile.reasoner); e == nil {
			corpus = append(corpus, x.enc.Body)
		}
	}
	x := mustSend(t, s.codec, asking(s.profile.other), s.profile.reasoner)
	s.run(t, "any bytes", "requests", func(t *testing.T) {
		for _, body := range corpus {
			for range 20 {
				s.readRequest(t, damage(r, body))
			}
		}
	})
	s.run(t, "any bytes", "answers", func(t *testing.T) {
		for _, tt := range answerCases() {
			body := s.codec.EncodeResponse(x.worded(tt.of(s.profile)), x.seen)
			for range 20 {
				s.readAnswer(t, x, damage(r, body))
			}
		}
	})
	s.run(t, "any bytes", "streams", func(t *testing.T) {
		for _, tt := range answerCases() {
			b := encodeStream(s.codec, x.seen, EventsOf(x.worded(tt.of(s.profile)), 7))
			for range 20 {
				decode(t, s.codec, x.enc, cut(s.codec, damage(r, b.bytes), 64))
			}
		}
	})
}

func (s *suite) readRequest(t *testing.T, body []byte) {
	t.Helper()
	req, e := s.codec.DecodeRequest(body, protocol.Head{Model: "m"})
	if (req == nil) == (e == nil) {
		t.Fatalf("request %v and error %v for %q", req, e, body)
	}
	if e != nil {
		if e.Kind == "" || e.Message == "" {
			t.Errorf("%q is refused with %+v", body, e)
		}
		return
	}
	// What was understood must be fit to be sent on.
	if x, e := s.codec.EncodeRequest(req, protocol.Target{Model: s.profile.model}); e == nil && len(x.Body) == 0 {
		t.Errorf("%q became nothing", body)
	}
	s.codec.StripReasoning(body)
	s.codec.DecodeCount(body)
}

func (s *suite) readAnswer(t *testing.T, x *exchange, body []byte) {
	t.Helper()
	resp, e := s.codec.DecodeResponse(body, x.enc)
	if (resp == nil) == (e == nil) {
		t.Fatalf("answer %v and error %v for %q", resp, e, body)
	}
	if e != nil {
		return
	}
	if resp.Stop.Reason == "" {
		t.Errorf("%q gives an answer without a stop reason", body)
	}
	for _, b := range resp.Blocks {
		if b.Kind == llm.ToolUse && (b.Call == nil || b.Call.ID == "" || b.Call.Name == "") {
			t.Errorf("%q gives a call without id or name", body)
		}
	}
}

// damage returns a copy of b with a few bytes changed, cut out or repeated, or
// with a value put in place of another.
func damage(r *rand.Rand, b []byte) []byte {
	out := bytes.Clone(b)
	for range 1 + r.IntN(4) {
		if len(out) < 4 {
			return out
		}
		i := r.IntN(len(out) - 1)
		j := i + 1 + r.IntN(min(40, len(out)-i-1))
		switch r.IntN(5) {
		case 0:
			out[i] = byte(r.IntN(256))
		case 1:
			out = append(out[:i:i], out[j:]...)
		case 2:
			out = append(out[:j:j], out[i:]...)
		case 3:
			out = out[:j]
		case 4:
			out = swapValue(r, out, i)
		}
	}
	return out
}

// swapValue replaces the value behind the next colon by one of another type,
// which keeps the JSON valid and the types wrong.
func swapValue(r *rand.Rand, b []byte, from int) []byte {
	i := bytes.IndexByte(b[from:], ':')
	if i < 0 {
		return b
	}
	start := from + i + 1
	n := bytes.IndexAny(b[start:], ",}]")
	if n < 0 {
		return b
	}
	value := []string{"null", "1", `""`, "{}", "[]", "true", `"x"`, "-1e99", "[null]", `{"type":1}`}[r.IntN(10)]
	return append(append(append([]byte(nil), b[:start]...), value...), b[start+n:]...)
}
