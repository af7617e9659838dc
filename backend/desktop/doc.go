// Package desktop is what a desktop app has beside its window: the tray icon
// and its menu, the question whether the desktop shows trays at all, the rule
// that one data folder has one running app, and the window's remembered place.
//
// It stands outside the way of a request: it only watches the gateway, and
// starts and stops it. Everything but the drawing of the tray builds without
// cgo; the drawing needs the build tag desktop.
package desktop
