//go:build desktop

package desktop

/*
#cgo pkg-config: glib-2.0
#include <glib.h>
#include <stdint.h>

extern gboolean aihubOnMainLoop(gpointer handle);

static void aihub_name(void) { g_set_prgname("aihub"); }

static void aihub_idle(uintptr_t handle) {
	g_idle_add((GSourceFunc)aihubOnMainLoop, (gpointer)handle);
}
*/
import "C"

import (
	_ "embed"
	"runtime/cgo"

	"github.com/getlantern/systray"
)

// The icons as build/icon draws them. They are variables of their own because
// systray keeps a pointer to the bytes: they must never move or be freed.
//
//nolint:gochecknoglobals // embedded files can be nothing else
var (
	//go:embed icons/running.png
	iconRunning []byte
	//go:embed icons/low.png
	iconLow []byte
	//go:embed icons/stopped.png
	iconStopped []byte
	//go:embed icons/error.png
	iconError []byte
)

func setIcon(s symbol) {
	switch s {
	case symbolRunning:
		systray.SetIcon(iconRunning)
	case symbolLow:
		systray.SetIcon(iconLow)
	case symbolStopped:
		systray.SetIcon(iconStopped)
	case symbolError:
		systray.SetIcon(iconError)
	}
}

// NameProgram sets the name by which desktops match the window to its menu entry
// (StartupWMClass), whatever the file of the program is called. It must be called
// before there is a tray or a window.
func NameProgram() { C.aihub_name() }

// setText sets the text beside the icon, which is also the item's title. Linux
// has no tooltip in systray.
//
// systray calls the indicator library from the caller's thread here, and only
// here; the library belongs to the thread of the main loop.
func setText(hint, _ string) {
	C.aihub_idle(C.uintptr_t(cgo.NewHandle(func() { systray.SetTitle(hint) })))
}

//export aihubOnMainLoop
func aihubOnMainLoop(handle C.gpointer) C.gboolean {
	h := cgo.Handle(uintptr(handle))
	defer h.Delete()
	h.Value().(func())()
	return C.G_SOURCE_REMOVE
}

// Remove takes the icon away and ends the main loop that it shares with the
// window; it returns true because it does.
func (t *Tray) Remove() (ended bool) {
	systray.Quit()
	return true
}
