package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// fillDays stores rows of some days.
func fillDays(t *testing.T, db *DB, first time.Time, days, rows int) {
	t.Helper()
	for day := range days {
		var batch []*core.Record
		for n := range rows {
			at := first.AddDate(0, 0, day).Add(time.Duration(n) * time.Millisecond)
			batch = append(batch, &core.Record{
				ID: core.NewID("req", at), Time: at, UserID: fmt.Sprint("usr_", n%7), RequestedModel: "gpt-5",
				UserAgent: core.NewSecret(200), Outcome: core.OutcomeOK,
			})
		}
		if err := db.CommitRecords(context.Background(), nil, batch); err != nil {
			t.Fatal(err)
		}
	}
}

// size is what the tables take; the logs are sparse files of a fixed size.
func size(t *testing.T, dir string) (bytes int64) {
	t.Helper()
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range tables {
		info, err := os.Stat(path)
		if err == nil {
			bytes += info.Size()
		} else if !os.IsNotExist(err) { // compaction may have removed it
			t.Fatal(err)
		}
	}
	return bytes
}

func TestDroppedDaysFreeTheirSpace(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(context.Background(), Options{Dir: dir, Key: bytes.Repeat([]byte{1}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	fillDays(t, db, first, 4, 15_000)
	before := size(t, dir)
	if err := db.DropRecords(context.Background(), first.AddDate(0, 0, 4)); err != nil {
		t.Fatal(err)
	}
	if after := size(t, dir); before < 5<<20 || after > before/20 {
		t.Errorf("the tables took %d bytes and take %d after everything was dropped", before, after)
	}
}

// A filter that matches nothing gets short pages rather than one endless scan.
func TestListExaminesABoundedNumberOfRows(t *testing.T) {
	db, err := Open(context.Background(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fillDays(t, db, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 1, maxExamined+10)
	f := core.RecordFilter{UserID: "nobody"}
	rows, next, err := db.ListRecords(context.Background(), f)
	if err != nil || len(rows) != 0 || next == "" {
		t.Fatalf("first page: %d rows, cursor %q, %v", len(rows), next, err)
	}
	f.Cursor = next
	if rows, next, err = db.ListRecords(context.Background(), f); err != nil || len(rows) != 0 || next != "" {
		t.Errorf("second page: %d rows, cursor %q, %v", len(rows), next, err)
	}
}

// What a crash leaves behind must not make the folder unusable.
func TestStrayFilesAreNoTrouble(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"master.key", "aihub.log", "LOCK"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("999999\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
