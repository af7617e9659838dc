package usage

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// A report is asked for more rarely than a quota, also when something seems to
// have changed, and never decides whether the account is used up.
func TestReportsAreAskedForRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, t.TempDir())
		defer w.shut()
		w.set(func() {
			w.answer = core.AccountUsage{Unit: "usd", Source: core.UsageReport, Used: 3, Unlimited: true, Parts: []core.UsagePart{{Name: "cost", Used: 3}}}
		})
		defer w.background()()
		time.Sleep(time.Minute)
		w.count()
		for range 36 {
			w.Spend(id, 0)
			w.Suspect(id)
			time.Sleep(5 * time.Minute)
		}
		if n := w.count(); n < 2 || n > 4 {
			t.Errorf("in three hours of use: %d", n)
		}
		if exhausted, refilled := w.told(); refilled != 0 || len(exhausted) != 0 {
			t.Errorf("refilled %d, exhausted %v", refilled, exhausted)
		}
	})
}

// An account that was never read says why not; one that cannot be asked any more
// is forgotten.
func TestProblemsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, t.TempDir())
		defer w.shut()
		w.set(func() { w.fail = errors.New("refused") })
		defer w.background()()
		time.Sleep(time.Minute)
		if got := w.Problem(id); got != "refused" || w.Find(id) != nil {
			t.Errorf("problem %q, usage %+v", got, w.Find(id))
		}
		w.set(func() { w.fail = nil })
		time.Sleep(10 * time.Minute)
		if got := w.Problem(id); got != "" || w.Find(id) == nil {
			t.Errorf("problem %q, usage %+v", got, w.Find(id))
		}
		a := *w.db.Snapshot().Account(id)
		a.ChannelID = "chn_2"
		if err := w.db.Update(t.Context(), core.PutChannel{Channel: core.Channel{ID: "chn_2", Provider: core.ProviderGemini, Enabled: true}}, core.PutAccount{Account: a}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if w.Find(id) != nil {
			t.Error("what cannot be asked any more is still known")
		}
	})
}

// The course of the provider's count gives a pace, also over a restart.
func TestPaceOfAQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := newWorld(t, dir)
		for i := range 4 {
			w.set(func() { w.answer.Used, w.answer.Remaining = float64(10+i), float64(40-i) })
			if err := w.Refresh(t.Context(), w.db.Snapshot().Account(id)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		w.shut()
		w = newWorld(t, dir)
		defer w.shut()
		w.Spend(id, 1)
		if used, over := w.Over(id, 24*time.Hour); used != 4 || over != 4*time.Hour {
			t.Errorf("%v over %v", used, over)
		}
	})
}
