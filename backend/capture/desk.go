package capture

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// maxHeld bounds the bytes that wait to be stored.
const maxHeld = 32 << 20

// Bodies is what a request leaves behind at its end.
type Bodies struct {
	ID   string    // of the row
	Time time.Time // of the row
	// Request, Upstream and Response are not changed any more. Upstream is nil
	// where it is the same as Request.
	Request, Upstream, Response []byte
	// ResponseCut says that the answer went on behind Response.
	ResponseCut bool
	// Limit bounds each body, in bytes.
	Limit int
	// Release is called when the bytes of Request are no longer needed.
	Release func()
}

func (b *Bodies) size() int { return len(b.Request) + len(b.Upstream) + len(b.Response) }

// Desk takes bodies in and stores them one after the other. It is safe for
// concurrent use. While nothing comes in it does and holds nothing.
type Desk struct {
	store core.CaptureStore
	log   *slog.Logger
	max   int

	mu      sync.Mutex
	held    int                      // bytes that wait, or for which there is a promise
	pending map[string]chan struct{} // by request, closed when it is stored or given up
	queue   []*Bodies
	working bool
	closed  bool
	dropped int // since the queue was empty last
	worker  sync.WaitGroup
}

// New returns a desk over a store.
func New(store core.CaptureStore, log *slog.Logger) *Desk {
	return &Desk{store: store, log: log, max: maxHeld, pending: map[string]chan struct{}{}}
}

// Reserve promises room for the bodies of a request, about size bytes; Put is to
// follow. False means that there is none, and that the bodies are dropped. The
// bodies of one request always find room in an empty queue.
func (d *Desk) Reserve(id string, size int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.held > 0 && d.held+size > d.max {
		d.dropped++
		return false
	}
	d.held += size
	d.pending[id] = make(chan struct{})
	return true
}

// Put hands over the bodies for which Reserve has promised room of size.
func (d *Desk) Put(b *Bodies, size int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held += b.size() - size
	if d.closed {
		d.done(b)
		return
	}
	d.queue = append(d.queue, b)
	if !d.working {
		d.working = true
		d.worker.Go(d.work)
	}
}

// done lets go of bodies that are stored or given up. The caller holds mu.
func (d *Desk) done(b *Bodies) {
	d.held -= b.size()
	if b.Release != nil {
		b.Release()
	}
	if wait := d.pending[b.ID]; wait != nil {
		close(wait)
		delete(d.pending, b.ID)
	}
}

// work stores until the queue is empty.
func (d *Desk) work() {
	for {
		b := d.next()
		if b == nil {
			return
		}
		// A request is stored within milliseconds, so nothing cuts it short.
		if err := d.store.PutCapture(context.Background(), b.tidy()); err != nil {
			d.log.Error("capture: the bodies of a request could not be stored", "request", b.ID, "err", err)
		}
		d.mu.Lock()
		d.done(b)
		d.mu.Unlock()
	}
}

// next takes the oldest bodies; nil ends the work.
func (d *Desk) next() *Bodies {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.queue) == 0 {
		if d.dropped > 0 {
			d.log.Warn("capture: the bodies of some requests were not kept: they came faster than the disk takes them", "requests", d.dropped)
		}
		d.working, d.queue, d.dropped = false, nil, 0
		return nil
	}
	b := d.queue[0]
	d.queue[0] = nil
	d.queue = d.queue[1:]
	return b
}

// Find returns what was kept of a request. It waits for bodies that are about to
// be stored.
func (d *Desk) Find(ctx context.Context, id string) (*core.Capture, error) {
	d.mu.Lock()
	wait := d.pending[id]
	d.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return d.store.FindCapture(ctx, id)
}

// Close stores what has been handed over and refuses what comes later.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.worker.Wait()
}
