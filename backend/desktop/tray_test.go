package desktop

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// switchboard is a gateway that only has a switch.
type switchboard struct {
	mu       sync.Mutex
	status   core.GatewayStatus
	startErr error
	changed  chan struct{}
	drain    time.Duration // how long Stop takes
}

func newSwitchboard() *switchboard { return &switchboard{changed: make(chan struct{})} }

func (s *switchboard) Status() core.GatewayStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

func (s *switchboard) set(status core.GatewayStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *switchboard) changes() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *switchboard) Start(context.Context) error {
	if s.startErr != nil {
		s.set(core.GatewayStatus{Error: s.startErr.Error()})
		return s.startErr
	}
	s.set(core.GatewayStatus{Running: true, URL: "http://127.0.0.1:8000"})
	return nil
}

func (s *switchboard) Stop(context.Context) error {
	time.Sleep(s.drain)
	s.set(core.GatewayStatus{})
	return nil
}

// trayOf returns a tray over the switchboard and a function that returns the
// texts of the menu's first line since the last call.
func trayOf(t *testing.T, s *switchboard) (tray *Tray, shown func() []string) {
	t.Helper()
	tray = newTray(TrayOptions{
		Gateway: s, Changed: s.changes, Quota: func(context.Context) Quota { return Quota{} },
		Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(context.Background())
	var mu sync.Mutex
	var lines []string
	var following sync.WaitGroup
	following.Go(func() {
		tray.follow(ctx, func(f face) {
			mu.Lock()
			defer mu.Unlock()
			lines = append(lines, f.status)
		})
	})
	t.Cleanup(func() { cancel(); following.Wait() })
	return tray, func() []string {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		defer func() { lines = nil }()
		return lines
	}
}

func last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[len(lines)-1]
}

func TestTrayFollowsChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwitchboard()
		_, shown := trayOf(t, s)
		if got := last(shown()); got != "Stopped" {
			t.Errorf("at first %q", got)
		}
		for range 1000 {
			s.set(core.GatewayStatus{Running: true, URL: "http://a"})
		}
		time.Sleep(restEvery)
		if lines := shown(); len(lines) != 1 || lines[0] != "Running at http://a" {
			t.Errorf("a burst of changes showed %q, want one line", lines)
		}
		time.Sleep(10 * lookEvery)
		if n := len(shown()); n < 8 || n > 10 {
			t.Errorf("looked %d times without an event, want about 10", n)
		}
	})
}

func TestTrayTogglesTheGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwitchboard()
		s.drain = 20 * time.Second
		tray, shown := trayOf(t, s)
		tray.toggle(t.Context())
		time.Sleep(restEvery)
		if got := last(shown()); got != "Running at http://127.0.0.1:8000" {
			t.Errorf("after start: %q", got)
		}
		tray.toggle(t.Context())
		time.Sleep(restEvery)
		lines := shown()
		if len(lines) < 2 || lines[0] != "Stopping: waiting for open requests…" || last(lines) != "Stopped" {
			t.Errorf("while stopping: %q", lines)
		}
	})
}

func TestTrayShowsWhyAStartFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwitchboard()
		s.startErr = errors.New("port 8000 is taken")
		tray, shown := trayOf(t, s)
		tray.toggle(t.Context())
		time.Sleep(restEvery)
		if got := last(shown()); got != "Not running: port 8000 is taken" {
			t.Errorf("after a failed start: %q", got)
		}
	})
}

func TestTrayCopiesTheURL(t *testing.T) {
	s := newSwitchboard()
	var copied string
	tray := newTray(TrayOptions{Gateway: s, Orders: Orders{Copy: func(text string) { copied = text }}})
	tray.copyURL()
	if copied != "" {
		t.Errorf("copied %q while there is no URL", copied)
	}
	s.set(core.GatewayStatus{URL: "http://127.0.0.1:8000"})
	if tray.copyURL(); copied != "http://127.0.0.1:8000" {
		t.Errorf("copied %q", copied)
	}
}
