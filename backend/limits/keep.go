package limits

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/forecast"
)

// saved is what survives a restart of an account's limits.
type saved struct {
	Usage  core.AccountUsage         `json:"usage"`
	Trails map[string]forecast.Trail `json:"trails,omitempty"`
}

// saveTime is for how long changes are collected before they are written: every
// answer brings some.
const saveTime = 30 * time.Second

// Load takes over what was kept of the accounts. It is to be called before the
// first request.
func (b *Board) Load(ctx context.Context, store core.StateStore) error {
	docs, err := store.ListStates(ctx, core.StateLimits)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, doc := range docs {
		var s saved
		if json.Unmarshal(doc, &s) == nil && len(s.Usage.Parts) > 0 && b.exists(id) {
			b.entries[id] = &entry{usage: s.Usage, trails: s.Trails}
		}
	}
	return nil
}

// Keep writes what changes until ctx ends.
func (b *Board) Keep(ctx context.Context, store core.StateStore, log *slog.Logger) {
	b.dirty.Run(ctx, func(ctx context.Context) error { return b.Flush(ctx, store) }, log)
}

// Flush writes what has changed since it was written last.
func (b *Board) Flush(ctx context.Context, store core.StateStore) error {
	return b.dirty.Flush(ctx, store, b.encode)
}

func (b *Board) encode(ids []string) map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	docs := make(map[string][]byte, len(ids))
	for _, id := range ids {
		e := b.entries[id]
		if e == nil || !b.exists(id) {
			delete(b.entries, id) // its document went with the account
			continue
		}
		doc, err := json.Marshal(saved{e.usage, e.trails})
		if err != nil {
			panic(err) // strings and numbers always can be written
		}
		docs[id] = doc
	}
	return docs
}
