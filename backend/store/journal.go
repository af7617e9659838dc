package store

import (
	"context"
	"errors"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// A Badger transaction is bounded by the size of the memtable, while Update
// promises all or nothing for any number of changes, such as the import of
// thousands of accounts. Changes that are too many for one transaction go
// through a journal: they are written to it in parts, then one small transaction
// sets its mark, which is the moment when the update counts, and then the parts
// are carried out. A start that finds the mark carries them out again; one that
// finds parts without a mark throws them away.

// journalPart bounds the bytes of a part, far below the limit of a transaction.
const journalPart = 256 << 10

// commitSynced carries out the edits, all or none, and puts them on the disk.
// The caller holds write, so the log that is synced is the one that was written.
func (d *DB) commitSynced(ctx context.Context, e edits) error {
	if d.torn {
		return core.Errorf(core.CodeUnavailable,
			"an earlier change could only be written in part, because the disk failed; restart AiHub to complete it")
	}
	err := d.commit(e)
	if errors.Is(err, badger.ErrTxnTooBig) {
		return d.commitJournal(context.WithoutCancel(ctx), e)
	}
	if err != nil {
		return err
	}
	return d.db.Sync()
}

func (d *DB) commitJournal(ctx context.Context, e edits) error {
	err := d.writeParts(e)
	if err == nil {
		err = d.commit(journalMark())
	}
	if err != nil {
		return errors.Join(err, d.dropJournal(ctx))
	}
	// From here on the update counts. Should it fail to be carried out, nothing
	// may be changed that the next start would then overwrite.
	d.torn = true
	if err := d.db.Sync(); err != nil {
		return err
	}
	if err := d.recoverJournal(ctx); err != nil {
		return err
	}
	d.torn = false
	return nil
}

func journalMark() edits { return edits{keyJournal: []byte("complete")} }

func (d *DB) writeParts(e edits) error {
	var part []byte
	var parts uint32
	flush := func() error {
		err := d.commit(edits{string(journalKey(parts)): part})
		parts, part = parts+1, nil
		return err
	}
	for key, value := range e {
		part = appendEdit(part, key, value)
		if len(part) >= journalPart {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// recoverJournal carries out a marked journal and removes what there is of any.
// It may be interrupted and run again at any point.
func (d *DB) recoverJournal(ctx context.Context) error {
	var marked bool
	var parts []edits
	err := d.db.View(func(txn *badger.Txn) (err error) {
		if marked, err = get(txn, []byte(keyJournal), nil); err != nil || !marked {
			return err
		}
		return scan(ctx, txn, prefixJournal, []byte(prefixJournal), func(_, value []byte) (bool, error) {
			part, err := decodeEdits(value)
			parts = append(parts, part)
			return true, err
		})
	})
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := d.commit(part); err != nil {
			return err
		}
	}
	return d.dropJournal(ctx)
}

// dropJournal removes parts and mark in one transaction.
func (d *DB) dropJournal(ctx context.Context) error {
	e := edits{}
	if err := d.db.View(func(txn *badger.Txn) error {
		return scan(ctx, txn, prefixJournal, []byte(prefixJournal), func(key, _ []byte) (bool, error) {
			e[string(key)] = nil
			return true, nil
		})
	}); err != nil || len(e) == 0 {
		return err
	}
	e[keyJournal] = nil
	return d.commit(e)
}

const (
	editDelete = 0
	editPut    = 1
)

func appendEdit(b []byte, key string, value []byte) []byte {
	if value == nil {
		return appendString(append(b, editDelete), key)
	}
	return appendString(appendString(append(b, editPut), key), value)
}

func decodeEdits(b []byte) (edits, error) {
	d := decoder{rest: string(b)}
	e := edits{}
	for d.rest != "" {
		kind, key := d.byte(), d.string()
		e[key] = nil
		if kind == editPut {
			e[key] = []byte(d.string())
		}
	}
	return e, d.err()
}
