//go:build !unix

package store

import "os"

// allocated is the length of a file, where the system does not tell of holes.
func allocated(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
