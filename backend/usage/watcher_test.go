package usage

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
)

// world is a watcher over a real store with one account, whose provider is this
// test.
type world struct {
	*Watcher
	t  *testing.T
	db *store.DB

	mu        sync.Mutex
	answer    core.AccountUsage
	fail      error
	reads     int
	state     core.State
	exhausted []time.Time
	refilled  int
}

const id = "acc_1"

func newWorld(t *testing.T, dir string) *world {
	t.Helper()
	w := &world{t: t, answer: core.AccountUsage{Unit: "credits", Used: 10, Limit: 50, Remaining: 40, Parts: []core.UsagePart{}}}
	var err error
	if w.db, err = store.Open(t.Context(), store.Options{Dir: dir, Still: true}); err != nil {
		t.Fatal(err)
	}
	err = w.db.Update(t.Context(),
		core.PutChannel{Channel: core.Channel{ID: "chn_1", Provider: core.ProviderKiro, Enabled: true}},
		core.PutAccount{Account: core.Account{ID: id, ChannelID: "chn_1", Enabled: true}})
	if err != nil {
		t.Fatal(err)
	}
	w.Watcher, err = New(t.Context(), Deps{
		Store: w.db, States: w.db, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Reads: func(p core.Provider, _ *core.Account) bool { return p == core.ProviderKiro },
		Read: func(context.Context, *core.Account) (core.AccountUsage, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.reads++
			return w.answer, w.fail
		},
		Health: func(string) core.Health { w.mu.Lock(); defer w.mu.Unlock(); return core.Health{State: w.state} },
		Exhaust: func(_, _ string, until time.Time) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.exhausted = append(w.exhausted, until)
		},
		Refill:  func(string) { w.mu.Lock(); defer w.mu.Unlock(); w.refilled++ },
		Refused: func(string, error) {}, Changed: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) shut() {
	w.Close(context.Background())
	if err := w.db.Close(); err != nil {
		w.t.Error(err)
	}
}

func (w *world) background() (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { w.Run(ctx) })
	return func() { cancel(); wg.Wait() }
}

// set changes what the provider answers.
func (w *world) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// count is how often the provider was asked since the last call.
func (w *world) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.reads
	w.reads = 0
	return n
}

// told is what the balancer was told so far.
func (w *world) told() (exhausted []time.Time, refilled int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.exhausted), w.refilled
}

// A provider is asked at first, after use every twenty minutes at most, seldom
// otherwise, and not while it has suspended the account.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, t.TempDir())
		defer w.shut()
		defer w.background()()
		time.Sleep(time.Minute)
		if n := w.count(); n != 1 {
			t.Errorf("at first: %d", n)
		}
		time.Sleep(3 * time.Hour)
		if n := w.count(); n != 0 {
			t.Errorf("without use: %d", n)
		}
		for range 12 {
			w.Spend(id, 0.1)
			time.Sleep(5 * time.Minute)
		}
		if n := w.count(); n < 2 || n > 3 {
			t.Errorf("in an hour of use: %d", n)
		}
		w.set(func() { w.state = core.StateSuspended })
		w.Spend(id, 1)
		time.Sleep(2 * time.Hour)
		if n := w.count(); n != 0 {
			t.Errorf("suspended: %d", n)
		}
	})
}

// What passes through the gateway is added up until the provider is asked again.
func TestSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := newWorld(t, dir)
		if err := w.Refresh(t.Context(), w.db.Snapshot().Account(id)); err != nil {
			t.Fatal(err)
		}
		w.Spend(id, 1.5)
		w.Spend(id, 0.5)
		if u := w.Find(id); u.Used != 12 || u.Remaining != 38 || u.SpentSince != 2 {
			t.Errorf("got %+v", u)
		}
		w.shut()
		w = newWorld(t, dir)
		defer w.shut()
		if u := w.Find(id); u == nil || u.SpentSince != 2 || u.Remaining != 38 {
			t.Errorf("after a restart: %+v", u)
		}
		w.set(func() { w.answer.Used, w.answer.Remaining = 12, 38 })
		if err := w.Refresh(t.Context(), w.db.Snapshot().Account(id)); err != nil {
			t.Fatal(err)
		}
		if u := w.Find(id); u.SpentSince != 0 || u.Used != 12 {
			t.Errorf("asked again: %+v", u)
		}
	})
}

// An account that is used up rests until its quota resets, and is back as soon
// as its provider says that there is more.
func TestExhaustedAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, t.TempDir())
		defer w.shut()
		reset := time.Now().Add(10 * time.Hour)
		w.set(func() { w.answer.Used, w.answer.Remaining, w.answer.ResetsAt = 50, 0, &reset })
		defer w.background()()
		time.Sleep(time.Minute)
		if exhausted, refilled := w.told(); len(exhausted) != 1 || !exhausted[0].Equal(reset) || refilled != 0 {
			t.Fatalf("exhausted %v, refilled %d", exhausted, refilled)
		}
		w.set(func() { w.state, w.answer.Remaining = core.StateExhausted, 10 })
		time.Sleep(25 * time.Minute)
		if _, refilled := w.told(); refilled != 1 {
			t.Errorf("refilled %d", refilled)
		}
		w.set(func() {
			w.state, w.answer.Remaining, w.answer.Overage = "", 0, &core.Overage{Enabled: true, Limit: 100}
		})
		w.Suspect(id)
		time.Sleep(10 * time.Minute)
		if exhausted, refilled := w.told(); refilled != 2 || len(exhausted) != 1 {
			t.Errorf("with overage: exhausted %d, refilled %d", len(exhausted), refilled)
		}
		w.count()
		time.Sleep(time.Until(reset) + 5*time.Minute)
		if n := w.count(); n == 0 {
			t.Error("not asked after the reset")
		}
	})
}

// A failure keeps the old numbers, says why, and is tried again at a growing
// distance.
func TestFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, t.TempDir())
		defer w.shut()
		defer w.background()()
		time.Sleep(time.Minute)
		w.set(func() { w.fail, w.reads = errors.New("not reached"), 0 })
		w.Suspect(id)
		time.Sleep(2 * time.Hour)
		if n := w.count(); n < 4 || n > 7 {
			t.Errorf("%d tries in two hours", n)
		}
		if u := w.Find(id); u.Error != "not reached" || u.Remaining != 40 {
			t.Errorf("got %+v", u)
		}
		w.set(func() { w.fail = nil })
		time.Sleep(3 * time.Hour)
		if u := w.Find(id); u.Error != "" {
			t.Errorf("got %+v", u)
		}
	})
}

func TestManyAskAtOnce(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.shut()
	a := w.db.Snapshot().Account(id)
	hold := make(chan struct{})
	read := w.Read
	w.Read = func(ctx context.Context, a *core.Account) (core.AccountUsage, error) {
		<-hold
		return read(ctx, a)
	}
	flights := map[*flight]bool{}
	for range 16 {
		flights[w.begin(t.Context(), a)] = true
	}
	close(hold)
	for f := range flights {
		<-f.done
	}
	if n := w.count(); len(flights) != 1 || n != 1 {
		t.Errorf("%d questions, the provider heard %d", len(flights), n)
	}
}
