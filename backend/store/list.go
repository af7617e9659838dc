package store

import (
	"bytes"
	"context"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

const (
	defaultLimit = 100
	maxLimit     = 1000
	// maxExamined bounds the rows that one call of ListRecords passes over, so
	// that a filter that matches next to nothing cannot keep a reader for
	// seconds; the page is short then and its cursor goes on.
	maxExamined = 50_000
)

// ListRecords implements core.RecordStore. The cursor is the key of the last row
// of the page without its prefix, so pages stay right while rows are added.
func (d *DB) ListRecords(ctx context.Context, f core.RecordFilter) ([]*core.Record, string, error) {
	p, err := newPage(f)
	if err != nil {
		return nil, "", err
	}
	err = d.view(ctx, "list the ledger", func(txn *badger.Txn) error { return p.fill(ctx, txn) })
	return p.rows, p.cursor, err
}

// page is one call of ListRecords.
type page struct {
	filter   core.RecordFilter
	sieve    sieve
	from     []byte // where the reverse scan begins
	floor    []byte // rows of keys below are too old
	examined int
	rows     []*core.Record
	cursor   string
}

func newPage(f core.RecordFilter) (*page, error) {
	if f.Limit < 0 || f.Limit > maxLimit {
		return nil, core.Invalid("limit", "limit must be between 1 and %d", maxLimit)
	}
	if f.Limit == 0 {
		f.Limit = defaultLimit
	}
	p := &page{filter: f, sieve: newSieve(&f), from: []byte(prefixRow + "\xff"), floor: []byte(prefixRow), rows: []*core.Record{}}
	if !f.Since.IsZero() {
		p.floor = dayPrefix(f.Since)
	}
	if !f.Until.IsZero() {
		p.from = append(dayPrefix(f.Until), 0xff)
	}
	if f.Cursor != "" {
		last := []byte(prefixRow + f.Cursor)
		if !isRowKey(last) {
			return nil, core.Invalid("cursor", "the cursor is not one of a previous page")
		}
		if bytes.Compare(last, p.from) < 0 {
			p.from = last
		}
	}
	return p, nil
}

// isRowKey reports whether the key has the form "r/<yyyymmdd>/<id>".
func isRowKey(key []byte) bool {
	day := dayOf(key)
	if n := len(prefixRow) + dayLen; day == "" || len(key) == n+1 || key[n] != '/' {
		return false
	}
	_, err := time.Parse(dayLayout, day)
	return err == nil
}

func (p *page) fill(ctx context.Context, txn *badger.Txn) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte(prefixRow), Reverse: true})
	defer it.Close()
	it.Seek(p.from)
	if it.Valid() && p.filter.Cursor != "" && string(it.Item().Key()) == prefixRow+p.filter.Cursor {
		it.Next()
	}
	var last []byte
	for ; it.Valid() && bytes.Compare(it.Item().Key(), p.floor) >= 0; it.Next() {
		if len(p.rows) == p.filter.Limit || p.examined == maxExamined {
			p.cursor = string(last[len(prefixRow):])
			return nil
		}
		if p.examined++; p.examined%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := p.examine(it.Item()); err != nil {
			return err
		}
		last = it.Item().KeyCopy(last)
	}
	return nil
}

func (p *page) examine(item *badger.Item) error {
	return item.Value(func(value []byte) error {
		found, err := p.sieve.passes(value)
		if err != nil || !found {
			return err
		}
		row, err := decodeRow(value)
		p.rows = append(p.rows, row)
		return err
	})
}
