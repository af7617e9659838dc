package store

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// CommitRecords implements core.RecordStore. A batch is one transaction; one that
// is too large for Badger is halved until it fits, and every row still enters
// the hourly sums in the transaction that stores it.
func (d *DB) CommitRecords(ctx context.Context, begun, ended []*core.Record) error {
	if len(begun)+len(ended) == 0 {
		return nil
	}
	return d.use(ctx, "store the ledger's rows", func() error {
		d.write.Lock()
		defer d.write.Unlock()
		if err := d.space.check(); err != nil {
			return err
		}
		return d.commitRecords(begun, ended)
	})
}

// CheckpointRecords implements core.RecordStore. A checkpoint is a new block with
// the rows (slots.go); what the older blocks hold of them counts no more.
func (d *DB) CheckpointRecords(ctx context.Context, rows []*core.Record) error {
	return d.use(ctx, "store what is known of the open rows", func() error {
		d.write.Lock()
		defer d.write.Unlock()
		open := d.slots.opened(rows)
		if len(open) == 0 {
			return nil
		}
		if err := d.space.check(); err != nil {
			return err
		}
		return d.commitRecords(open, nil)
	})
}

func (d *DB) commitRecords(begun, ended []*core.Record) error {
	var b batch
	err := d.db.Update(func(txn *badger.Txn) (err error) {
		b, err = d.writeBatch(txn, begun, ended)
		return err
	})
	if errors.Is(err, badger.ErrTxnTooBig) && len(begun)+len(ended) > 1 {
		return d.commitHalves(begun, ended)
	}
	if err != nil {
		return err
	}
	d.apply(&b)
	return nil
}

// commitHalves keeps the order: all begun rows before the first ended one.
func (d *DB) commitHalves(begun, ended []*core.Record) error {
	if len(begun) > 0 && len(ended) > 0 {
		return errors.Join(d.commitRecords(begun, nil), d.commitRecords(nil, ended))
	}
	b, e := len(begun)/2, len(ended)/2
	return errors.Join(d.commitRecords(begun[:b], ended[:e]), d.commitRecords(begun[b:], ended[e:]))
}

// batch is what a committed transaction changes in memory.
type batch struct {
	begun, ended []*core.Record
	rollups      map[string]core.Counts
	latencies    map[string]core.Latency
	lastUsed     map[string]int64
}

func (d *DB) writeBatch(txn *badger.Txn, begun, ended []*core.Record) (batch, error) {
	b := batch{begun: begun, ended: ended}
	if len(begun) > 0 {
		if err := txn.Set(slotKey(d.slots.peek()), encodeBlock(begun)); err != nil {
			return b, err
		}
	}
	if len(ended) == 0 {
		return b, nil
	}
	for _, r := range ended {
		if err := txn.Set(rowKey(r.Time, r.ID), appendRow(make([]byte, 0, 512), r)); err != nil {
			return b, err
		}
	}
	var err error
	if b.rollups, err = d.rollups.write(txn, ended); err != nil {
		return b, err
	}
	if b.latencies, err = d.latencies.write(txn, ended); err != nil {
		return b, err
	}
	b.lastUsed = d.newlyUsed(ended)
	for id, seconds := range b.lastUsed {
		if err := txn.Set([]byte(prefixLastUsed+id), binary.BigEndian.AppendUint64(nil, uint64(seconds))); err != nil {
			return b, err
		}
	}
	return b, nil
}

// newlyUsed returns the last use of the keys and accounts for which the rows
// bring a later second than the stored one.
func (d *DB) newlyUsed(ended []*core.Record) map[string]int64 {
	var used map[string]int64
	for _, r := range ended {
		seconds := r.EndedAt().Unix()
		for _, id := range [...]string{r.KeyID, r.AccountID} {
			if id == "" || seconds <= max(d.lastUsed[id], used[id]) {
				continue
			}
			if used == nil {
				used = map[string]int64{}
			}
			used[id] = seconds
		}
	}
	return used
}

func (d *DB) apply(b *batch) {
	if len(b.begun) > 0 {
		d.slots.begin(b.begun)
	}
	for _, r := range b.ended {
		d.slots.end(r.ID)
	}
	d.rollups.remember(b.rollups)
	d.latencies.remember(b.latencies)
	for id, seconds := range b.lastUsed {
		d.lastUsed[id] = seconds
	}
}

// FindRecord implements core.RecordStore. The id says on which day the request
// began; rows with ids of another form are looked for on every day.
func (d *DB) FindRecord(ctx context.Context, id string) (*core.Record, error) {
	var row *core.Record
	err := d.view(ctx, "find the ledger row", func(txn *badger.Txn) error {
		find := func(prefix []byte) (found bool, err error) {
			return get(txn, append(prefix, id...), func(value []byte) (err error) {
				row, err = decodeRow(value)
				return err
			})
		}
		if at, ok := core.IDTime(id); ok {
			if found, err := find(dayPrefix(at)); found || err != nil {
				return err
			}
		}
		days, err := listDays(txn)
		for _, day := range days {
			if found, err := find(rowsOf(day)); found || err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		return core.Errorf(core.CodeNotFound, "no such request: %q", id)
	})
	return row, err
}

// LastUsed implements core.RecordStore.
func (d *DB) LastUsed(ctx context.Context) (map[string]time.Time, error) {
	used := map[string]time.Time{}
	err := d.use(ctx, "read when keys were last used", func() error {
		d.write.Lock()
		defer d.write.Unlock()
		for id, seconds := range d.lastUsed {
			used[id] = time.Unix(seconds, 0).UTC()
		}
		return nil
	})
	return used, err
}

func readLastUsed(ctx context.Context, txn *badger.Txn) (map[string]int64, error) {
	used := map[string]int64{}
	err := scan(ctx, txn, prefixLastUsed, []byte(prefixLastUsed), func(key, value []byte) (more bool, err error) {
		if len(value) != 8 {
			return false, errDamaged
		}
		used[string(key[len(prefixLastUsed):])] = int64(binary.BigEndian.Uint64(value))
		return true, nil
	})
	return used, err
}
