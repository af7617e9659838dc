//go:build !linux && !windows

package desktop

import "context"

// TrayHost reports whether this app has a tray icon here: it has none.
func TrayHost(context.Context) bool { return false }
