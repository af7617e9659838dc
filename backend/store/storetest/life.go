package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// calls is every method of a store that may fail.
func calls(ctx context.Context, s core.Store) map[string]func() error {
	return map[string]func() error{
		"Update":        func() error { return s.Update(ctx, core.PutUser{User: user("u")}) },
		"CommitRecords": func() error { return s.CommitRecords(ctx, nil, records(1, day)) },
		"OpenRecords":   func() error { _, err := s.OpenRecords(ctx); return err },
		"FindRecord":    func() error { _, err := s.FindRecord(ctx, "x"); return err },
		"ListRecords":   func() error { _, _, err := s.ListRecords(ctx, core.RecordFilter{}); return err },
		"ListRollups":   func() error { _, err := s.ListRollups(ctx, core.RollupFilter{}); return err },
		"LastUsed":      func() error { _, err := s.LastUsed(ctx); return err },
		"DropRecords":   func() error { return s.DropRecords(ctx, day) },
	}
}

func cancelled(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, call := range calls(ctx, s) {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want that the context was cancelled", name, err)
		}
	}
	if rows, _, err := s.ListRecords(context.Background(), core.RecordFilter{}); err != nil || len(rows) > 0 {
		t.Errorf("%d rows (%v) were stored under a cancelled context", len(rows), err)
	}
}

// closed closes the store under load; then every call fails and none crashes.
func closed(t *testing.T, open Open) {
	s := open(t)
	var wg sync.WaitGroup
	for _, call := range calls(context.Background(), s) {
		wg.Go(func() {
			for range 50 {
				_ = call()
			}
		})
	}
	shut(t, s)
	wg.Wait()
	for name, call := range calls(context.Background(), s) {
		if err := call(); core.CodeOf(err) != core.CodeUnavailable {
			t.Errorf("%s: %v, want unavailable", name, err)
		}
	}
	if s.Snapshot() == nil {
		t.Error("a closed store has no snapshot")
	}
	shut(t, s)
}
