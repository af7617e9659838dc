package credential

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// background runs the keeper's own renewals until the test ends.
func (w *world) background(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx)
	}()
	return func() { cancel(); <-done }
}

// Tokens are renewed ahead of their end without a request, so that no request
// waits.
func TestAheadOfTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cred := ended()
		cred.ExpiresAt = time.Now().Add(time.Hour).UTC()
		w := newWorld(t, t.TempDir(), cred)
		defer w.shut()
		defer w.background(t)()
		time.Sleep(time.Hour - ahead(accountID, 0) - time.Second)
		if n := w.authority.count(); n != 0 {
			t.Fatalf("%d renewals too early", n)
		}
		time.Sleep(sweepTime + time.Second)
		if n := w.authority.count(); n != 1 {
			t.Fatalf("%d renewals in time", n)
		}
		time.Sleep(4 * time.Hour)
		if n, left := w.authority.count(), w.left(w.account()); n != 5 || left < minAhead {
			t.Errorf("%d renewals, %s left", n, left)
		}
	})
}

// A token that lives for a minute is not renewed all the time.
func TestShortLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, t.TempDir(), ended())
		defer w.shut()
		w.authority.life = 2 * time.Minute
		defer w.background(t)()
		time.Sleep(20 * time.Minute)
		if n := w.authority.count(); n < 10 || n > 16 {
			t.Errorf("%d renewals in 20 minutes", n)
		}
	})
}

func TestLeftAlone(t *testing.T) {
	tests := []struct {
		name   string
		change func(*world)
	}{
		{"suspended", func(w *world) { w.health.State = core.StateSuspended }},
		{"switched off", func(w *world) {
			a := *w.account()
			a.Enabled = false
			w.put(core.PutAccount{Account: a})
		}},
		{"channel switched off", func(w *world) {
			w.put(core.PutChannel{Channel: core.Channel{ID: "chn_1", Provider: core.ProviderKiro}})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, t.TempDir(), ended())
				defer w.shut()
				tt.change(w)
				defer w.background(t)()
				time.Sleep(time.Hour)
				if n := w.authority.count(); n != 0 {
					t.Errorf("%d renewals", n)
				}
			})
		})
	}
}

// Each account has a moment of its own, and it does not move.
func TestJitter(t *testing.T) {
	seen := map[time.Duration]bool{}
	for i := range 100 {
		d := ahead(fmt.Sprint("acc_", i), 0)
		if d < minAhead || d >= 2*minAhead || d != ahead(fmt.Sprint("acc_", i), 0) {
			t.Fatalf("account %d: %s", i, d)
		}
		seen[d] = true
	}
	if len(seen) < 50 {
		t.Errorf("only %d different moments", len(seen))
	}
}
