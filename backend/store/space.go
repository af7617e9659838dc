package store

import (
	"time"

	"github.com/aihub/aihub/backend/core"
)

// minFree leaves room for what Badger has mapped into memory and not written
// yet: its files are longer than what is in them, and the system kills a process
// that writes to a mapped page for which the disk has no room.
const minFree = 64 << 20

// space knows whether the disk has room for a write.
type space struct {
	dir     string
	min     uint64
	free    func(dir string) (uint64, error)
	now     func() time.Time
	checked time.Time
	full    bool
}

// spaceAge is how long an answer of the system holds. No other program can write
// min in that time.
const spaceAge = 10 * time.Millisecond

func newSpace(dir string, least uint64) *space {
	if least == 0 {
		least = minFree
	}
	return &space{dir: dir, min: least, free: freeBytes, now: time.Now}
}

// check fails while the disk is full. After Open the caller holds DB.write.
func (s *space) check() error {
	if now := s.now(); s.checked.IsZero() || now.Sub(s.checked) >= spaceAge {
		free, err := s.free(s.dir)
		// A file system that does not tell has room, as far as is known.
		s.checked, s.full = now, err == nil && free < s.min
	}
	if !s.full {
		return nil
	}
	return core.Errorf(core.CodeUnavailable,
		"the disk is full: AiHub needs %d MB free for its data in %s; delete files or move the data folder", (s.min+1<<20-1)>>20, s.dir)
}
