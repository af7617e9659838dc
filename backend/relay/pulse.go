package relay

import (
	"bytes"
	"net/http"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// keepAlive is how long a streaming client gets nothing before it gets a sign of
// life.
const keepAlive = 15 * time.Second

// pulse keeps a streaming client alive while there is nothing to send it: while
// accounts are tried, while the gate holds a stream, and while the upstream
// thinks. The sign of life is what the client's format has for it, and says
// nothing of the answer.
//
// The first one takes the head of the answer with it, status 200, because HTTP
// has nothing to send before. Every account can still be tried behind it, but
// when all have failed the client is told inside the stream. A request that is
// decided within keepAlive, as nearly all are, has its proper status.
type pulse struct {
	w       http.ResponseWriter
	control *http.ResponseController
	every   time.Duration
	id      string // of the request
	array   bool   // the client wants a JSON array instead of events
	beat    []byte

	mu     sync.Mutex // of what follows, and of every write to the client
	timer  *time.Timer
	open   bool // the head is out
	begun  bool // something of an answer is out
	apart  bool // what was written last ended an event
	writes int
	seen   int   // writes at the last look
	bytes  int64 // of the signs of life
	quiet  bool  // no further one
}

// startPulse returns nil for a client that does not stream.
func (x *exchange) startPulse() *pulse {
	if !x.call.Head.Stream || x.call.Op != protocol.Chat {
		return nil
	}
	p := &pulse{
		w: x.w, control: http.NewResponseController(x.w), every: x.KeepAlive, id: x.call.ID,
		array: wantsArray(x.call), beat: []byte(": keep-alive\n\n"), apart: true,
	}
	switch {
	case p.array:
		p.beat = []byte("\n") // white space may stand before a JSON document
	case x.call.Format.ID() == llm.Anthropic:
		p.beat = []byte("event: ping\ndata: {\"type\": \"ping\"}\n\n")
	}
	if p.every == 0 {
		p.every = keepAlive
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(p.every, p.tick)
	return p
}

// tick runs on a goroutine of the timer, and not behind silence.
func (p *pulse) tick() {
	if !p.mu.TryLock() {
		p.timer.Reset(p.every) // a write is under way
		return
	}
	defer p.mu.Unlock()
	if p.quiet {
		return
	}
	if p.writes == p.seen && p.apart && (!p.array || !p.begun) {
		p.sign()
	}
	p.seen = p.writes
	p.timer.Reset(p.every)
}

// sign writes one sign of life. A client that takes not even that is not waited
// for: whoever writes next learns of it.
func (p *pulse) sign() {
	if !p.open {
		p.open = true
		h := p.w.Header()
		h[HeaderRequestID] = []string{p.id}
		streamHeader(h, p.array)
		p.w.WriteHeader(http.StatusOK)
	}
	// A connection that has no deadlines is one of a test.
	_ = p.control.SetWriteDeadline(time.Now().Add(keepAlive))
	n, err := p.w.Write(p.beat)
	if err == nil {
		err = p.control.Flush()
	}
	p.bytes += int64(n)
	p.quiet = err != nil
	_ = p.control.SetWriteDeadline(time.Time{})
}

// streamHeader is the head of a stream in the gateway's own words.
func streamHeader(h http.Header, array bool) {
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	if array {
		h.Set("Content-Type", "application/json")
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
}

// lock keeps signs of life out of what is written until unlock.
func (p *pulse) lock() {
	if p != nil {
		p.mu.Lock()
	}
}

func (p *pulse) unlock() {
	if p != nil {
		p.mu.Unlock()
	}
}

// wrote notes what has gone to the client, under the lock.
func (p *pulse) wrote(out []byte) {
	if p != nil {
		p.writes++
		p.begun = true
		p.apart = bytes.HasSuffix(out, []byte("\n\n")) || bytes.HasSuffix(out, []byte("\r\n\r\n"))
	}
}

// isOpen reports whether the head is out, under the lock or behind silence.
func (p *pulse) isOpen() bool { return p != nil && p.open }

// silence ends the signs of life, and reports whether the head is out with
// nothing behind it but them.
func (p *pulse) silence() bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quiet = true
	p.timer.Stop()
	return p.open && !p.begun
}

// failInside answers with an error of the client's format when its stream has a
// head already.
func (x *exchange) failInside(e *llm.Error) {
	out := x.call.Format.StreamError(e, x.call.ID)
	if x.pulse.array {
		_, body := x.call.Format.Error(e, x.call.ID)
		out = append(append([]byte{'['}, body...), ']')
	}
	x.rec.Status, x.rec.Error = http.StatusOK, clip(e.Message, maxErrorText)
	x.rec.ResponseBytes = int64(len(out))
	x.end()
	x.sent = true
	// A client that is gone has no use for the error.
	_, _ = x.w.Write(out)
}
