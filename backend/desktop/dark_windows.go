package desktop

import (
	"context"

	"golang.org/x/sys/windows/registry"
)

// PrefersDark reports whether the person prefers dark windows, so that the
// window has the page's colour before the page is there.
func PrefersDark(context.Context) bool {
	key, err := registry.OpenKey(registry.CURRENT_USER,
		`Software\Microsoft\Windows\CurrentVersion\Themes\Personalize`, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer key.Close()
	light, _, err := key.GetIntegerValue("AppsUseLightTheme")
	return err == nil && light == 0
}
