package store

import (
	"context"
	"errors"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// edits are the keys that one transaction writes; a nil value deletes the key.
type edits map[string][]byte

func (e edits) apply(txn *badger.Txn) error {
	for key, value := range e {
		var err error
		if value == nil {
			err = txn.Delete([]byte(key))
		} else {
			err = txn.Set([]byte(key), value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// commit writes the edits in one transaction. The caller holds write.
func (d *DB) commit(e edits) error { return d.db.Update(e.apply) }

// use runs an operation that the closing of the database waits for; what names
// it in the error.
func (d *DB) use(ctx context.Context, what string, op func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d.life.RLock()
	defer d.life.RUnlock()
	if d.closed {
		return core.Errorf(core.CodeUnavailable, "the database is closed")
	}
	return failed(what, op())
}

// view runs a reader over one consistent state of the database.
func (d *DB) view(ctx context.Context, what string, read func(*badger.Txn) error) error {
	return d.use(ctx, what, func() error { return d.db.View(read) })
}

// failed wraps an error of Badger; errors that already speak to people and those
// of a context stay as they are.
func failed(what string, err error) error {
	if _, ok := errors.AsType[*core.Error](err); ok || err == nil ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &core.Error{Code: core.CodeInternal, Message: "cannot " + what, Err: err}
}

// get hands the value of a key to read, which may be nil and must not keep it.
func get(txn *badger.Txn, key []byte, read func([]byte) error) (found bool, err error) {
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return false, nil
	}
	if err != nil || read == nil {
		return err == nil, err
	}
	return true, item.Value(read)
}

// checkEvery is how many rows a scan passes between looks at its context.
const checkEvery = 1024

// scan visits the keys under prefix from the key start on, upward, until visit
// wants no more. Key and value are only valid during the visit.
func scan(ctx context.Context, txn *badger.Txn, prefix string, start []byte, visit func(key, value []byte) (more bool, err error)) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte(prefix)})
	defer it.Close()
	n := 0
	for it.Seek(start); it.Valid(); it.Next() {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		var more bool
		item := it.Item()
		err := item.Value(func(value []byte) (err error) {
			more, err = visit(item.Key(), value)
			return err
		})
		if err != nil || !more {
			return err
		}
	}
	return nil
}
