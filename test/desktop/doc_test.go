// Package desktop_test drives the finished desktop app as a person does: a real
// screen (Xvfb), session bus, window manager and panel; the window's page is read
// and used through the accessibility bus, as a screen reader does it, and the
// tray's menu through D-Bus, as a panel does it.
//
// AIHUB_DESKTOP names the program; "make test-desktop" builds it and sets that.
// Screenshots are left in out/.
package desktop_test
