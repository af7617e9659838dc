//go:build desktop && !bindings

package main

import (
	"context"
	goruntime "runtime"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/aihub/aihub/backend/desktop"
)

// show brings the window to the front, from wherever it is.
func (w *window) show() {
	<-w.started
	runtime.WindowShow(w.wails)
	if goruntime.GOOS == "linux" || runtime.WindowIsMinimised(w.wails) {
		runtime.WindowUnminimise(w.wails) // on Linux this raises the window too
	}
	w.visible.Store(true)
}

// beforeClose decides what the window's close button does. Wails asks on a
// goroutine of its own.
func (w *window) beforeClose(ctx context.Context) (prevent bool) {
	<-w.started
	switch {
	case w.leaving.Load():
		return false
	case w.hidesOnClose(ctx):
		w.savePlace()
		w.visible.Store(false)
		runtime.WindowHide(ctx)
	default:
		w.quit()
	}
	return true
}

// hidesOnClose reports whether a closed window can be found again.
func (w *window) hidesOnClose(ctx context.Context) bool {
	settings, err := w.hub.Service().FindSettings(ctx)
	return err == nil && settings.CloseToTray && desktop.TrayHost(ctx)
}

// restorePlace moves the window to where it was, if that is still on a screen.
func (w *window) restorePlace() {
	if !w.found || w.place.Maximised {
		return
	}
	screens, err := runtime.ScreenGetAll(w.wails)
	if err != nil {
		return
	}
	width, height := 0, 0
	for _, s := range screens {
		width, height = width+s.Size.Width, max(height, s.Size.Height)
	}
	if w.place.Visible(width, height) {
		runtime.WindowSetPosition(w.wails, w.place.X, w.place.Y)
	}
}

// savePlace remembers where the window is. It asks the window's loop, which
// must be running.
func (w *window) savePlace() {
	if !w.visible.Load() {
		return
	}
	p := desktop.Place{Maximised: runtime.WindowIsMaximised(w.wails)}
	p.X, p.Y = runtime.WindowGetPosition(w.wails)
	p.Width, p.Height = runtime.WindowGetSize(w.wails)
	if p.Maximised { // the size to go back to is that from before
		p.X, p.Y, p.Width, p.Height = w.place.X, w.place.Y, w.place.Width, w.place.Height
	}
	w.place = p
	if err := desktop.SavePlace(w.dir, p); err != nil {
		w.log.Warn("the window's place is lost", "error", err)
	}
}
