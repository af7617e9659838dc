package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// step is a migration that notes in the database that it ran.
func step(version int, err error) migration {
	return migration{version: version, what: "test", run: func(db *badger.DB) error {
		if err != nil {
			return err
		}
		return db.Update(func(txn *badger.Txn) error {
			return txn.Set([]byte(prefixSecret+"ran"), append(read(txn, prefixSecret+"ran"), byte('0'+version)))
		})
	}}
}

func read(txn *badger.Txn, key string) (value []byte) {
	_, _ = get(txn, []byte(key), func(v []byte) error {
		value = slices.Clone(v)
		return nil
	})
	return value
}

// runSteps opens the folder with these migrations and returns which have run in
// its life.
func runSteps(t *testing.T, dir string, steps ...migration) (string, error) {
	t.Helper()
	db, err := open(context.Background(), Options{Dir: dir}, steps)
	if err != nil {
		return "", err
	}
	defer db.Close()
	return db.Snapshot().Secret("ran"), nil
}

func TestMigrations(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("no space left")
	stages := []struct {
		name  string
		steps []migration
		ran   string
		err   string
	}{
		{"a new database runs all", []migration{step(1, nil), step(2, nil)}, "12", ""},
		{"nothing runs twice", []migration{step(1, nil), step(2, nil)}, "12", ""},
		{"a broken step stops the start", []migration{step(1, nil), step(2, nil), step(3, nil), step(4, broken)}, "", "schema 4"},
		{"the next start goes on there", []migration{step(1, nil), step(2, nil), step(3, nil), step(4, nil)}, "1234", ""},
		{"an older program refuses", []migration{step(1, nil), step(2, nil)}, "", "newer AiHub (schema 4, this one knows up to 2)"},
	}
	for _, stage := range stages {
		ran, err := runSteps(t, dir, stage.steps...)
		if ran != stage.ran || (err == nil) != (stage.err == "") || err != nil && !strings.Contains(err.Error(), stage.err) {
			t.Fatalf("%s: ran %q, %v", stage.name, ran, err)
		}
	}
	_, err := runSteps(t, dir, step(1, nil))
	if core.CodeOf(err) != core.CodeUnsupported {
		t.Errorf("a newer database: %v, want not_supported", err)
	}
}

func TestMigrationsAreInOrder(t *testing.T) {
	for i, m := range migrations() {
		if m.version != i+1 || m.what == "" {
			t.Errorf("migration %d has the version %d and says %q", i+1, m.version, m.what)
		}
	}
}
