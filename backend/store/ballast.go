package store

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// ballastName is the file that keeps room on the disk.
const ballastName = "ballast"

// ballast keeps room on the disk for what Badger still has to write when others
// have filled it to the last byte: at Close what is in memory becomes tables, which
// are written through mapped memory, and there the system kills a process for which
// the disk has no room.
type ballast struct {
	path string
	size int64 // 0 = none is kept
}

func newBallast(dir string, size int64) ballast {
	return ballast{filepath.Join(dir, ballastName), size}
}

// keep takes the room, unless that would leave less than the store needs to work.
func (b ballast) keep(room *space) error {
	if info, err := os.Stat(b.path); b.size == 0 || err == nil && info.Size() == b.size {
		return nil
	}
	if free, err := room.free(filepath.Dir(b.path)); err != nil || free < room.min+uint64(b.size) {
		return err
	}
	f, err := os.OpenFile(b.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(reserve(f, b.size), f.Close()); err != nil {
		return errors.Join(err, os.Remove(b.path))
	}
	return nil
}

// release gives the room to Badger when the disk has less than that.
func (b ballast) release(room *space) error {
	if free, err := room.free(filepath.Dir(b.path)); b.size == 0 || err != nil || free >= uint64(b.size) {
		return err
	}
	if err := os.Remove(b.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// holdBallast takes the room for Close. Without it everything works but a Close on
// a disk without a byte.
func (d *DB) holdBallast() {
	if err := d.ballast.keep(d.space); err != nil {
		d.log.Warn("no room could be held back on the disk", "error", err)
	}
}

// occupy takes room by writing what no file system can compress.
func occupy(f *os.File, size int64) error {
	_, err := io.CopyN(f, rand.NewChaCha8([32]byte{}), size)
	return err
}
