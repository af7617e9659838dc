package desktop

import "context"

// TrayHost reports whether the desktop shows tray icons: Windows always does.
func TrayHost(context.Context) bool { return true }
