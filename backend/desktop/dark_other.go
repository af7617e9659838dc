//go:build !linux && !windows

package desktop

import "context"

// PrefersDark is false where the system is not asked.
func PrefersDark(context.Context) bool { return false }
