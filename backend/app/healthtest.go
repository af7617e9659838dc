package app

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// lookTime is how often accounts are looked for whose test is due.
const lookTime = time.Minute

// testHealth tries accounts that rest or are idle with a tiny request, one after
// the other, as often as the settings say. The prober tells the balancer what it
// has found, so that a cooldown which is over ends.
func (a *App) testHealth(ctx context.Context) {
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	tested := map[string]time.Time{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			a.testDue(ctx, tested)
		}
	}
}

// testDue tests the accounts that are due, and notes when.
func (a *App) testDue(ctx context.Context, tested map[string]time.Time) {
	snap := a.store.Snapshot()
	every := time.Duration(snap.Settings.HealthTestMinutes) * time.Minute
	if every == 0 {
		return
	}
	for _, ch := range snap.Channels() {
		for _, acc := range snap.AccountsOf(ch.ID) {
			now := time.Now()
			if ctx.Err() != nil || !ch.Enabled || !acc.Enabled || now.Sub(tested[acc.ID]) < every || !isDue(a.balancer.Health(acc.ID), now, every) {
				continue
			}
			tested[acc.ID] = now
			a.prober.Test(ctx, ch, acc)
		}
	}
}

// isDue reports whether an account is worth a test: it rests, or nobody has used
// it for a while. What only a person can end is left alone; a test could make a
// lock worse.
func isDue(h core.Health, now time.Time, every time.Duration) bool {
	switch h.State {
	case core.StateSuspended, core.StateDisabled:
		return false
	case core.StateNeedsLogin:
		return h.Until != nil
	case core.StateReady:
		return len(h.Cooldowns) > 0 || h.LastUsed == nil || now.Sub(*h.LastUsed) >= every
	}
	return true
}
