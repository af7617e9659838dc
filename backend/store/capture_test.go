package store

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// noise returns n bytes of text that cannot be compressed well.
func noise(n int) string { return core.NewSecret(n) }

// kept is how much of keys and values the bodies take before the database packs
// them, and in how many chunks.
func kept(t *testing.T, db *DB) (size, chunks int) {
	t.Helper()
	err := db.db.View(func(txn *badger.Txn) error {
		return scan(t.Context(), txn, prefixBody, []byte(prefixBody), func(key, value []byte) (bool, error) {
			if size += len(key) + len(value); bytes.Contains(key, []byte("/c/")) {
				chunks++
			}
			return true, nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return size, chunks
}

func keep(t *testing.T, db *DB, at time.Time, request string) string {
	t.Helper()
	c := &core.Capture{ID: core.NewID("req", at), Time: at, Request: request}
	if err := db.PutCapture(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// A conversation is sent with every one of its turns. What it has grown by is
// what it takes.
func TestARepeatedPrefixIsKeptOnce(t *testing.T) {
	db, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	prefix := noise(200_000)
	keep(t, db, at, prefix)
	first, _ := kept(t, db)
	conversation := prefix
	for turn := range 50 {
		conversation += fmt.Sprintf("turn %d: %s", turn, noise(200))
		keep(t, db, at, conversation)
	}
	last, chunks := kept(t, db)
	if grown := last - first; grown > 4*first { // of 50 times as much
		t.Errorf("50 turns of %d bytes took %d bytes in %d chunks beside the %d of the first", len(prefix), grown, chunks, first)
	}
	// Something before the text moves all of it, and changes a chunk.
	before, n := kept(t, db)
	keep(t, db, at, "another system prompt "+prefix)
	if after, m := kept(t, db); m-n > 3 || after-before > 70_000 {
		t.Errorf("a changed beginning took %d chunks and %d bytes", m-n, after-before)
	}
}

func TestChunksAreOfUsefulSizes(t *testing.T) {
	text := []byte(noise(4 << 20))
	n := 0
	for g := newGear(); len(text) > 0; n++ {
		size := g.cut(text)
		if size > maxChunk || size < minChunk && size < len(text) {
			t.Fatalf("a chunk of %d bytes", size)
		}
		text = text[size:]
	}
	if usual := 4 << 20 / n; usual < usualChunk/2 || usual > 2*usualChunk {
		t.Errorf("%d bytes on average", usual)
	}
	if n := newGear().cut(bytes.Repeat([]byte("a"), 1<<20)); n > maxChunk {
		t.Errorf("a chunk of %d equal bytes", n)
	}
}

// Bodies count in the budget of the log and go with their day. Those of the
// present day go when nothing else is left to go, and its rows stay.
func TestBodiesKeepToTheBudgetOfTheLog(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(context.Background(), Options{Dir: dir, Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	fillDays(t, db, first, 3, 100)
	ids := make([]string, 3)
	for i := range ids {
		for range 10 {
			ids[i] = keep(t, db, first.AddDate(0, 0, i), noise(2<<20))
		}
	}
	before, err := db.Storage(t.Context())
	if err != nil || before.Logs < 20<<20 || before.Days != 3 {
		t.Fatalf("storage %+v, %v", before, err)
	}
	today := first.AddDate(0, 0, 2)
	if err := db.LimitRecords(t.Context(), before.Logs/2, today); err != nil {
		t.Fatal(err)
	}
	after, err := db.Storage(t.Context())
	if err != nil || after.Logs > before.Logs/2 || after.Days != 1 || size(t, dir) > before.Logs/2+before.Logs/8 {
		t.Errorf("before %+v, after %+v, %d on the disk, %v", before, after, size(t, dir), err)
	}
	if c, err := db.FindCapture(t.Context(), ids[2]); err != nil || len(c.Request) != 2<<20 {
		t.Fatalf("the bodies of the present day are gone: %v", err)
	}
	if err := db.LimitRecords(t.Context(), 1<<20, today); err != nil {
		t.Fatal(err)
	}
	if _, err := db.FindCapture(t.Context(), ids[2]); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("bodies above the budget: %v", err)
	}
	rows, _, err := db.ListRecords(t.Context(), core.RecordFilter{})
	if err != nil || len(rows) != 100 {
		t.Errorf("%d rows of the present day, %v", len(rows), err)
	}
	id := keep(t, db, today, strings.Repeat("later ", 10_000))
	if c, err := db.FindCapture(t.Context(), id); err != nil || len(c.Request) != 60_000 {
		t.Errorf("bodies after a drop: %v", err)
	}
}

func BenchmarkPutCapture(b *testing.B) {
	db, err := Open(b.Context(), Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	conversation := strings.Repeat(`{"role":"user","content":"fix the error in line 42"},`, 4000)
	b.SetBytes(int64(len(conversation)))
	for b.Loop() {
		c := &core.Capture{ID: core.NewID("req", at), Time: at, Request: conversation + noise(200)}
		if err := db.PutCapture(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}

// A backup holds the bodies, and what is restored goes on with their chunks.
func TestBodiesAreInABackup(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	text := noise(100_000)
	id := keep(t, db, at, text)
	_, chunks := kept(t, db)
	var backup bytes.Buffer
	if err := db.Backup(t.Context(), &backup); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Stage(t.Context(), &backup, true); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(t.Context(), Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keep(t, db, at, text)
	c, err := db.FindCapture(t.Context(), id)
	if _, n := kept(t, db); err != nil || c.Request != text || n != chunks {
		t.Errorf("%d chunks, before %d, %v", n, chunks, err)
	}
}
