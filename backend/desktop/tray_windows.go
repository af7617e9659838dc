//go:build desktop

package desktop

import (
	_ "embed"

	"github.com/getlantern/systray"
)

// The icons as build/icon draws them. They are variables of their own because
// an embedded file system would copy them at each change.
//
//nolint:gochecknoglobals // embedded files can be nothing else
var (
	//go:embed icons/running.ico
	iconRunning []byte
	//go:embed icons/low.ico
	iconLow []byte
	//go:embed icons/stopped.ico
	iconStopped []byte
	//go:embed icons/error.ico
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

// NameProgram does nothing: Windows goes by the file.
func NameProgram() {}

// setText sets the tooltip; Windows shows no text beside an icon.
func setText(_, tooltip string) { systray.SetTooltip(tooltip) }

// Remove takes the icon away and ends the main loop that it shares with the
// window; it returns true because it does.
func (t *Tray) Remove() (ended bool) {
	systray.Quit()
	return true
}
