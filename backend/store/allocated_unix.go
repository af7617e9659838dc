//go:build unix

package store

import "golang.org/x/sys/unix"

// allocated is what a file takes on the disk; holes in it take nothing.
func allocated(path string) (int64, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return 0, err
	}
	return st.Blocks * 512, nil
}
