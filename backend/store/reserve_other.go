//go:build !linux

package store

import "os"

// reserve makes the file take size bytes of the disk.
func reserve(f *os.File, size int64) error { return occupy(f, size) }
