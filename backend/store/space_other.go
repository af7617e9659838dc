//go:build !linux && !darwin && !windows

package store

import "errors"

// freeBytes does not know how to ask this system.
func freeBytes(string) (uint64, error) { return 0, errors.ErrUnsupported }
