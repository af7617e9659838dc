package store

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// A folder that cannot be written to any more does not keep the program from
// ending.
func TestCloseWithoutAFolder(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(context.Background(), Options{Dir: dir, CloseTime: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(context.Background(), core.PutUser{User: core.User{ID: "u"}}); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); core.CodeOf(err) != core.CodeUnavailable {
		t.Errorf("Close: %v", err)
	}
	// Badger goes on as soon as it can, and ends.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for !db.db.IsClosed() {
		time.Sleep(10 * time.Millisecond)
	}
}
