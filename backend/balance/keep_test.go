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
