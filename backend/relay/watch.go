package relay

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// Why an upstream request is cancelled.
var (
	errFirstByte = errors.New("the provider did not answer in time")
	errIdle      = errors.New("the provider fell silent in the middle of its answer")
)

func isSilence(err error) bool { return errors.Is(err, errFirstByte) || errors.Is(err, errIdle) }

// How long an upstream may be silent once it has begun, and how long the body
// of an error may take in all.
const (
	idleTime  = 5 * time.Minute
	errorTime = 10 * time.Second
)

// watch cancels an upstream request that is silent for too long.
type watch struct {
	timer *time.Timer
	begun atomic.Bool // a byte of the body has come
}

// newWatch begins to wait for the first byte.
func newWatch(cancel context.CancelCauseFunc, patience time.Duration) *watch {
	w := &watch{}
	w.timer = time.AfterFunc(patience, func() {
		if w.begun.Load() {
			cancel(errIdle)
			return
		}
		cancel(errFirstByte)
	})
	return w
}

// stop ends the watch.
func (w *watch) stop() { w.timer.Stop() }

// hurry bounds everything that follows: an error's body.
func (w *watch) hurry() { w.timer.Reset(errorTime) }

// body watches the reads of an answer.
func (w *watch) body(rc io.ReadCloser) io.ReadCloser { return &watchedBody{ReadCloser: rc, watch: w} }

type watchedBody struct {
	io.ReadCloser
	watch *watch
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.watch.begun.Store(true)
		b.watch.timer.Reset(idleTime)
	}
	return n, err
}
