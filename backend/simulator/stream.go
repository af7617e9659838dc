package simulator

import (
	"errors"
	"net/http"
)

// failure is an error that the client is told inside a stream.
type failure struct{ refusal *refusal }

// Error implements the error interface.
func (f *failure) Error() string { return f.refusal.Error() }

// stream writes a streamed answer piece by piece and lets the faults on demand
// happen at their places.
type stream struct {
	x      *exchange
	chunks int // pieces of content written
}

// stream opens the answer's stream. The stream is not nil even beside an error,
// so that fail can be asked what to do about it.
func (x *exchange) stream(contentType string) (*stream, error) {
	x.streaming = true
	x.count(func(t *Tally) { t.StreamsBegun++ })
	s := &stream{x: x, chunks: -1}
	if err := x.pause(x.sim.options.Latency.FirstByte + x.plan.start); err != nil {
		return s, err
	}
	h := x.w.Header()
	x.dialect.headers(x, h)
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-cache")
	x.status = http.StatusOK
	x.w.WriteHeader(http.StatusOK)
	if x.out.Flush() != nil {
		return s, errGone
	}
	err := s.trap(nil)
	s.chunks = 0
	return s, err
}

// frame writes a piece of the frame around the content.
func (s *stream) frame(b []byte) error {
	if s.x.r.Context().Err() != nil {
		return errGone
	}
	if _, err := s.x.w.Write(b); err != nil {
		return errGone
	}
	if s.x.out.Flush() != nil {
		return errGone
	}
	return nil
}

// chunk writes a piece of content that is worth some tokens.
func (s *stream) chunk(b []byte, tokens int) error {
	if err := s.trap(b); err != nil {
		return err
	}
	if err := s.x.pause(s.x.sim.options.Latency.Chunk + s.x.plan.chunk); err != nil {
		return err
	}
	if err := s.frame(b); err != nil {
		return err
	}
	s.chunks++
	s.x.sent += tokens
	return nil
}

// trap springs the planned fault when its place is reached, which is before
// the piece next.
func (s *stream) trap(next []byte) error {
	f := s.x.plan.late
	if f == nil || f.Chunks != s.chunks {
		return nil
	}
	if f.Kind == FaultTorn {
		if err := s.frame(next[:len(next)/2]); err != nil {
			return err
		}
	}
	return s.x.spring(f)
}

// end stands between the last content and the terminal events: what was to
// happen and did not yet, happens now; else the answer counts as given.
func (s *stream) end() error {
	if f := s.x.plan.late; f != nil {
		return s.x.spring(f)
	}
	s.x.settle()
	return nil
}

// fail writes the dialect's error frame for a failure inside the stream. Other
// errors pass.
func (s *stream) fail(err error, frame func(*refusal) []byte) error {
	f, ok := errors.AsType[*failure](err)
	if !ok {
		return err
	}
	if err := s.frame(frame(f.refusal)); err != nil {
		return err
	}
	return errBroken
}

// sse frames data as a server-sent event; event may be "".
func sse(event string, data []byte) []byte {
	b := make([]byte, 0, len(data)+len(event)+20)
	if event != "" {
		b = append(append(append(b, "event: "...), event...), '\n')
	}
	b = append(append(b, "data: "...), data...)
	return append(b, "\n\n"...)
}
