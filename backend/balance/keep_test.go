package balance

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/store"
)

func database(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Key: make([]byte, 32)})
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

func TestARestartKeepsCooldowns(t *testing.T) {
	db := database(t)
	w, b := two()
	hour := w.clock.Add(time.Hour)
	b.Report("a", "", limits.Finding{Scope: limits.ScopeAccount, State: core.StateSuspended, Message: "locked", Link: "https://example.com"})
	b.Report("b", "m", of(limits.ScopeAccountModel, core.StateCooling, hour))
	b.Report("b", "n", of(limits.ScopeAccountModel, core.StateCooling, w.clock.Add(time.Minute)))
	b.Report("gone", "", limited("", hour))
	if err := b.Flush(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(10 * time.Minute)
	again := w.balancer()
	if err := again.Load(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if h := again.Health("a"); h.State != core.StateSuspended || h.Until != nil || h.Reason != "locked" || h.Link != "https://example.com" {
		t.Errorf("a: %+v", h)
	}
	if h := again.Health("b"); h.State != core.StateReady || len(h.Cooldowns) != 1 || h.Cooldowns[0].Model != "m" || !h.Cooldowns[0].Until.Equal(hour) {
		t.Errorf("b: %+v", h)
	}
	if l, unfit := again.Pick(w.ask("m")); l != nil {
		t.Errorf("picked %s: %+v", l.Account.ID, unfit)
	}
	docs, err := db.ListStates(t.Context(), core.StateHealth)
	if err != nil || len(docs) != 2 {
		t.Errorf("%d documents, %v", len(docs), err)
	}
	again.Reset("a")
	again.Reset("b")
	if err := again.Flush(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if docs, err = db.ListStates(t.Context(), core.StateHealth); err != nil || len(docs) != 0 {
		t.Errorf("%d documents behind a reset, %v", len(docs), err)
	}
}

// What changes is written by itself, a moment later.
func TestChangesAreKept(t *testing.T) {
	db := database(t)
	w, b := two()
	ctx, stop := context.WithCancel(t.Context())
	var keeper sync.WaitGroup
	keeper.Go(func() { b.Keep(ctx, db, slog.New(slog.DiscardHandler)) })
	b.Report("a", "", limited("", w.clock.Add(time.Hour)))
	b.Report("b", "", limited("", w.clock.Add(time.Hour)))
	for {
		docs, err := db.ListStates(t.Context(), core.StateHealth)
		if err != nil {
			t.Fatal(err)
		}
		if len(docs) == 2 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	keeper.Wait()
}

// A day's share does not begin anew with every start of the program.
func TestARestartKeepsTheDaysShare(t *testing.T) {
	db := database(t)
	w, b := two()
	left := 800.0
	usage := func(id string) (float64, float64, time.Time, bool) { return left, 1000, time.Time{}, id == "a" }
	w.edit("a", func(a *core.Account) { a.DailyShare = 10 })
	b.Usage = usage
	b.Health("a")
	left = 750
	again := restart(t, w, b, db, usage)
	left = 700
	again.Spend("a", w.clock, 1, nil)
	if h := again.Health("a"); h.State != core.StateExhausted {
		t.Errorf("100 of 100 for the day: %+v", h)
	}
	w.clock = w.clock.Add(24 * time.Hour)
	if h := restart(t, w, again, db, usage).Health("a"); h.State != core.StateReady {
		t.Errorf("the next day: %+v", h)
	}
}

// An address that does not answer is not tried by all at once behind a restart.
func TestARestartKeepsCircuits(t *testing.T) {
	db := database(t)
	w, b := two()
	b.Report("a", "", of(limits.ScopeProvider, core.StateCooling, w.clock.Add(time.Hour)))
	b.Report("b", "n", of(limits.ScopeModel, core.StateCooling, w.clock.Add(2*time.Hour)))
	again := restart(t, w, b, db, nil)
	if l, unfit := again.Pick(w.ask("m")); l != nil || unfit.After != time.Hour {
		t.Errorf("picked at an address that rests: %+v", unfit)
	}
	again.Report("b", "", limits.Finding{})
	third := restart(t, w, again, db, nil)
	w.pick(t, third, "m")
	if l, unfit := third.Pick(w.ask("n")); l != nil || unfit.After != 2*time.Hour {
		t.Errorf("picked for a model that rests: %+v", unfit)
	}
}

func restart(t *testing.T, w *world, b *Balancer, db *store.DB, usage func(string) (float64, float64, time.Time, bool)) *Balancer {
	t.Helper()
	if err := b.Flush(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	again := w.balancer()
	again.Usage = usage
	if err := again.Load(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return again
}
