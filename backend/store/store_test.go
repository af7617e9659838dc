package store_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
	"github.com/aihub/aihub/backend/store/storetest"
)

var masterKey = bytes.Repeat([]byte{0x5a}, 32)

func open(t testing.TB, dir string, key []byte) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{Dir: dir, Key: key})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return db
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		dir := t.TempDir()
		return func(t *testing.T) core.Store { return open(t, dir, masterKey) }
	})
}
