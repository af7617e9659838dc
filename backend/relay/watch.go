package relay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Why an upstream request is cancelled.
const (
	errFirstByte silence = "the provider did not answer in time"
	errIdle      silence = "the provider fell silent in the middle of its answer"
)

// silence is an upstream that says nothing.
type silence string

func (s silence) Error() string { return string(s) }

// Timeout tells it from a connection that broke.
func (silence) Timeout() bool { return true }

func isSilence(err error) bool {
	_, ok := errors.AsType[silence](err)
	return ok
}

const (
	// tickTime is how often an answer under way is looked at.
	tickTime = 30 * time.Second
	// idleTicks is for how many of them an upstream may be silent.
	idleTicks = 10
	// stallTicks is for how many of them a client may leave one write waiting.
	// One that does not read on would hold the account, the quota and the
	// upstream for ever.
	stallTicks = 2
	// errorTime bounds the body of an upstream's error.
	errorTime = 10 * time.Second
)

// watch looks after one attempt: it cancels an upstream that is silent for too
// long and lets go of a client that does not read. It asks no clock and sets no
// timer for a chunk; the chunks only count.
type watch struct {
	cancel context.CancelCauseFunc
	// patience is for the first byte, and behind it for each silence as long as
	// nothing has gone to the client: another account can still answer.
	patience time.Duration
	timer    *time.Timer
	reads    atomic.Int64
	writes   atomic.Int64 // odd while a write is under way

	mu                  sync.Mutex // of what follows
	control             *http.ResponseController
	lastRead, lastWrite int64
	still               int  // ticks without a change
	ended               bool // no further tick
}

// newWatch begins to wait for the first byte.
func newWatch(cancel context.CancelCauseFunc, patience time.Duration) *watch {
	w := &watch{cancel: cancel, patience: patience}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(patience, w.tick)
	return w
}

// stop ends the watch.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.timer.Stop()
}

// hurry bounds the body of an error, which is not read through body.
func (w *watch) hurry() { w.timer.Reset(errorTime) }

// again waits for the first byte of another answer.
func (w *watch) again() { w.timer.Reset(w.patience) }

func (w *watch) tick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, wr := w.reads.Load(), w.writes.Load()
	switch {
	case w.ended:
		return
	case r == 0:
		w.cancel(errFirstByte)
		return
	case r != w.lastRead || wr != w.lastWrite:
		w.lastRead, w.lastWrite, w.still = r, wr, 0
	default:
		w.still++
	}
	if wr == 0 && time.Duration(w.still)*w.beat() >= w.patience {
		w.cancel(errFirstByte)
		return
	}
	writing := wr%2 == 1
	if writing && w.still >= stallTicks && w.control != nil {
		// The write fails now, as toward a client that is gone.
		_ = w.control.SetWriteDeadline(time.Unix(1, 0))
		return
	}
	if !writing && w.still >= idleTicks {
		w.cancel(errIdle)
		return
	}
	if wr > 0 {
		w.timer.Reset(tickTime)
	} else {
		w.timer.Reset(w.beat())
	}
}

// beat is the time between two looks while nothing has gone to the client.
func (w *watch) beat() time.Duration { return min(tickTime, w.patience) }

// body watches the reads of an answer.
func (w *watch) body(rc io.ReadCloser) io.ReadCloser { return &watchedBody{ReadCloser: rc, watch: w} }

type watchedBody struct {
	io.ReadCloser
	watch *watch
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 && b.watch.reads.Add(1) == 1 {
		b.watch.timer.Reset(b.watch.beat())
	}
	return n, err
}

// sink writes to the client and tells the watch when.
type sink struct {
	w       http.ResponseWriter
	control *http.ResponseController
	watch   *watch
}

func (w *watch) sink(rw http.ResponseWriter) sink {
	s := sink{w: rw, control: http.NewResponseController(rw), watch: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.control = s.control
	return s
}

// write writes p, and flushes it when it is part of a stream.
func (s *sink) write(p []byte, flush bool) (int, error) {
	s.watch.writes.Add(1)
	defer s.watch.writes.Add(1)
	n, err := s.w.Write(p)
	if err == nil && flush {
		err = s.control.Flush()
	}
	return n, err
}
