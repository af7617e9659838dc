package limits

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
)

func always(string) bool { return true }

func at(t time.Time) *time.Time { return &t }

func told(when time.Time, parts ...core.UsagePart) core.AccountUsage {
	u := core.AccountUsage{FetchedAt: when}
	for _, p := range parts {
		p.Source = core.UsageHeaders
		add(&u, p)
	}
	return u
}

// What an answer does not name stays until it is reset; what has been reset is
// shown as unused and no longer stands for the whole.
func TestBoardMergesAndResets(t *testing.T) {
	now := noon
	b := NewBoard(func() time.Time { return now }, always)
	b.Put("a", told(now,
		core.UsagePart{Name: "requests", Unit: unitRequests, Used: 10, Limit: 100, ResetsAt: at(now.Add(time.Hour))},
		core.UsagePart{Name: "tokens", Unit: unitTokens, Used: 900, Limit: 1000, ResetsAt: at(now.Add(time.Minute))}))
	now = now.Add(30 * time.Second)
	b.Put("a", told(now, core.UsagePart{Name: "requests", Unit: unitRequests, Used: 20, Limit: 100, ResetsAt: at(noon.Add(time.Hour))}))
	u := b.Find("a")
	if len(u.Parts) != 2 || u.Unit != unitTokens || u.Remaining != 100 || u.Parts[0].Used != 20 || u.Parts[1].FetchedAt == nil || !u.Parts[1].FetchedAt.Equal(noon) {
		t.Errorf("got %+v", u)
	}
	now = noon.Add(2 * time.Minute)
	u = b.Find("a")
	if u.Unit != unitRequests || u.Remaining != 80 || u.Parts[1].Used != 0 || !u.Parts[1].WasReset || u.Parts[1].ResetsAt != nil {
		t.Errorf("after a reset: %+v", u)
	}
	if left, limit, resets, known := b.Left("a"); left != 80 || limit != 100 || !known || !resets.Equal(noon.Add(time.Hour)) {
		t.Errorf("left %v of %v, %v, %v", left, limit, resets, known)
	}
	if _, _, _, known := b.Left("b"); known || b.Find("b") != nil {
		t.Error("an account that has told nothing is known")
	}
}

// The two ways to ask agree.
func TestLeftIsWhatFindSays(t *testing.T) {
	b := NewBoard(func() time.Time { return noon }, always)
	parts := []core.UsagePart{
		{Name: "a", Used: 0, Limit: 10}, {Name: "b", Used: 5, Limit: 10}, {Name: "c", Used: 60, Limit: 100}, {Name: "d", Used: 3, Limit: 5, ResetsAt: at(noon.Add(time.Hour))},
	}
	for i := range parts {
		b.Put("x", told(noon, parts[:i+1]...))
		u := b.Find("x")
		left, limit, _, known := b.Left("x")
		if !known || left != u.Remaining || limit != u.Limit {
			t.Errorf("%d parts: %v of %v, want %v of %v", i+1, left, limit, u.Remaining, u.Limit)
		}
	}
}

func TestBoardIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Still: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		b := NewBoard(time.Now, func(id string) bool { return id != "gone" })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { b.Keep(ctx, db, slog.New(slog.DiscardHandler)); close(done) }()
		begin := time.Now()
		for i := range 10 {
			u := told(time.Now(), core.UsagePart{Name: "5h", Unit: unitPercent, Used: float64(10 * i), Limit: 100, ResetsAt: at(begin.Add(5 * time.Hour))})
			b.Put("a", u)
			b.Put("gone", u)
			time.Sleep(10 * time.Minute)
		}
		cancel()
		<-done
		again := NewBoard(time.Now, always)
		if err := again.Load(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		u := again.Find("a")
		if u == nil || u.Used != 90 || u.Source != core.UsageHeaders || again.Find("gone") != nil {
			t.Fatalf("got %+v", u)
		}
		used, over := again.Over("a", "5h", 24*time.Hour)
		if used != 90 || over != 100*time.Minute {
			t.Errorf("%v over %v", used, over)
		}
		time.Sleep(5 * time.Hour)
		if used, over := again.Over("a", "5h", 24*time.Hour); used != 0 || over != 0 || again.Find("a").Used != 0 {
			t.Errorf("after the window: %v over %v, %+v", used, over, again.Find("a"))
		}
	})
}

func BenchmarkPut(b *testing.B) {
	board := NewBoard(time.Now, always)
	now := time.Now()
	u := told(now, core.UsagePart{Name: "requests", Used: 1, Limit: 10, ResetsAt: at(now.Add(time.Minute))}, core.UsagePart{Name: "7d", Used: 1, Limit: 100, ResetsAt: at(now.Add(100 * time.Hour))})
	b.ReportAllocs()
	for b.Loop() {
		board.Put("a", u)
	}
}
