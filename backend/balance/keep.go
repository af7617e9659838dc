package balance

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
)

// saved is what survives a restart of an account.
type saved struct {
	LastError string      `json:"last_error,omitempty"`
	Own       *savedDoor  `json:"own,omitempty"`
	Models    []savedDoor `json:"models,omitempty"`
}

type savedDoor struct {
	Model  string        `json:"model,omitempty"`
	State  core.State    `json:"state"`
	Until  time.Time     `json:"until,omitzero"` // zero = until a person acts
	Reason string        `json:"reason"`
	Link   string        `json:"link,omitempty"`
	Kind   llm.ErrorKind `json:"kind,omitempty"`
	Closed int           `json:"closed"`
}

// saveTime is for how long changes are collected before they are written: a storm
// changes all accounts at once.
const saveTime = 300 * time.Millisecond

// Load takes over what was kept of the accounts. What has ended meanwhile is
// dropped. It is to be called before the first choice.
func (b *Balancer) Load(ctx context.Context, store core.StateStore) error {
	docs, err := store.ListStates(ctx, core.StateHealth)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.nanos()
	for id, doc := range docs {
		var s saved
		if json.Unmarshal(doc, &s) != nil {
			continue // of a program of another time; the account is as good as new
		}
		st := b.state(id)
		st.lastError = s.LastError
		if s.Own != nil {
			s.Own.restore(&st.own, now)
		}
		for i := range s.Models {
			if s.Models[i].holds(now) {
				s.Models[i].restore(st.models.take(s.Models[i].Model, now), now)
			}
		}
	}
	return nil
}

// Keep writes what changes until ctx ends.
func (b *Balancer) Keep(ctx context.Context, store core.StateStore, log *slog.Logger) {
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
			log.Error("balance: the states of accounts could not be kept", "err", err)
		}
	}
}

// Flush writes what has changed since it was written last.
func (b *Balancer) Flush(ctx context.Context, store core.StateStore) error {
	docs := b.takeDirty()
	err := store.PutStates(ctx, core.StateHealth, docs)
	if err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		for id := range docs {
			b.markDirty(b.state(id)) // for the next time
		}
	}
	return err
}

func (b *Balancer) takeDirty() map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, snap := b.nanos(), b.opts.Snapshot()
	docs := make(map[string][]byte, len(b.dirty))
	for id := range b.dirty {
		if snap.Account(id) == nil {
			continue // its documents went with it
		}
		docs[id] = b.state(id).save(now)
	}
	clear(b.dirty)
	return docs
}

// markDirty notes that the account must be written. The caller holds the lock.
func (b *Balancer) markDirty(st *account) {
	b.dirty[st.id] = true
	select {
	case b.unsaved <- struct{}{}:
	default: // it is known already
	}
}

// save returns the document of the account; nil when there is nothing to keep.
func (st *account) save(now int64) []byte {
	s := saved{LastError: st.lastError}
	if st.own.until > now {
		d := saveDoor(&st.own)
		s.Own = &d
	}
	for _, d := range st.models {
		if d.until > now {
			s.Models = append(s.Models, saveDoor(d))
		}
	}
	if s.LastError == "" && s.Own == nil && s.Models == nil {
		return nil
	}
	doc, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings and numbers always can be written
	}
	return doc
}

func saveDoor(d *door) savedDoor {
	s := savedDoor{Model: d.model, State: d.state, Reason: d.reason, Link: d.link, Kind: d.kind, Closed: d.closed}
	if d.until != never {
		s.Until = timeOf(d.until)
	}
	return s
}

// holds reports whether the door is still closed.
func (s *savedDoor) holds(now int64) bool { return s.Until.IsZero() || s.Until.UnixNano() > now }

// restore closes a door again that was closed. It remembers how often it was, so
// that a limit is not met at its shortest again after every restart.
func (s *savedDoor) restore(d *door, now int64) {
	if !s.holds(now) {
		return
	}
	until := int64(never)
	if !s.Until.IsZero() {
		until = s.Until.UnixNano()
	}
	d.close(&limits.Finding{State: s.State, Message: s.Reason, Link: s.Link, Kind: s.Kind}, until, now)
	d.closed = s.Closed
}
