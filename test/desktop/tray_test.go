package desktop_test

import (
	"image"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	item        = "org.kde.StatusNotifierItem"
	menu        = "com.canonical.dbusmenu"
)

// tray is the app's tray icon as a panel sees it.
type tray struct {
	t    *testing.T
	item dbus.BusObject
	menu dbus.BusObject
}

// findTray waits for the one tray icon of the session.
func findTray(t *testing.T, s *screen) *tray {
	t.Helper()
	var items []string
	wait(t, "the tray icon", func() bool {
		list, err := s.bus.Object(watcher, watcherPath).GetProperty(watcher + ".RegisteredStatusNotifierItems")
		if err != nil {
			return false
		}
		items, _ = list.Value().([]string)
		return len(items) == 1
	})
	name, path, _ := strings.Cut(items[0], "/")
	tr := &tray{t: t, item: s.bus.Object(name, dbus.ObjectPath("/"+path))}
	at, ok := tr.property("Menu").(dbus.ObjectPath)
	if !ok {
		t.Fatal("the tray icon has no menu")
	}
	tr.menu = s.bus.Object(name, at)
	return tr
}

func (tr *tray) property(name string) any {
	tr.t.Helper()
	value, err := tr.item.GetProperty(item + "." + name)
	if err != nil {
		tr.t.Fatalf("the tray icon's %s: %v", name, err)
	}
	return value.Value()
}

// icon returns the picture that the panel shows.
func (tr *tray) icon() image.Image {
	tr.t.Helper()
	name, _ := tr.property("IconName").(string)
	return readPNG(tr.t, name)
}

// line is one visible item of the menu.
type line struct {
	id      int32
	label   string
	enabled bool
}

// node is a menu item of com.canonical.dbusmenu, as GetLayout returns it.
type node struct {
	ID         int32
	Properties map[string]dbus.Variant
	Children   []dbus.Variant
}

// lines reads the menu. Separators and hidden items are left out.
func (tr *tray) lines() []line {
	tr.t.Helper()
	var revision uint32
	var root node
	call := tr.menu.Call(menu+".GetLayout", 0, int32(0), int32(-1), []string{})
	if err := call.Store(&revision, &root); err != nil {
		tr.t.Fatalf("the menu's layout: %v", err)
	}
	var lines []line
	for _, child := range root.Children {
		var n node
		if err := dbus.Store([]any{child.Value()}, &n); err != nil {
			tr.t.Fatalf("a menu item: %v", err)
		}
		label, _ := n.Properties["label"].Value().(string)
		visible, set := n.Properties["visible"].Value().(bool)
		if label == "" || set && !visible {
			continue
		}
		enabled, set := n.Properties["enabled"].Value().(bool)
		lines = append(lines, line{n.ID, label, enabled || !set})
	}
	return lines
}

// find returns the first line that begins with the text.
func (tr *tray) find(text string) (line, bool) {
	tr.t.Helper()
	for _, l := range tr.lines() {
		if strings.HasPrefix(l.label, text) {
			return l, true
		}
	}
	return line{}, false
}

// waitFor waits until the menu has a line that begins with the text, and which a
// person can choose or not.
func (tr *tray) waitFor(text string, enabled bool) line {
	tr.t.Helper()
	var found line
	wait(tr.t, "the menu to show "+text, func() bool {
		l, ok := tr.find(text)
		found = l
		return ok && l.enabled == enabled
	})
	return found
}

// click chooses the line that begins with the text, once it can be chosen.
func (tr *tray) click(text string) {
	tr.t.Helper()
	l := tr.waitFor(text, true)
	if err := tr.menu.Call(menu+".Event", 0, l.id, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err; err != nil {
		tr.t.Fatalf("click %s: %v", text, err)
	}
}
