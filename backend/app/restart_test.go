package app_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// What is known of accounts is known behind a restart too, and told.
func TestCooldownsOutliveARestart(t *testing.T) {
	w := newWorld(t)
	w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 429, RetryAfter: 3600, Key: accountKey(core.ProviderOpenAI, "a")})
	for range 2 {
		if got := w.post(plain()[0].path, plain()[0].body); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	id := w.account(core.ProviderOpenAI, "a", `{}`)
	before, err := w.hub.Service().FindAccount(t.Context(), id)
	w.must(err)
	w.close()
	w.open()
	after, err := w.hub.Service().FindAccount(t.Context(), id)
	w.must(err)
	if len(before.Cooldowns) != 1 || !slices.Equal(after.Cooldowns, before.Cooldowns) {
		t.Errorf("before %+v\nafter %+v", before.Health, after.Health)
	}
	got := decode(t, w.admin(http.MethodPost, "/api/explain", `{"model":"gpt-4o"}`).body)
	chosen, _ := got["chosen"].(map[string]any)
	if chosen["account_name"] != "b" || len(got["items"].([]any)) != 4 {
		t.Errorf("%v", got)
	}
	for _, item := range got["items"].([]any) {
		line := item.(map[string]any)
		if line["account_id"] == id && (line["code"] != "model_cooling" || line["until"] == nil) {
			t.Errorf("%v", line)
		}
	}
	later := time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
	for _, item := range decode(t, w.admin(http.MethodPost, "/api/explain", `{"model":"gpt-4o","at":"`+later+`"}`).body)["items"].([]any) {
		if line := item.(map[string]any); line["account_id"] == id && line["code"] == "model_cooling" {
			t.Errorf("closed behind its cooldown: %v", line)
		}
	}
}

// A budget that a person has set is counted by the ledger, also over a restart.
func TestAnAccountsBudget(t *testing.T) {
	w := newWorld(t)
	w.account(core.ProviderOpenAI, "b", `{"enabled":false}`)
	id := w.account(core.ProviderOpenAI, "a", `{"budget":{"period":"month","requests":2}}`)
	for range 2 {
		if got := w.post(plain()[0].path, plain()[0].body); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	for range 2 {
		got := w.post(plain()[0].path, plain()[0].body)
		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
			t.Errorf("%d %s", got.status, got.body)
		}
		if a, err := w.hub.Service().FindAccount(t.Context(), id); err != nil || a.State != core.StateExhausted || a.Budget == nil {
			t.Errorf("%v %+v", err, a)
		}
		w.close()
		w.open()
	}
}
