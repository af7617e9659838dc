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
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.unsaved:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(saveTime):
		}
		if err := b.Flush(ctx, store); err != nil {
			log.Error("limits: what answers have told of accounts could not be kept", "err", err)
		}
	}
}

// Flush writes what has changed since it was written last.
func (b *Board) Flush(ctx context.Context, store core.StateStore) error {
	docs := b.takeDirty()
	if len(docs) == 0 {
		return nil
	}
	err := store.PutStates(ctx, core.StateLimits, docs)
	if err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		for id := range docs {
			b.markDirty(id) // for the next time
		}
	}
	return err
}

func (b *Board) takeDirty() map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	docs := make(map[string][]byte, len(b.dirty))
	for id := range b.dirty {
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
	clear(b.dirty)
	return docs
}

// markDirty notes that the account must be written. The caller holds the lock.
func (b *Board) markDirty(id string) {
	b.dirty[id] = true
	select {
	case b.unsaved <- struct{}{}:
	default: // it is known already
	}
}
