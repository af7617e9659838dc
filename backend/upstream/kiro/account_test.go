package kiro

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/simulator"
	"github.com/aihub/aihub/backend/upstream"
)

const manageHost = "management.us-east-1.kiro.dev"

// The list of models is that of the account, over all its pages.
func TestListModels(t *testing.T) {
	for _, kind := range []simulator.KiroKind{
		simulator.KiroBuilderID, simulator.KiroGoogle, simulator.KiroIdentityCenter, simulator.KiroExternal, simulator.KiroAPIKey,
	} {
		w := newWorld(t, simulator.KiroAccount{Kind: kind, Plan: simulator.KiroPro})
		models, err := w.ListModels(t.Context(), w.via, w.channel, w.account)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		i := slices.IndexFunc(models, func(m llm.ModelInfo) bool { return m.ID == "claude-opus-5.5" })
		if len(models) != 22 || i < 0 {
			t.Fatalf("%s: %d models", kind, len(models))
		}
		m := models[i]
		if m.Window != 1_000_000 || m.MaxOutput != 128_000 || !m.Images || m.Rate != 2.0 || !gjson.GetBytes(m.Fields, "properties.output_config").Exists() {
			t.Errorf("%s: %+v", kind, m)
		}
		if n := len(w.paths()); n != 3 {
			t.Errorf("%s: %d requests for three pages", kind, n)
		}
	}
	w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroBuilderID, Plan: simulator.KiroFree})
	models, err := w.ListModels(t.Context(), w.via, w.channel, w.account)
	if err != nil || len(models) != 9 {
		t.Errorf("a free account: %d models, %v", len(models), err)
	}
}

// The management plane has forms of its own.
func TestManagementForms(t *testing.T) {
	tests := []struct {
		name    string
		unknown []string
		closed  string
		want    []string
	}{
		{"target", nil, "", []string{manageHost + "/"}},
		{"path", []string{"KiroControlPlaneBearerService.GetUsageLimits"}, "", []string{manageHost + "/", manageHost + "/Get-Usage-Limits"}},
		{"former host", nil, manageHost, []string{"q.us-east-1.amazonaws.com/getUsageLimits"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroGoogle, Email: "me@example.org", Plan: simulator.KiroPro})
			w.unknown, w.closed[tt.closed] = tt.unknown, true
			u, err := w.ReadUsage(t.Context(), w.via, w.channel, w.account)
			if err != nil || u.Limit != 1000 || u.Owner != "me@example.org" {
				t.Fatalf("%+v, %v", u, err)
			}
			if got := w.paths(); !slices.Equal(got, tt.want) {
				t.Errorf("asked %q, want %q", got, tt.want)
			}
			if _, err := w.ReadUsage(t.Context(), w.via, w.channel, w.account); err != nil || len(w.paths()) != 1 {
				t.Errorf("not remembered: %v", err)
			}
		})
	}
}

func TestReadUsage(t *testing.T) {
	soon := time.Now().Add(48 * time.Hour).UTC().Truncate(time.Second)
	w := newWorld(t, simulator.KiroAccount{
		Kind: simulator.KiroBuilderID, ARN: simulator.KiroARNNone, Plan: simulator.KiroPro, Used: 412.37,
		Trial:   &simulator.KiroPart{Used: 20.5, Limit: 500, Expires: soon},
		Bonuses: []simulator.KiroPart{{Name: "Welcome", Limit: 100}, {Name: "Old", Limit: 100, Expires: time.Now().Add(-time.Hour)}},
		Packs:   []simulator.KiroPart{{Used: 1, Limit: 10}}, Overage: true, Overused: 5,
	})
	u, err := w.ReadUsage(t.Context(), w.via, w.channel, w.account)
	if err != nil {
		t.Fatal(err)
	}
	if u.Plan != "KIRO PRO" || u.Used != 433.87 || u.Limit != 1610 || u.Remaining != 1610-433.87 || u.ResetsAt == nil || u.ResetsAt.Day() != 1 {
		t.Errorf("got %+v", u)
	}
	var kinds []core.UsageKind
	for _, p := range u.Parts {
		kinds = append(kinds, p.Kind)
	}
	if !slices.Equal(kinds, []core.UsageKind{core.UsagePlan, core.UsageTrial, core.UsageBonus, core.UsagePack}) || !u.Parts[1].ExpiresAt.Equal(soon) {
		t.Errorf("parts %+v", u.Parts)
	}
	if o := u.Overage; o == nil || !o.Enabled || o.Used != 5 || o.Limit != 10_000 || o.CostUSD != 0.2 {
		t.Errorf("overage %+v", o)
	}
}

// A refusal carries the provider's words and no secret.
func TestRefusals(t *testing.T) {
	w := newWorld(t, simulator.KiroAccount{Kind: simulator.KiroGoogle, Suspended: true})
	_, err := w.ReadUsage(t.Context(), w.via, w.channel, w.account)
	refusal, ok := errors.AsType[*upstream.Refusal](err)
	if !ok || refusal.Status != http.StatusForbidden || !strings.Contains(refusal.Message, "suspended") || w.IsExpired(refusal.Status, refusal.Body) {
		t.Errorf("got %#v", err)
	}
	w.change(func(a *simulator.KiroAccount) { a.Suspended = false })
	if err := w.sim.ExpireKiro(w.account.ID, "access"); err != nil {
		t.Fatal(err)
	}
	_, err = w.ListModels(t.Context(), w.via, w.channel, w.account)
	refusal, ok = errors.AsType[*upstream.Refusal](err)
	if !ok || !w.IsExpired(refusal.Status, refusal.Body) {
		t.Errorf("an ended token: %#v", err)
	}
	if err := w.sim.ExpireKiro(w.account.ID, "refresh"); err != nil {
		t.Fatal(err)
	}
	_, err = w.Refresh(t.Context(), w.via, w.channel, w.account)
	if dead, ok := errors.AsType[*upstream.Dead](err); !ok || dead.Reason == "" || strings.Contains(err.Error(), w.account.Credential.RefreshToken) {
		t.Errorf("an ended sign-in: %v", err)
	}
	w.closed["prod.us-east-1.auth.desktop.kiro.dev"] = true
	w.via.CloseIdleConnections()
	_, err = w.Refresh(t.Context(), w.via, w.channel, w.account)
	if _, ok := errors.AsType[*upstream.Later](err); !ok {
		t.Errorf("not reached: %v", err)
	}
}
