package desktop

import "context"

// TrayHost reports whether the desktop shows tray icons right now. Where it
// does not, a hidden window could never be found again.
func TrayHost(ctx context.Context) bool {
	conn, err := sessionBus(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	const watcher = "org.kde.StatusNotifierWatcher"
	value, err := conn.Object(watcher, "/StatusNotifierWatcher").GetProperty(watcher + ".IsStatusNotifierHostRegistered")
	if err != nil { // nobody owns the name
		return false
	}
	registered, _ := value.Value().(bool)
	return registered
}
