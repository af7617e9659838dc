package store

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// Storage implements core.RecordStore. Tables tell which keys they hold, so the
// share of the log is known without reading it: a table that holds rows counts
// as a whole, also at the ends of their range, where it holds other keys too.
func (d *DB) Storage(ctx context.Context) (core.Storage, error) {
	var s core.Storage
	err := d.use(ctx, "measure the database", func() (err error) {
		s.Logs = d.logSize()
		if s.Total, err = filesSize(d.dir); err != nil {
			return err
		}
		if free, err := d.space.free(d.dir); err == nil {
			s.Free = int64(free)
		}
		return d.db.View(func(txn *badger.Txn) error {
			days, err := listDays(txn)
			s.Days = len(days)
			if len(days) > 0 {
				s.Oldest = days[0]
			}
			return err
		})
	})
	return s, err
}

// logSize is what the tables take on the disk that hold rows or bodies. No other
// keys lie between the two.
func (d *DB) logSize() (size int64) {
	first, last := []byte(prefixBody), []byte(prefixRow+"\xff")
	for _, t := range d.db.Tables() {
		if bytes.Compare(t.Right, first) >= 0 && bytes.Compare(t.Left, last) <= 0 {
			size += int64(t.OnDiskSize)
		}
	}
	return size
}

// filesSize is what the database's files take. Those that Badger maps into memory
// are longer than what is on the disk of them.
func filesSize(dir string) (size int64, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if !isDatabaseFile(e.Name()) {
			continue
		}
		n, err := allocated(filepath.Join(dir, e.Name()))
		if err != nil && !os.IsNotExist(err) { // compaction may have removed it
			return 0, err
		}
		size += n
	}
	return size, nil
}

// isDatabaseFile knows the files of Badger in a data folder, which also holds the
// key, the log and the window's own.
func isDatabaseFile(name string) bool {
	switch filepath.Ext(name) {
	case ".sst", ".vlog", ".mem":
		return true
	}
	return name == badger.ManifestFilename || name == badger.KeyRegistryFileName || name == "DISCARD"
}

// LimitRecords implements core.RecordStore.
func (d *DB) LimitRecords(ctx context.Context, maxBytes int64, t time.Time) error {
	return d.use(ctx, "keep the ledger within its budget", func() error {
		if d.logSize() <= maxBytes {
			return nil
		}
		days, err := d.daysBefore(t)
		if err != nil {
			return err
		}
		if len(days) > 0 {
			if err := d.tidySlots(ctx); err != nil {
				return err
			}
		}
		for _, day := range days {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := d.dropDay(day); err != nil {
				return err
			}
			if d.logSize() <= maxBytes {
				return nil
			}
		}
		return d.dropBodies(dayName(t))
	})
}
