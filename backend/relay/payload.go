package relay

import (
	"io"
	"sync"
	"sync/atomic"
)

// Payload is the body of a request, in memory because it may be sent more than
// once. Its buffer comes from a pool and goes back when the last holder has
// released it: the transport may still be writing it when the answer is there.
type Payload struct {
	data []byte
	refs atomic.Int32
	pool *sync.Pool
}

// NewPayload wraps data that is not pooled.
func NewPayload(data []byte) *Payload {
	p := &Payload{data: data}
	p.refs.Store(1)
	return p
}

// Bytes returns the body. It is valid until Release, and must not be changed.
func (p *Payload) Bytes() []byte {
	if p == nil {
		return nil
	}
	return p.data
}

// Len is the number of bytes; 0 for a nil Payload.
func (p *Payload) Len() int { return len(p.Bytes()) }

// Release gives up one hold.
func (p *Payload) Release() {
	if p == nil || p.refs.Add(-1) > 0 || p.pool == nil {
		return
	}
	buf := p.data[:0]
	p.data = nil
	p.pool.Put(&buf)
}

// hold takes one more hold, for who goes on with the bytes behind the request.
func (p *Payload) hold() { p.refs.Add(1) }

// open returns a reader over the payload that holds it until it is closed. end,
// which may be nil, is called when the last byte has been read.
func (p *Payload) open(end func()) io.ReadCloser {
	p.refs.Add(1)
	return &payloadReader{p: p, rest: p.data, end: end}
}

// payloadReader returns io.EOF together with the last byte: net/http otherwise
// probes for bytes past Content-Length.
type payloadReader struct {
	mu     sync.Mutex // the transport may close while it reads
	p      *Payload
	rest   []byte
	end    func()
	closed bool
}

func (r *payloadReader) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, io.ErrClosedPipe
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	if len(r.rest) == 0 {
		if r.end != nil {
			r.end()
			r.end = nil
		}
		return n, io.EOF
	}
	return n, nil
}

func (r *payloadReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.closed, r.rest = true, nil
		r.p.Release()
	}
	return nil
}

// maxPooled keeps the pool from holding on to the buffers of rare huge bodies.
const maxPooled = 1 << 20

var bodies = sync.Pool{New: func() any { return new([]byte) }}

// ReadPayload reads a body of a declared length (-1 when unknown) that is known
// not to exceed limit, or returns io.ErrShortBuffer when it does.
func ReadPayload(r io.Reader, length int64, limit int64) (*Payload, error) {
	buf := *bodies.Get().(*[]byte)
	if need := int(min(max(length, 0), limit)) + 1; cap(buf) < need {
		buf = make([]byte, 0, max(need, 4096))
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return nil, io.ErrShortBuffer
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	p := NewPayload(buf)
	if cap(buf) <= maxPooled {
		p.pool = &bodies
	}
	return p, nil
}
