package desktop

import (
	"os"
	"runtime"

	"github.com/aihub/aihub/backend/core"
)

// CheckDisplay returns an error that names the alternative when the session has
// no screen to open a window on.
func CheckDisplay() error {
	if runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" {
		return nil
	}
	return core.Errorf(core.CodeUnsupported,
		`there is no display to open a window on; run "aihub serve" for the gateway and the dashboard in a browser`)
}
