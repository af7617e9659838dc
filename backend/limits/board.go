package limits

import (
	"slices"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/forecast"
	"github.com/aihub/aihub/backend/writeback"
)

// Board keeps what the answers of each account have told of its limits. Its
// methods may be called concurrently.
type Board struct {
	exists func(accountID string) bool
	now    func() time.Time

	mu      sync.Mutex
	entries map[string]*entry
	dirty   *writeback.Set // accounts whose limits must be written
}

// entry is one account: its limits as they were told last, and the course of
// those that last long enough to be forecast.
type entry struct {
	usage  core.AccountUsage
	trails map[string]forecast.Trail // by the part's name
}

// NewBoard returns an empty board. exists tells which accounts are worth keeping.
func NewBoard(now func() time.Time, exists func(accountID string) bool) *Board {
	return &Board{exists: exists, now: now, entries: map[string]*entry{}, dirty: writeback.New(core.StateLimits, saveTime)}
}

// Put notes what an answer has told. A limit that it does not name stays as it
// was told before, until it is reset: an account has other limits for each model.
func (b *Board) Put(accountID string, u core.AccountUsage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[accountID]
	if e == nil {
		e = &entry{}
		b.entries[accountID] = e
	}
	told := len(u.Parts)
	for i := range e.usage.Parts {
		old := &e.usage.Parts[i]
		if !names(u.Parts[:told], old.Name) && isOpen(old, u.FetchedAt) {
			kept := *old
			if kept.FetchedAt == nil {
				at := e.usage.FetchedAt
				kept.FetchedAt = &at
			}
			u.Parts = append(u.Parts, kept)
		}
	}
	if u.Plan == "" {
		u.Plan = e.usage.Plan
	}
	for i := range u.Parts[:told] {
		e.follow(&u.Parts[i], u.FetchedAt)
	}
	e.usage = u
	b.dirty.Mark(accountID)
}

func names(parts []core.UsagePart, name string) bool {
	return slices.ContainsFunc(parts, func(p core.UsagePart) bool { return p.Name == name })
}

// isOpen reports whether a window has not ended; false also when its end is not
// known.
func isOpen(p *core.UsagePart, now time.Time) bool { return p.ResetsAt != nil && p.ResetsAt.After(now) }

// longWindow is from which on a limit's course is kept. What is new sooner than
// that is full again before a forecast is read.
const longWindow = 15 * time.Minute

func (e *entry) follow(p *core.UsagePart, at time.Time) {
	if p.ResetsAt == nil || p.ResetsAt.Sub(at) < longWindow && e.trails[p.Name] == nil {
		return
	}
	if e.trails == nil {
		e.trails = map[string]forecast.Trail{}
	}
	e.trails[p.Name] = e.trails[p.Name].Add(at, p.Used)
}

// Find returns the limits of an account as they are now, or nil when no answer
// has told them: what has been reset since then is unused. The tightest stands
// for the whole.
func (b *Board) Find(accountID string) *core.AccountUsage {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[accountID]
	if e == nil {
		return nil
	}
	now := b.now()
	u := core.AccountUsage{Plan: e.usage.Plan, FetchedAt: e.usage.FetchedAt}
	for _, p := range e.usage.Parts {
		add(&u, current(p, now))
	}
	return &u
}

// current is a limit as it is now.
func current(p core.UsagePart, now time.Time) core.UsagePart {
	if p.ResetsAt != nil && !p.ResetsAt.After(now) {
		p.Used, p.ResetsAt, p.WasReset = 0, nil, true
	}
	return p
}

// Left returns what is left of the tightest limit of an account; it is what Find
// says of the whole, for who asks often.
func (b *Board) Left(accountID string) (remaining, limit float64, resetsAt time.Time, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[accountID]
	if e == nil {
		return 0, 0, time.Time{}, false
	}
	now := b.now()
	var used float64
	for i := range e.usage.Parts {
		p := current(e.usage.Parts[i], now)
		if known && p.Used*limit <= used*p.Limit {
			continue
		}
		used, limit, known, resetsAt = p.Used, p.Limit, true, time.Time{}
		if p.ResetsAt != nil {
			resetsAt = *p.ResetsAt
		}
	}
	return max(0, limit-used), limit, resetsAt, known
}

// Over returns by how much a limit of an account was used over the last span, and
// how long that reaches back; both 0 when its course is not known.
func (b *Board) Over(accountID, part string, span time.Duration) (used float64, since time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[accountID]
	if e == nil {
		return 0, 0
	}
	for i := range e.usage.Parts {
		if p := &e.usage.Parts[i]; p.Name == part && isOpen(p, b.now()) {
			return e.trails[part].Over(span, b.now(), p.Used)
		}
	}
	return 0, 0
}
