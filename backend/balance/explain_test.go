package balance

import (
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

func TestExplain(t *testing.T) {
	w := newWorld()
	w.channel("c", 5, 1, core.PolicyWeighted)
	w.channel("low", 0, 1, core.PolicyWeighted)
	for _, id := range []string{"cooling", "fit1", "fit2", "model", "other", "off", "busy"} {
		w.account("c", id, nil)
	}
	w.account("c", "second", func(a *core.Account) { a.Priority = -1 })
	w.account("low", "spare", nil)
	w.edit("off", func(a *core.Account) { a.Enabled = false })
	w.edit("other", func(a *core.Account) { a.Models = []string{"x"} })
	w.edit("busy", func(a *core.Account) { a.RPM = 1 })
	b := w.balancer()
	ask := w.ask("m")
	for _, a := range w.accs {
		if a.ID != "busy" {
			ask.Tried = append(ask.Tried, a.ID)
		}
	}
	busy, _ := b.Pick(ask)
	busy.Done(limits.Finding{})
	until := w.clock.Add(time.Hour)
	b.Report("cooling", "", limited("slow down", until))
	b.Report("model", "m", of(limits.ScopeAccountModel, core.StateCooling, until))
	want := map[string]core.ChoiceCode{
		"cooling": core.ChoiceClosed, "fit1": core.ChoiceChosen, "fit2": core.ChoiceNotItsTurn, "model": core.ChoiceModelCooling,
		"other": core.ChoiceNotOffered, "off": core.ChoiceDisabled, "busy": core.ChoiceRate, "second": core.ChoiceLowerTier, "spare": core.ChoiceLowerTier,
	}
	for range 3 { // it changes nothing
		lines := b.Explain(w.ask("m"), w.clock)
		if len(lines) != len(want) {
			t.Fatalf("%d lines", len(lines))
		}
		for _, l := range lines {
			if l.Code != want[l.AccountID] {
				t.Errorf("%s: %s, want %s", l.AccountID, l.Code, want[l.AccountID])
			}
			if (l.AccountID == "second") != (l.Priority == -1) || (l.ChannelID == "c") != (l.ChannelPriority == 5) || l.Policy != core.PolicyWeighted {
				t.Errorf("the order is not told: %+v", l)
			}
			if l.AccountID == "cooling" && (l.Reason != "slow down" || !l.Until.Equal(until) || l.State != core.StateCooling) {
				t.Errorf("%+v", l)
			}
		}
	}
	if l := w.pick(t, b, "m"); l.Account.ID != "fit1" {
		t.Errorf("explained another one than picked: %s", l.Account.ID)
	}
	later := map[string]core.ChoiceCode{}
	for _, l := range b.Explain(w.ask("m"), until) {
		later[l.AccountID] = l.Code
	}
	if later["cooling"] == core.ChoiceClosed || later["model"] == core.ChoiceModelCooling || later["busy"] == core.ChoiceRate {
		t.Errorf("behind all cooldowns: %v", later)
	}
}
