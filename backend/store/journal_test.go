package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/dgraph-io/badger/v4"
)

// crash returns a database as a start finds it that follows a crash in the
// middle of a journalled update: prepare writes what had been written until then.
func crash(t *testing.T, prepare func(*DB, edits) error) *DB {
	t.Helper()
	o := Options{Dir: t.TempDir()}
	db, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.commit(edits{prefixSecret + "old": []byte("here")}); err != nil {
		t.Fatal(err)
	}
	if err := prepare(db, manyEdits()); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

const editCount = 2000

// manyEdits makes more than one part and more than one transaction.
func manyEdits() edits {
	e := edits{prefixSecret + "old": nil}
	for i := range editCount {
		e[fmt.Sprintf("%snew%d", prefixSecret, i)] = make([]byte, 1000)
	}
	return e
}

func TestJournalAfterACrash(t *testing.T) {
	tests := []struct {
		name    string
		done    bool
		prepare func(*DB, edits) error
	}{
		{"before the mark", false, func(db *DB, e edits) error {
			return db.writeParts(e)
		}},
		{"after the mark", true, func(db *DB, e edits) error {
			if err := db.writeParts(e); err != nil {
				return err
			}
			return db.commit(journalMark())
		}},
		{"in the middle of the work", true, func(db *DB, e edits) error {
			if err := db.writeParts(e); err != nil {
				return err
			}
			if err := db.commit(journalMark()); err != nil {
				return err
			}
			return db.commit(edits{prefixSecret + "new1": e[prefixSecret+"new1"], prefixSecret + "old": nil})
		}},
		{"after the end", true, func(db *DB, e edits) error { return db.commitSynced(context.Background(), e) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db := crash(t, test.prepare)
			want := 1
			if test.done {
				want = editCount
			}
			if got := len(db.config.secrets); got != want {
				t.Errorf("%d secrets, want %d", got, want)
			}
			if n := countKeys(t, db, keyJournal); n != 0 {
				t.Errorf("%d keys of the journal are left", n)
			}
		})
	}
}

func countKeys(t *testing.T, db *DB, prefix string) (n int) {
	t.Helper()
	err := db.db.View(func(txn *badger.Txn) error {
		return scan(context.Background(), txn, prefix, []byte(prefix), func(_, _ []byte) (bool, error) {
			n++
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
