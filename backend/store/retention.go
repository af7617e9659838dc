package store

import (
	"context"
	"slices"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// DropRecords implements core.RecordStore.
//
// Days are dropped with Badger's DropPrefix, which rewrites the tables that hold
// them: the space is free when it returns, and nothing is left to compact.
// Deleting row by row would write a tombstone each and free nothing until
// compaction happens to reach the old tables. The price is that DropPrefix
// admits no other writer, so days are dropped one at a time and requests get
// their turn in between.
func (d *DB) DropRecords(ctx context.Context, t time.Time) error {
	return d.use(ctx, "drop old ledger rows", func() error {
		days, err := d.daysBefore(t)
		if err != nil || len(days) == 0 {
			return err
		}
		if err := d.tidySlots(ctx); err != nil {
			return err
		}
		for _, day := range days {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := d.dropDay(day); err != nil {
				return err
			}
		}
		return nil
	})
}

// daysBefore lists the days before that of t.
func (d *DB) daysBefore(t time.Time) ([]string, error) {
	var days []string
	err := d.db.View(func(txn *badger.Txn) (err error) {
		days, err = listDays(txn)
		return err
	})
	first := dayName(t)
	for i, day := range days {
		if day >= first {
			return days[:i], err
		}
	}
	return days, err
}

// dropDay drops the rows of a day and the bodies that were kept of them.
func (d *DB) dropDay(day string) error {
	d.bodies.Lock()
	defer d.bodies.Unlock()
	d.bodies.forget(day)
	d.write.Lock()
	defer d.write.Unlock()
	began := time.Now()
	if err := d.db.DropPrefix(rowsOf(day), bodiesOf(day)); err != nil {
		return err
	}
	d.log.Info("dropped the ledger rows of a day", "day", day, "took", time.Since(began))
	return nil
}

func (d *DB) tidySlots(ctx context.Context) error {
	d.write.Lock()
	defer d.write.Unlock()
	var e edits
	err := d.db.View(func(txn *badger.Txn) (err error) {
		e, err = d.slots.tidy(ctx, txn)
		return err
	})
	if err != nil || len(e) == 0 {
		return err
	}
	return d.commit(e)
}

// listDays returns the days that have rows or bodies, oldest first. It jumps from
// day to day and reads no row.
func listDays(txn *badger.Txn) ([]string, error) {
	var days []string
	for _, prefix := range []string{prefixRow, prefixBody} {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte(prefix)})
		for it.Seek([]byte(prefix)); it.Valid(); {
			day := dayOf(it.Item().Key())
			if day == "" {
				it.Close()
				return nil, errDamaged
			}
			days = append(days, day)
			it.Seek(append(partOf(prefix, day), 0xff))
		}
		it.Close()
	}
	slices.Sort(days)
	return slices.Compact(days), nil
}
