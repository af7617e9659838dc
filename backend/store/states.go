package store

import (
	"bytes"
	"context"
	"strings"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

func stateKey(kind core.StateKind, id string) string { return prefixState + string(kind) + "/" + id }

// PutStates implements core.StateStore.
func (d *DB) PutStates(ctx context.Context, kind core.StateKind, docs map[string][]byte) error {
	if len(docs) == 0 {
		return nil
	}
	e := make(edits, len(docs))
	for id, doc := range docs {
		if id == "" {
			return core.Invalid("id", "a document of kind %q has no id", kind)
		}
		e[stateKey(kind, id)] = bytes.Clone(doc)
	}
	return d.use(ctx, "save what was learned", func() error {
		d.write.Lock()
		defer d.write.Unlock()
		if err := d.space.check(); err != nil {
			return err
		}
		return d.commitSynced(ctx, e)
	})
}

// ListStates implements core.StateStore.
func (d *DB) ListStates(ctx context.Context, kind core.StateKind) (map[string][]byte, error) {
	docs := map[string][]byte{}
	prefix := stateKey(kind, "")
	err := d.view(ctx, "read what was learned", func(txn *badger.Txn) error {
		return scan(ctx, txn, prefix, []byte(prefix), func(key, value []byte) (more bool, err error) {
			docs[strings.TrimPrefix(string(key), prefix)] = bytes.Clone(value)
			return true, nil
		})
	})
	return docs, err
}

// forgetStates adds to e the deletion of what was learned of accounts that are
// gone. Only what is there is deleted: an update has a bounded number of keys.
func (d *DB) forgetStates(e edits, gone []string) error {
	if len(gone) == 0 {
		return nil
	}
	return d.db.View(func(txn *badger.Txn) error {
		for _, id := range gone {
			for _, kind := range core.AccountStates() {
				key := stateKey(kind, id)
				found, err := get(txn, []byte(key), nil)
				if err != nil {
					return err
				}
				if found {
					e[key] = nil
				}
			}
		}
		return nil
	})
}
