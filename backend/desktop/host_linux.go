package desktop

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// TrayHost reports whether the desktop shows tray icons right now. Where it
// does not, a hidden window could never be found again.
func TrayHost(ctx context.Context) bool {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer conn.Close()
	if conn.Auth(nil) != nil || conn.Hello() != nil {
		return false
	}
	const watcher = "org.kde.StatusNotifierWatcher"
	value, err := conn.Object(watcher, "/StatusNotifierWatcher").GetProperty(watcher + ".IsStatusNotifierHostRegistered")
	if err != nil { // nobody owns the name
		return false
	}
	registered, _ := value.Value().(bool)
	return registered
}
