package relay

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// maxDrain bounds how long an answer is read that nobody waits for any more.
const maxDrain = core.MaxDrainSeconds * time.Second

// errDrained is why an answer is no longer read that nobody waits for.
var errDrained = errors.New("the client left, and the time to read the answer to its end is over")

// farewell lets an attempt outlive its client, for users of whom the provider's
// own numbers are wanted also when they leave: what is cut is paid for, and only
// an answer that is read to its end says how much.
type farewell struct {
	limit  time.Duration
	cancel context.CancelCauseFunc
	left   atomic.Bool

	mu    sync.Mutex
	timer *time.Timer
	ended bool
}

// leave is called when the client is gone; it may be called more than once.
func (f *farewell) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left.Store(true)
	if f.timer == nil && !f.ended {
		f.timer = time.AfterFunc(f.limit, func() { f.cancel(errDrained) })
	}
}

// end ends the waiting: the attempt is over.
func (f *farewell) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	if f.timer != nil {
		f.timer.Stop()
	}
}

// attach returns the context of an attempt and what ends it. The context ends
// with the client's, unless the user's policy is to read on.
func (x *exchange) attach(client context.Context) (ctx context.Context, cancel context.CancelCauseFunc, end func()) {
	limit := drainLimit(x.call.User.OnClientGone)
	if limit == 0 {
		ctx, cancel = context.WithCancelCause(client)
		return ctx, cancel, func() { cancel(nil) }
	}
	ctx, cancel = context.WithCancelCause(context.WithoutCancel(client))
	f := &farewell{limit: limit, cancel: cancel}
	x.bye = f
	unhook := context.AfterFunc(client, func() {
		if cause := context.Cause(client); errors.Is(cause, ErrStopping) {
			cancel(cause)
			return
		}
		f.leave()
	})
	stay := x.atCut(func() { cancel(ErrStopping) })
	return ctx, cancel, func() {
		unhook()
		stay()
		f.end()
		cancel(nil)
	}
}

// atCut arranges that f is called when the server's patience at a stop is over.
// A client that has left does not tell of that any more.
func (x *exchange) atCut(f func()) (undo func() bool) {
	if x.call.AtCut == nil {
		return func() bool { return true }
	}
	return x.call.AtCut(f)
}

func drainLimit(p core.ClientGone) time.Duration {
	switch p.Mode {
	case core.GoneDrain:
		return maxDrain
	case core.GoneDrainFor:
		return min(time.Duration(p.Seconds)*time.Second, maxDrain)
	}
	return 0
}

// gone reports whether the answer is read although its client has left.
func (x *exchange) gone() bool { return x.bye != nil && x.bye.left.Load() }

// readOn reports whether an answer is to be read on whose client takes nothing
// any more.
func (x *exchange) readOn() bool {
	if x.bye == nil {
		return false
	}
	x.bye.leave()
	return true
}

// absent writes into the row that the client was gone at the end.
func (x *exchange) absent() {
	x.rec.Outcome, x.rec.Status, x.rec.Error = core.OutcomeClientGone, statusClientGone, leftMessage
}

// leave ends the row of an answer whose client is gone.
func (t *translation) leave() {
	verdict := neutral
	if t.over && t.failure == nil {
		verdict = limits.Finding{}
	} else {
		t.metered = false
	}
	t.absent()
	t.settleUsage()
	if !t.sent {
		t.attempt(t.lease, t.started, http.StatusOK, "")
	}
	t.done(t.lease, verdict)
	t.end()
}
