//go:build !desktop || darwin

package desktop

import "context"

// RegisterTray returns a tray that shows nothing: a build without the tag desktop
// draws nothing, and on macOS systray and Wails both define the Objective-C class
// AppDelegate, so that one program cannot hold both. There the app has its Dock
// icon instead.
func RegisterTray(o TrayOptions) *Tray { return newTray(o) }

// Run waits until ctx ends.
func (t *Tray) Run(ctx context.Context) { t.follow(ctx, func(face) {}) }

// Remove does nothing, and leaves the window's main loop to the caller.
func (t *Tray) Remove() (ended bool) { return false }

// NameProgram does nothing: macOS goes by the bundle.
func NameProgram() {}
