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
	// Address is the circuit of the account's address, AddressModels those of the
	// models there.
	Address       *savedDoor  `json:"address,omitempty"`
	AddressModels []savedDoor `json:"address_models,omitempty"`
	// Day is the day whose share of the quota is counted, DayStart what the
	// provider had counted when it began.
	Day      time.Time `json:"day,omitzero"`
	DayStart float64   `json:"day_start,omitempty"`
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
	b.sync() // an account's address is that of its channel
	now := b.nanos()
	for id, doc := range docs {
		var s saved
		if json.Unmarshal(doc, &s) == nil { // else of a program of another time; the account is as good as new
			b.restore(b.state(id), &s, now)
		}
	}
	return nil
}

func (b *Balancer) restore(st *account, s *saved, now int64) {
	st.lastError = s.LastError
	s.Own.restore(&st.own, now)
	s.Address.restore(&st.endpoint.own, now)
	restoreAll(&st.models, s.Models, now)
	restoreAll(&st.endpoint.models, s.AddressModels, now)
	if !s.Day.IsZero() {
		st.envelope.dayOf, st.envelope.dayStart = s.Day.UnixNano(), s.DayStart
		b.judgeSpending(st, now)
	}
}

func restoreAll(to *doors, from []savedDoor, now int64) {
	for i := range from {
		if from[i].holds(now) {
			from[i].restore(to.take(from[i].Model, now), now)
		}
	}
}

// Keep writes what changes until ctx ends.
func (b *Balancer) Keep(ctx context.Context, store core.StateStore, log *slog.Logger) {
	b.dirty.Run(ctx, func(ctx context.Context) error { return b.Flush(ctx, store) }, log)
}

// Flush writes what has changed since it was written last.
func (b *Balancer) Flush(ctx context.Context, store core.StateStore) error {
	return b.dirty.Flush(ctx, store, b.encode)
}

func (b *Balancer) encode(ids []string) map[string][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, snap := b.nanos(), b.opts.Snapshot()
	docs := make(map[string][]byte, len(ids))
	for _, id := range ids {
		if snap.Account(id) != nil { // else its documents went with it
			docs[id] = b.state(id).save(now)
		}
	}
	return docs
}

// save returns the document of the account; nil when there is nothing to keep.
func (st *account) save(now int64) []byte {
	s := saved{
		LastError: st.lastError,
		Own:       saveDoor(&st.own, now), Models: saveAll(st.models, now),
		Address: saveDoor(&st.endpoint.own, now), AddressModels: saveAll(st.endpoint.models, now),
	}
	if e := &st.envelope; e.dayOf == startOf(core.PeriodDay, now) {
		s.Day, s.DayStart = timeOf(e.dayOf), e.dayStart
	}
	if s.idle() {
		return nil
	}
	doc, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings and numbers always can be written
	}
	return doc
}

func (s *saved) idle() bool {
	return s.LastError == "" && s.Own == nil && s.Models == nil && s.Address == nil && s.AddressModels == nil && s.Day.IsZero()
}

// saveDoor returns nil for an open door.
func saveDoor(d *door, now int64) *savedDoor {
	if d.until <= now {
		return nil
	}
	s := &savedDoor{Model: d.model, State: d.state, Reason: d.reason, Link: d.link, Kind: d.kind, Closed: d.closed}
	if d.until != never {
		s.Until = timeOf(d.until)
	}
	return s
}

func saveAll(ds doors, now int64) (list []savedDoor) {
	for _, d := range ds {
		if s := saveDoor(d, now); s != nil {
			list = append(list, *s)
		}
	}
	return list
}

// holds reports whether the door is still closed.
func (s *savedDoor) holds(now int64) bool { return s.Until.IsZero() || s.Until.UnixNano() > now }

// restore closes a door again that was closed. It remembers how often it was, so
// that a limit is not met at its shortest again after every restart.
func (s *savedDoor) restore(d *door, now int64) {
	if s == nil || !s.holds(now) {
		return
	}
	until := int64(never)
	if !s.Until.IsZero() {
		until = s.Until.UnixNano()
	}
	d.close(&limits.Finding{State: s.State, Message: s.Reason, Link: s.Link, Kind: s.Kind}, until, now)
	d.closed = s.Closed
}
