package writeback

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
)

func database(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// named writes each document as its own id; those of "gone" are passed over.
func named(ids []string) map[string][]byte {
	docs := map[string][]byte{}
	for _, id := range ids {
		if id != "gone" {
			docs[id] = []byte(id)
		}
	}
	return docs
}

func TestFlush(t *testing.T) {
	db := database(t)
	s := New(core.StateHealth, time.Second)
	for _, id := range []string{"a", "b", "a", "gone"} {
		s.Mark(id)
	}
	want := func(n int) {
		t.Helper()
		docs, err := db.ListStates(t.Context(), core.StateHealth)
		if err != nil || len(docs) != n {
			t.Errorf("%d documents, want %d; %v", len(docs), n, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Flush(ended, db, named); !errors.Is(err, context.Canceled) {
		t.Errorf("written for nobody: %v", err)
	}
	want(0)
	for range 2 { // what could not be written is written now, and only once
		if err := s.Flush(t.Context(), db, named); err != nil {
			t.Fatal(err)
		}
		want(2)
	}
	s.Mark("a")
	if err := s.Flush(t.Context(), db, func(ids []string) map[string][]byte { return map[string][]byte{ids[0]: nil} }); err != nil {
		t.Fatal(err)
	}
	want(1)
}

// A storm of changes is one write, and nothing that is marked is forgotten.
func TestRunCollects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(core.StateUsage, time.Second)
		ctx, stop := context.WithCancel(t.Context())
		var writes [][]string
		fail := true
		flush := func(context.Context) error {
			ids := s.take()
			slices.Sort(ids)
			writes = append(writes, ids)
			if fail {
				fail = false
				s.Mark("b")
				return errors.New("the disk is full")
			}
			return nil
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.Run(ctx, flush, slog.New(slog.DiscardHandler))
		}()
		for range 10 {
			s.Mark("a")
			s.Mark("b")
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(5 * time.Second)
		stop()
		<-done
		if len(writes) != 2 || !slices.Equal(writes[0], []string{"a", "b"}) || !slices.Equal(writes[1], []string{"b"}) {
			t.Errorf("written %q", writes)
		}
	})
}
