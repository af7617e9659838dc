package desktop

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Gateway is what the tray shows and switches.
type Gateway interface {
	Status() core.GatewayStatus
	Start(context.Context) error
	Stop(context.Context) error
}

// Orders are what the tray's menu asks of the window and the program. None of
// them may block for long.
type Orders struct {
	Open func()            // bring the window to the front
	Copy func(text string) // put the text on the clipboard
	Quit func()            // end the program gracefully
}

// TrayOptions are what a tray is made of.
type TrayOptions struct {
	Gateway Gateway
	// Quota reads the current state of the quotas from memory.
	Quota func(context.Context) Quota
	// Changed returns a channel that is closed at the next event of the program.
	Changed func() <-chan struct{}
	Orders  Orders
	Locale  string // as Locale returns it
	Log     *slog.Logger
}

// The tray follows changes at once, but no faster than restEvery: a gateway
// under load makes thousands of events a second. It looks again after
// lookEvery because quotas reset by time, without an event.
const (
	restEvery = 500 * time.Millisecond
	lookEvery = 30 * time.Second
)

// Tray is the icon in the desktop's panel and its menu.
type Tray struct {
	TrayOptions
	words *words
	busy  atomic.Int32 // a work
	poke  chan struct{}
}

func newTray(o TrayOptions) *Tray {
	return &Tray{TrayOptions: o, words: wordsFor(o.Locale), poke: make(chan struct{}, 1)}
}

// face reads what is to be shown now.
func (t *Tray) face(ctx context.Context) face {
	return faceOf(t.Gateway.Status(), t.Quota(ctx), work(t.busy.Load()), t.words)
}

// follow calls show now and after every change until ctx ends.
func (t *Tray) follow(ctx context.Context, show func(face)) {
	for ctx.Err() == nil {
		changed := t.Changed()
		show(t.face(ctx))
		if poked := t.wait(ctx, nil, restEvery); !poked {
			t.wait(ctx, changed, lookEvery)
		}
	}
}

// wait returns after a change, after d, when ctx ends, or, with true, when
// redraw was called.
func (t *Tray) wait(ctx context.Context, changed <-chan struct{}, d time.Duration) (poked bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-t.poke:
		return true
	case <-ctx.Done():
	case <-changed:
	case <-timer.C:
	}
	return false
}

// redraw makes follow look again at once.
func (t *Tray) redraw() {
	select {
	case t.poke <- struct{}{}:
	default: // it will look anyway
	}
}

// toggle stops a running gateway and starts a stopped one. It returns when that
// is done; a stop waits for open requests.
func (t *Tray) toggle(ctx context.Context) {
	order, do := starting, t.Gateway.Start
	if t.Gateway.Status().Running {
		order, do = stopping, t.Gateway.Stop
	}
	t.busy.Store(int32(order))
	t.redraw()
	if err := do(ctx); err != nil && ctx.Err() == nil {
		t.Log.WarnContext(ctx, "the tray's order failed", "error", err) // the status shows the reason
	}
	t.busy.Store(int32(idle))
	t.redraw()
}

func (t *Tray) copyURL() {
	if s := t.Gateway.Status(); s.URL != "" {
		t.Orders.Copy(s.URL)
	}
}
