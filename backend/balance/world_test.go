package balance

import (
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// world is a configuration with a clock that tests move by hand.
type world struct {
	clock time.Time
	chans []core.Channel
	accs  []core.Account
	snap  *core.Snapshot
}

func newWorld() *world { return &world{clock: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)} }

func (w *world) now() time.Time { return w.clock }

func (w *world) balancer() *Balancer {
	return New(Options{Snapshot: w.snapshot, Now: w.now, Rand: half})
}

// half keeps rests as long as they are written down.
func half() float64 { return 0.5 }

func (w *world) channel(id string, priority, weight int, p core.Policy) {
	w.chans = append(w.chans, core.Channel{ID: id, Priority: priority, Weight: weight, Policy: p, Enabled: true, BaseURL: "https://" + id})
	w.snap = nil
}

func (w *world) account(ch, id string, change func(*core.Account)) {
	a := core.Account{ID: id, ChannelID: ch, Name: id, Weight: 1, Enabled: true}
	if change != nil {
		change(&a)
	}
	w.accs = append(w.accs, a)
	w.snap = nil
}

// edit changes an account as a person does.
func (w *world) edit(id string, change func(*core.Account)) {
	for i := range w.accs {
		if w.accs[i].ID == id {
			change(&w.accs[i])
		}
	}
	w.snap = nil
}

func (w *world) snapshot() *core.Snapshot {
	if w.snap == nil {
		w.snap = core.NewSnapshot(core.DefaultSettings(), append([]core.Channel{}, w.chans...), append([]core.Account{}, w.accs...), nil, nil, nil)
	}
	return w.snap
}

func (w *world) ask(model string, tried ...string) *Ask {
	a := &Ask{Tried: tried}
	for _, ch := range w.snapshot().Channels() {
		a.Candidates = append(a.Candidates, core.Candidate{Channel: ch, Model: model})
	}
	return a
}

// pick fails the test when nobody is fit.
func (w *world) pick(t *testing.T, b *Balancer, model string, tried ...string) *Lease {
	t.Helper()
	l, unfit := b.Pick(w.ask(model, tried...))
	if l == nil {
		t.Fatalf("nobody is fit: %+v", unfit)
	}
	return l
}

// fail lets one request of the account fail.
func (w *world) fail(t *testing.T, b *Balancer, id, model string, f limits.Finding) {
	t.Helper()
	a := w.ask(model)
	for _, acc := range w.accs {
		if acc.ID != id {
			a.Tried = append(a.Tried, acc.ID)
		}
	}
	l, unfit := b.Pick(a)
	if l == nil {
		t.Fatalf("%s is not fit: %+v", id, unfit)
	}
	l.Done(f)
}

// limited, capacity and outage are findings without a time that anybody knows.
func limited(message string, until time.Time) limits.Finding {
	return limits.Finding{Scope: limits.ScopeAccount, State: core.StateCooling, Until: until, Named: !until.IsZero(), Message: message}
}

func of(scope limits.Scope, state core.State, until time.Time) limits.Finding {
	return limits.Finding{Scope: scope, State: state, Until: until, Named: !until.IsZero(), Message: string(scope) + " " + string(state)}
}
