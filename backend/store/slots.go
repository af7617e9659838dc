package store

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// slots remembers which requests are in flight.
//
// The plain way, a key per request that is deleted at its end, costs two writes
// and leaves a tombstone for compaction. Instead all rows that one commit began
// share one value, a block, and a block whose rows have all ended is not deleted:
// its slot is free, and the next commit writes its own block over it. A row of a
// block is therefore open unless an ended row of the same id is stored. That is
// looked up once, when the database is opened; from then on open knows.
//
// A checkpoint of open rows is a block too. While the older block of a row is not
// written over there are two of it, and the one that has lasted longer counts.
//
// Before rows are dropped the blocks must forget their ended rows (tidy), or
// these would look open again.
type slots struct {
	open map[string]uint32 // id of an open row -> its slot
	left map[uint32]int    // slot -> open rows in it; free slots are absent
	free []uint32          // slots below next that no row needs any more
	next uint32
}

func newSlots() *slots {
	return &slots{open: map[string]uint32{}, left: map[uint32]int{}}
}

// peek returns the slot that the next block goes to.
func (s *slots) peek() uint32 {
	if n := len(s.free); n > 0 {
		return s.free[n-1]
	}
	return s.next
}

// begin takes over a block that was stored in the slot that peek named.
func (s *slots) begin(rows []*core.Record) {
	slot := s.peek()
	if slot == s.next {
		s.next++
	} else {
		s.free = s.free[:len(s.free)-1]
	}
	s.put(slot, rows)
}

// put says that the slot is where these rows are; it holds no others.
func (s *slots) put(slot uint32, rows []*core.Record) {
	s.left[slot] = len(rows)
	for _, r := range rows {
		s.end(r.ID) // at an older place
		s.open[r.ID] = slot
	}
}

// opened returns those of the rows that are open.
func (s *slots) opened(rows []*core.Record) []*core.Record {
	var open []*core.Record
	for _, r := range rows {
		if _, ok := s.open[r.ID]; ok {
			open = append(open, r)
		}
	}
	return open
}

// end closes the row, if it is open.
func (s *slots) end(id string) {
	slot, ok := s.open[id]
	if !ok {
		return
	}
	delete(s.open, id)
	if s.left[slot]--; s.left[slot] == 0 {
		delete(s.left, slot)
		s.free = append(s.free, slot)
	}
}

// load finds the open rows of an opened database.
func (s *slots) load(ctx context.Context, txn *badger.Txn) error {
	lasted := map[string]int64{} // of the open rows so far, the longer of two
	return eachBlock(ctx, txn, func(slot uint32, rows []*core.Record) error {
		for ; s.next <= slot; s.next++ {
			s.free = append(s.free, s.next)
		}
		open, err := withoutEnded(txn, rows)
		if err != nil {
			return err
		}
		open = newest(lasted, open)
		if len(open) == 0 {
			return nil
		}
		s.free = s.free[:len(s.free)-1]
		s.put(slot, open)
		return nil
	})
}

// newest leaves out the rows of which an earlier block has a later state.
func newest(lasted map[string]int64, rows []*core.Record) []*core.Record {
	return slices.DeleteFunc(rows, func(r *core.Record) bool {
		longest, ok := lasted[r.ID]
		if ok && longest >= r.DurationMS {
			return true
		}
		lasted[r.ID] = r.DurationMS
		return false
	})
}

func withoutEnded(txn *badger.Txn, rows []*core.Record) ([]*core.Record, error) {
	var open []*core.Record
	for _, r := range rows {
		ended, err := get(txn, rowKey(r.Time, r.ID), nil)
		if err != nil {
			return nil, err
		}
		if !ended {
			open = append(open, r)
		}
	}
	return open, nil
}

// tidy returns the edits that leave nothing but open rows in the blocks.
func (s *slots) tidy(ctx context.Context, txn *badger.Txn) (edits, error) {
	e := edits{}
	err := eachBlock(ctx, txn, func(slot uint32, rows []*core.Record) error {
		open := s.openIn(slot, rows)
		switch key := string(slotKey(slot)); {
		case len(open) == 0:
			e[key] = nil
		case len(open) < len(rows):
			e[key] = encodeBlock(open)
		}
		return nil
	})
	return e, err
}

func (s *slots) openIn(slot uint32, rows []*core.Record) []*core.Record {
	var open []*core.Record
	for _, r := range rows {
		if at, ok := s.open[r.ID]; ok && at == slot {
			open = append(open, r)
		}
	}
	return open
}

func eachBlock(ctx context.Context, txn *badger.Txn, visit func(uint32, []*core.Record) error) error {
	return scan(ctx, txn, prefixOpen, []byte(prefixOpen), func(key, value []byte) (more bool, err error) {
		if len(key) != len(prefixOpen)+4 {
			return false, errDamaged
		}
		rows, err := decodeBlock(value)
		if err != nil {
			return false, err
		}
		return true, visit(binary.BigEndian.Uint32(key[len(prefixOpen):]), rows)
	})
}

func encodeBlock(rows []*core.Record) (block []byte) {
	var row []byte
	for _, r := range rows {
		row = appendRow(row[:0], r)
		block = appendString(block, row)
	}
	return block
}

func decodeBlock(b []byte) ([]*core.Record, error) {
	d := decoder{rest: string(b)}
	var rows []*core.Record
	for d.rest != "" {
		row, err := decodeRow([]byte(d.string()))
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, d.err()
}

// OpenRecords implements core.RecordStore.
func (d *DB) OpenRecords(ctx context.Context) ([]*core.Record, error) {
	d.write.Lock()
	defer d.write.Unlock()
	var list []*core.Record
	err := d.view(ctx, "list the open rows", func(txn *badger.Txn) error {
		return eachBlock(ctx, txn, func(slot uint32, rows []*core.Record) error {
			list = append(list, d.slots.openIn(slot, rows)...)
			return nil
		})
	})
	return list, err
}
