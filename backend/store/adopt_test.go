package store

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// A restore may be interrupted behind any of its steps. Whichever it was, the
// next start completes it, and what was replaced is kept whole.
func TestARestoreInterruptedAnywhere(t *testing.T) {
	from := prepareRestore(t)
	steps := len(movesOf(t, from)) + len(movesOf(t, filepath.Join(from, readyDir))) + 1
	if steps < 8 {
		t.Fatalf("only %d steps: the databases have no files to move", steps)
	}
	for done := range steps + 1 {
		dir := filepath.Join(t.TempDir(), "data")
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		interruptedAdopt(t, dir, done)
		wantUser(t, dir, "restored")
		for _, left := range []string{stageDir, readyDir, movingDir} {
			if isDir(filepath.Join(dir, left)) {
				t.Errorf("behind %d steps: %s is left", done, left)
			}
		}
		wantUser(t, filepath.Join(dir, beforeDir), "replaced")
	}
}

// prepareRestore is a closed folder in which a backup waits for the next start.
func prepareRestore(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	db := openPlain(t, dir)
	put := func(name string) {
		if err := db.Update(context.Background(), core.PutUser{User: core.User{ID: "u", Name: name}}); err != nil {
			t.Fatal(err)
		}
	}
	put("restored")
	var file bytes.Buffer
	if err := db.Backup(context.Background(), &file); err != nil {
		t.Fatal(err)
	}
	put("replaced")
	if _, err := db.Stage(context.Background(), &file, true); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// interruptedAdopt does the first steps of adopt by hand.
func interruptedAdopt(t *testing.T, dir string, steps int) {
	t.Helper()
	ready, moving, before := filepath.Join(dir, readyDir), filepath.Join(dir, movingDir), filepath.Join(dir, beforeDir)
	if err := os.MkdirAll(before, 0o700); err != nil {
		t.Fatal(err)
	}
	step := func(from, to string) {
		if steps--; steps < 0 {
			return
		}
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	out := movesOf(t, dir)
	in := movesOf(t, ready)
	for _, name := range out {
		step(filepath.Join(dir, name), filepath.Join(before, name))
	}
	step(ready, moving)
	for _, name := range in {
		step(filepath.Join(moving, name), filepath.Join(dir, name))
	}
}

// movesOf are the files of a database in the order in which they move.
func movesOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if isDatabaseFile(e.Name()) && e.Name() != badger.KeyRegistryFileName {
			names = append(names, e.Name())
		}
	}
	return append(names, badger.KeyRegistryFileName)
}

func openPlain(t *testing.T, dir string) *DB {
	t.Helper()
	db, err := Open(context.Background(), Options{Dir: dir, Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func wantUser(t *testing.T, dir, name string) {
	t.Helper()
	db := openPlain(t, dir)
	defer db.Close()
	if u := db.Snapshot().User("u"); u == nil || u.Name != name {
		t.Errorf("the user of %s is %+v, want %s", dir, u, name)
	}
}
