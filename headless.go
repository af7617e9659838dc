//go:build !desktop && !bindings

package main

import (
	"context"

	"github.com/aihub/aihub/backend/app"
)

// desktopMain returns nil: this build has no window.
func desktopMain() func(context.Context, app.Config) error { return nil }
