//go:build linux || darwin

package store

import (
	"errors"

	"golang.org/x/sys/unix"
)

// freeBytes is what an ordinary user may still write to the disk of a folder.
func freeBytes(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	if st.Blocks == 0 {
		return 0, errors.New("the file system does not tell its size")
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil //nolint:unconvert // the types differ by system
}
