package kiro

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// The sizes of application/vnd.amazon.eventstream, in bytes.
const (
	preludeSize = 12 // total length, length of the headers, checksum of both
	minFrame    = 16
	maxFrame    = 16 << 20
)

// The beginnings of names that Frames gives to what is no event: an exception of
// the service's model, and an error of its transport.
const (
	exceptionName = "exception:"
	errorName     = "error:"
)

// Frames implements protocol.Framer. An event is named by its :event-type, an
// exception "exception:" and its :exception-type ("exception:ThrottlingException"),
// an error "error:" and its :error-code; the data is the payload, of an error
// without one {"message":…} with its :error-message.
func (Format) Frames() protocol.FrameReader { return &frameReader{} }

// frameReader cuts a stream into frames, whatever borders the network made.
type frameReader struct {
	decoder eventstream.Decoder
	held    []byte // a frame that is not whole
	source  bytes.Reader
	payload []byte
	name    []byte
	dead    bool
}

// Feed implements protocol.FrameReader. A checksum that does not fit, and a
// length that no frame has, mean that the bytes are no stream of frames.
func (r *frameReader) Feed(p []byte, emit func(sse.Event)) bool {
	for len(p) > 0 && !r.dead {
		if len(r.held) == 0 {
			n := r.frame(p, emit)
			if n == 0 {
				r.held = append(r.held, p...)
				break
			}
			p = p[n:]
			continue
		}
		n := min(len(p), r.missing())
		r.held = append(r.held, p[:n]...)
		p = p[n:]
		if r.frame(r.held, emit) > 0 {
			r.held = r.held[:0]
		}
	}
	return !r.dead
}

// Pending reports whether a frame has begun and not ended: the stream was cut
// if no more bytes come.
func (r *frameReader) Pending() bool { return len(r.held) > 0 }

// missing is how many bytes the frame at hand still needs: until its prelude is
// there, those of the prelude.
func (r *frameReader) missing() int {
	if len(r.held) < preludeSize {
		return preludeSize - len(r.held)
	}
	return int(binary.BigEndian.Uint32(r.held)) - len(r.held)
}

// frame reads the frame at the beginning of p and returns its length, 0 when it
// is not whole. It looks at the prelude first, so that nothing is collected
// because of a length that nobody wrote.
func (r *frameReader) frame(p []byte, emit func(sse.Event)) int {
	if len(p) < preludeSize {
		return 0
	}
	size, headers := binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])
	if size < minFrame || size > maxFrame || headers > size-minFrame || binary.BigEndian.Uint32(p[8:]) != crc32.ChecksumIEEE(p[:8]) {
		r.dead, r.held = true, nil
		return len(p)
	}
	if len(p) < int(size) {
		return 0
	}
	r.source.Reset(p[:size])
	message, err := r.decoder.Decode(&r.source, r.payload)
	if err != nil {
		r.dead, r.held = true, nil
		return len(p)
	}
	r.payload = message.Payload
	emit(r.event(&message))
	return int(size)
}

func (r *frameReader) event(m *eventstream.Message) sse.Event {
	header := func(name string) string {
		v, ok := m.Headers.Get(name).(eventstream.StringValue)
		if !ok {
			return ""
		}
		return string(v)
	}
	e := sse.Event{Data: m.Payload}
	switch header(":message-type") {
	case "exception":
		r.name = append(append(r.name[:0], exceptionName...), header(":exception-type")...)
	case "error":
		r.name = append(append(r.name[:0], errorName...), header(":error-code")...)
		if len(e.Data) == 0 {
			e.Data = append(protocol.AppendString([]byte(`{"message":`), header(":error-message")), '}')
		}
	default:
		r.name = append(r.name[:0], header(":event-type")...)
	}
	e.Name = r.name
	return e
}
