//go:build desktop && !bindings

package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/desktop"
)

// window is the app's window, and owns everything that lives as long as it.
//
//nolint:containedctx // Wails' handle on the window is one; the others end what the window owns
type window struct {
	hub   *app.App
	claim *desktop.Instance
	dir   string // the data folder
	log   *slog.Logger
	tray  *desktop.Tray

	place   desktop.Place
	found   bool // place was remembered
	visible atomic.Bool

	wails   context.Context // set once started is closed
	started chan struct{}

	life    context.Context // of what serving holds
	stop    context.CancelFunc
	serving sync.WaitGroup

	drain    context.Context // of the wait for open requests at the end
	hasten   context.CancelFunc
	quitting sync.Once
	ending   sync.Once
	leaving  atomic.Bool // the window's loop may end now
	again    atomic.Bool // the program is to start anew
}

func newWindow(hub *app.App, claim *desktop.Instance) *window {
	w := &window{hub: hub, claim: claim, dir: hub.DataFolder(), log: hub.Log(), started: make(chan struct{})}
	w.place, w.found = desktop.LoadPlace(w.dir)
	w.life, w.stop = context.WithCancel(context.Background())
	w.drain, w.hasten = context.WithCancel(context.Background())
	return w
}

func (w *window) webviewDir() string { return filepath.Join(w.dir, "webview") }

// startup runs beside the window's loop as soon as there is one.
func (w *window) startup(ctx context.Context) {
	w.wails = ctx
	w.visible.Store(true)
	close(w.started)
	w.restorePlace() // before anything can end the program and save the place
	w.serving.Go(w.watchSignals)
	w.serving.Go(func() { w.tray.Run(w.life) })
	w.serving.Go(func() { w.forward(w.life) })
	w.serving.Go(w.autostart)
	w.serving.Go(w.watchRestarts)
	w.claim.Serve(w.show)
}

// autostart opens the gateway if the settings say so. When it cannot, the
// gateway's status says why, and the window and the tray show that.
func (w *window) autostart() {
	settings, err := w.hub.Service().FindSettings(w.life)
	if err != nil || !settings.GatewayAutostart {
		return
	}
	if err := w.hub.StartGateway(w.life); err != nil {
		w.log.Warn("the gateway did not start", "error", err)
	}
}

// watchRestarts ends the program so that it starts anew.
func (w *window) watchRestarts() {
	select {
	case <-w.life.Done():
	case <-w.hub.Restarts():
		w.again.Store(true)
		w.quit()
	}
}

// watchSignals takes the signals over from Wails, which would take them for a
// click on the window's close button. The first ends the program gracefully, a
// further one does not wait for open requests.
func (w *window) watchSignals() {
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	for act := w.quit; ; act = w.hasten {
		select {
		case <-w.life.Done():
			return
		case <-signals:
			act()
		}
	}
}

// quit begins to end the program and returns at once.
func (w *window) quit() { w.quitting.Do(func() { go w.leave() }) }

// leave ends everything, and then the window's loop, which the main goroutine
// is in.
func (w *window) leave() {
	<-w.started
	w.savePlace()
	runtime.WindowHide(w.wails)
	w.end()
	w.leaving.Store(true)
	if ended := w.tray.Remove(); !ended {
		runtime.Quit(w.wails)
	}
}

// end stops the gateway after its open requests, closes the store and waits for
// all that the window owns. Further calls wait for the first.
func (w *window) end() {
	w.ending.Do(func() {
		if err := w.hub.Close(w.drain); err != nil {
			w.log.Error("the program did not end cleanly", "error", err)
		}
		w.stop()
		w.serving.Wait()
		w.hasten()
	})
}
