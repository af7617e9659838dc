package desktop

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// PrefersDark reports whether the person prefers dark windows, so that the
// window has the page's colour before the page is there.
func PrefersDark(ctx context.Context) bool {
	conn, err := sessionBus(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	var scheme dbus.Variant
	// A desktop without the portal must not be made to start one now.
	err = conn.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop").CallWithContext(ctx,
		"org.freedesktop.portal.Settings.ReadOne", dbus.FlagNoAutoStart, "org.freedesktop.appearance", "color-scheme").Store(&scheme)
	if err != nil {
		return false
	}
	value, _ := scheme.Value().(uint32)
	return value == 1 // 0 = no preference, 2 = light
}

// sessionBus connects to the session bus where there is one, and starts none.
func sessionBus(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	if err := conn.Auth(nil); err != nil {
		conn.Close()
		return nil, err
	}
	if err := conn.Hello(); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}
