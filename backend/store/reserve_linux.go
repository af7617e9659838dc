package store

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// reserve makes the file take size bytes of the disk.
func reserve(f *os.File, size int64) error {
	err := unix.Fallocate(int(f.Fd()), 0, 0, size)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		return occupy(f, size)
	}
	return err
}
