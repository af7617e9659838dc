// Package writeback writes what the decisions learn a moment after they have
// learned it: many changes of an account in a row, or of all accounts at once,
// become one write.
//
// It stands beneath the decisions and beside the way of a request, which marks
// what has changed and never waits for the disk.
package writeback

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Set is the ids whose documents have to be written. Its methods may be called
// concurrently.
type Set struct {
	kind core.StateKind
	wait time.Duration

	mu   sync.Mutex
	ids  map[string]bool
	news chan struct{} // holds a token while there are some
}

// New returns an empty set of documents of a kind. Run collects changes for the
// time of wait before it writes them.
func New(kind core.StateKind, wait time.Duration) *Set {
	return &Set{kind: kind, wait: wait, ids: map[string]bool{}, news: make(chan struct{}, 1)}
}

// Mark notes that the document of an id has to be written.
func (s *Set) Mark(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids[id] = true
	select {
	case s.news <- struct{}{}:
	default: // it is known already
	}
}

// Run flushes again and again, while there is something, until ctx ends. What is
// marked then stays for a last Flush.
func (s *Set) Run(ctx context.Context, flush func(context.Context) error, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.news:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(s.wait):
		}
		if err := flush(ctx); err != nil {
			log.Error("what is known of accounts could not be kept", "kind", s.kind, "err", err)
		}
	}
}

// Flush writes the documents that encode returns for what was marked: nil deletes
// one, and an id without an entry is passed over. What could not be written stays
// marked.
func (s *Set) Flush(ctx context.Context, store core.StateStore, encode func(ids []string) map[string][]byte) error {
	docs := encode(s.take())
	if len(docs) == 0 {
		return nil
	}
	err := store.PutStates(ctx, s.kind, docs)
	if err != nil {
		for id := range docs {
			s.Mark(id)
		}
	}
	return err
}

func (s *Set) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]string, 0, len(s.ids))
	for id := range s.ids {
		list = append(list, id)
	}
	clear(s.ids)
	return list
}
