//go:build bindings

package main

import (
	"context"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"

	"github.com/aihub/aihub/backend/app"
)

// desktopMain returns what the build that Wails makes for itself does: it writes
// the TypeScript of App's methods to frontend/wailsjs and ends ("make bindings").
func desktopMain() func(context.Context, app.Config) error {
	return func(context.Context, app.Config) error {
		return wails.Run(&options.App{Bind: []any{&App{}}})
	}
}
