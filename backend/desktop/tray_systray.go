//go:build desktop && !darwin

package desktop

import (
	"context"
	"sync"

	"github.com/getlantern/systray"
)

// menu is the tray's menu, in the order in which it is shown.
type menu struct {
	status, quota, account, open, toggle, copyURL, quit *systray.MenuItem
	shown                                               face
}

// RegisterTray claims a place in the panel. It must be called on the main
// goroutine before the window's loop starts, because that loop is to serve both.
func RegisterTray(o TrayOptions) *Tray {
	systray.Register(nil, nil)
	return newTray(o)
}

// Run shows the icon and serves its menu until ctx ends. The icon stays until
// Remove.
func (t *Tray) Run(ctx context.Context) {
	m := newMenu(t.face(ctx), t.words)
	actions := map[*systray.MenuItem]func(){
		m.open:    t.Orders.Open,
		m.toggle:  func() { t.toggle(ctx) },
		m.copyURL: t.copyURL,
		m.quit:    t.Orders.Quit,
	}
	var serving sync.WaitGroup
	for item, act := range actions {
		serving.Go(func() { serve(ctx, item, act) })
	}
	t.follow(ctx, m.show)
	serving.Wait()
}

// serve runs an item's action at each click. Clicks while it runs are dropped
// by systray, which is what a person wants of a second click on "Stop".
func serve(ctx context.Context, item *systray.MenuItem, act func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-item.ClickedCh:
			act()
		}
	}
}

func newMenu(f face, w *words) *menu {
	m := &menu{status: line(f.status), quota: line(f.quota), account: line(f.account)}
	systray.AddSeparator()
	m.open = systray.AddMenuItem(w.open, "")
	m.toggle = systray.AddMenuItem(f.toggle, "")
	m.copyURL = systray.AddMenuItem(w.copyURL, "")
	systray.AddSeparator()
	m.quit = systray.AddMenuItem(w.quit, "")
	return m
}

// line adds an item that only tells something.
func line(text string) *systray.MenuItem {
	item := systray.AddMenuItem(text, "")
	item.Disable()
	return item
}

// show changes what differs from what is shown: every call goes over the
// session bus, and a new icon over the disk.
func (m *menu) show(f face) {
	if f.symbol != m.shown.symbol {
		setIcon(f.symbol)
	}
	if f.hint != m.shown.hint || f.tooltip != m.shown.tooltip {
		setText(f.hint, f.tooltip)
	}
	if f.status != m.shown.status {
		m.status.SetTitle(f.status)
	}
	tell(m.quota, f.quota)
	tell(m.account, f.account)
	if f.toggle != m.shown.toggle {
		m.toggle.SetTitle(f.toggle)
	}
	enable(m.toggle, !f.busy)
	enable(m.copyURL, f.canCopy)
	m.shown = f
}

// tell shows a line of text, or hides it when there is none.
func tell(item *systray.MenuItem, text string) {
	if text == "" {
		item.Hide()
		return
	}
	item.SetTitle(text)
	item.Show()
}

func enable(item *systray.MenuItem, on bool) {
	switch {
	case on && item.Disabled():
		item.Enable()
	case !on && !item.Disabled():
		item.Disable()
	}
}
