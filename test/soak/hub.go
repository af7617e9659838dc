package main

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/aihub/aihub/test/program"
)

// hub is the gateway, which dies and comes back.
type hub struct {
	aihub, folder string
	killed        atomic.Int64
	asked         chan struct{} // a token for each kill that is due

	mu      sync.Mutex
	process *program.Process
	up      chan struct{} // closed while it serves
}

const (
	adminKey  = "soak-admin-key"
	masterKey = "5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d"
)

func newHub(aihub, folder string) *hub {
	return &hub{aihub: aihub, folder: folder, asked: make(chan struct{}, 1), up: make(chan struct{})}
}

// start starts it on the data that the last one has left.
func (h *hub) start(ctx context.Context) error {
	env := []string{"ADMIN_KEY=" + adminKey, "AIHUB_MASTER_KEY=" + masterKey, "AIHUB_LOG_LEVEL=error"}
	p, err := program.Start(ctx, env, h.aihub, "serve", "--ready-json", "--port", "0", "--database", h.folder)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.process = p
	close(h.up)
	return nil
}

// address waits until it serves, and says where; false when ctx has ended.
func (h *hub) address(ctx context.Context) (url string, ok bool) {
	for {
		h.mu.Lock()
		up := h.up
		h.mu.Unlock()
		select {
		case <-up:
		case <-ctx.Done():
			return "", false
		}
		h.mu.Lock()
		if h.up == up {
			defer h.mu.Unlock()
			return h.process.URL, true
		}
		h.mu.Unlock()
	}
}

// askKill asks for a kill; one that is due already is enough.
func (h *hub) askKill() {
	select {
	case h.asked <- struct{}{}:
	default:
	}
}

// dieAgain kills it whenever that is asked for and starts it again, until quit.
func (h *hub) dieAgain(ctx context.Context, quit <-chan struct{}) error {
	for {
		select {
		case <-quit:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-h.asked:
		}
		if err := h.down().Kill(); err != nil {
			return err
		}
		h.killed.Add(1)
		if err := h.start(ctx); err != nil {
			return err
		}
	}
}

// down keeps the clients waiting and returns the process that is to end.
func (h *hub) down() *program.Process {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.up = make(chan struct{})
	p := h.process
	h.process = nil
	return p
}

// restart ends it as a person does and starts it again.
func (h *hub) restart(ctx context.Context) error {
	if err := h.down().Stop(); err != nil {
		return err
	}
	return h.start(ctx)
}
