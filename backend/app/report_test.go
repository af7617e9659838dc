package app_test

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// reported is a provider whose reports an admin key reads.
type reported struct {
	provider  core.Provider
	key       string
	path      string
	body      string
	questions string // part of the path of every question for a report
}

func reports() []reported {
	return []reported{
		{core.ProviderOpenAI, "sk-admin-test-0123456789", "/v1/chat/completions", `{"model":"gpt-4o","messages":[{"role":"user","content":"number %d"}]}`, "/v1/organization/"},
		{core.ProviderAnthropic, "sk-ant-admin01-test-0123456789", "/v1/messages", `{"model":"claude-opus-4-8","max_tokens":400,"messages":[{"role":"user","content":"number %d"}]}`, "/v1/organizations/"},
	}
}

// onlyAccount leaves one account of a provider and returns its id.
func (w *world) onlyAccount(p core.Provider) string {
	w.t.Helper()
	w.account(p, "b", `{"enabled":false}`)
	return w.account(p, "a", `{}`)
}

func (w *world) refresh(id string) *core.AccountUsage {
	w.t.Helper()
	got := w.admin(http.MethodPost, "/api/accounts/"+id+"/refresh-usage", "")
	if got.status != http.StatusOK {
		w.t.Fatalf("%d %s", got.status, got.body)
	}
	if strings.Contains(string(got.body), "0123456789") {
		w.t.Errorf("the admin key is shown: %s", got.body)
	}
	a, err := w.hub.Service().FindAccount(w.t.Context(), id)
	w.must(err)
	return a.Usage
}

// amounts are the parts of a source by name.
func amounts(u *core.AccountUsage, source core.UsageSource) map[string]float64 {
	out := map[string]float64{}
	for _, p := range u.Parts {
		if p.Source == source || p.Source == "" && u.Source == source {
			out[p.Name] = p.Used
		}
	}
	return out
}

// With an admin key the provider's reports of the month are read, and agree with
// the ledger to the token and the cent.
func TestReportsAgreeWithTheLedger(t *testing.T) {
	w := newWorld(t)
	for _, r := range reports() {
		id := w.onlyAccount(r.provider)
		for i := range 5 {
			if got := w.post(r.path, fmt.Sprintf(r.body, i)); got.status != http.StatusOK {
				t.Fatalf("%d %s", got.status, got.body)
			}
		}
		w.account(r.provider, "a", `{"admin_key":"`+r.key+`"}`)
		u := w.refresh(id)
		if u == nil || u.Source != core.UsageReport || u.Unit != "usd" || !u.Unlimited || u.Used <= 0 || u.ResetsAt == nil {
			t.Fatalf("%s: %+v", r.provider, u)
		}
		theirs, ours := amounts(u, core.UsageReport), amounts(u, core.UsageLedger)
		if ours[core.PartRequests] != 5 || ours[core.PartInput] == 0 || len(amounts(u, core.UsageHeaders)) == 0 {
			t.Errorf("%s: parts %+v", r.provider, u.Parts)
		}
		for _, name := range []string{core.PartInput, core.PartOutput, core.PartCost} {
			if math.Abs(theirs[name]-ours[name]) > 1e-9 || theirs[name] == 0 {
				t.Errorf("%s: %s is %v by the provider and %v by the ledger", r.provider, name, theirs[name], ours[name])
			}
		}
		if a, _ := w.hub.Service().FindAccount(t.Context(), id); a.State != core.StateReady {
			t.Errorf("%s: state %s", r.provider, a.State)
		}
	}
}

// Without an admin key nobody is asked: what is shown are the headers of the last
// answer and the own ledger, and it says so.
func TestUsageWithoutAnAdminKey(t *testing.T) {
	w := newWorld(t)
	for _, r := range reports() {
		id := w.onlyAccount(r.provider)
		if u := w.refresh(id); u != nil {
			t.Errorf("%s: before the first request: %+v", r.provider, u)
		}
		if got := w.post(r.path, fmt.Sprintf(r.body, 1)); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		u := w.refresh(id)
		if u == nil || u.Source != core.UsageHeaders || u.Limit == 0 || amounts(u, core.UsageLedger)[core.PartRequests] != 1 {
			t.Errorf("%s: %+v", r.provider, u)
		}
	}
	id := w.onlyAccount(core.ProviderGemini)
	if got := w.post("/v1beta/models/gemini-2.5-pro:generateContent", `{"contents":[{"parts":[{"text":"hi"}]}]}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if u := w.refresh(id); u == nil || u.Source != core.UsageLedger || u.Used <= 0 || !u.Unlimited {
		t.Errorf("Gemini: %+v", u)
	}
	for _, one := range w.sim.Requests() {
		if strings.Contains(one.Path, "/organization") {
			t.Errorf("asked without a key: %s", one.Path)
		}
	}
}

// A refused admin key says why, and the account goes on: neither its state nor its
// numbers suffer. The same holds for an account that is used up.
func TestARefusedAdminKeyLeavesTheAccountAlone(t *testing.T) {
	w := newWorld(t)
	for _, r := range reports() {
		id := w.onlyAccount(r.provider)
		w.account(r.provider, "a", `{"admin_key":"`+r.key+`"}`)
		w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 401, Path: r.questions + "*"})
		if got := w.admin(http.MethodPost, "/api/accounts/"+id+"/refresh-usage", ""); got.status != http.StatusBadGateway || !strings.Contains(string(got.body), "admin key") {
			t.Errorf("%s: %d %s", r.provider, got.status, got.body)
		}
		a, err := w.hub.Service().FindAccount(t.Context(), id)
		w.must(err)
		if a.State != core.StateReady || a.Usage == nil || !strings.Contains(a.Usage.Error, "admin key") {
			t.Errorf("%s: state %s, usage %+v", r.provider, a.State, a.Usage)
		}
		w.sim.ClearFaults()
		w.fault(simulator.Fault{Kind: simulator.FaultQuota})
		w.post(r.path, fmt.Sprintf(r.body, 1))
		w.sim.ClearFaults()
		if u := w.refresh(id); u == nil || u.Source != core.UsageReport || u.Error != "" {
			t.Errorf("%s: %+v", r.provider, u)
		}
		if a, _ := w.hub.Service().FindAccount(t.Context(), id); a.State != core.StateExhausted {
			t.Errorf("%s: the report has ended what a refusal began: %s", r.provider, a.State)
		}
	}
}

// What an answer has told of limits is known after a restart, with its age.
func TestToldLimitsSurviveARestart(t *testing.T) {
	w := newWorld(t)
	r := reports()[0]
	id := w.onlyAccount(r.provider)
	w.post(r.path, fmt.Sprintf(r.body, 1))
	before := w.refresh(id)
	w.close()
	w.open()
	after := w.refresh(id)
	if after == nil || after.Source != core.UsageHeaders || !after.FetchedAt.Equal(before.FetchedAt) || len(after.Parts) != len(before.Parts) {
		t.Fatalf("before %+v\nafter %+v", before, after)
	}
	for _, p := range after.Parts {
		if p.Source == core.UsageHeaders && (p.Used != 0 || !p.WasReset) {
			t.Errorf("a window of milliseconds is not over: %+v", p)
		}
	}
}

// A budget is forecast from the pace of the ledger, over the time for which there
// is one.
func TestABudgetIsForecast(t *testing.T) {
	w := newWorld(t)
	r := reports()[0]
	id := w.onlyAccount(r.provider)
	find := func() admin.Account {
		a, err := w.hub.Service().FindAccount(t.Context(), id)
		w.must(err)
		return a
	}
	if a := find(); a.Forecast != nil || a.ForecastGap != core.GapNoLimit {
		t.Errorf("without a limit: %+v %q", a.Forecast, a.ForecastGap)
	}
	w.account(r.provider, "a", `{"budget":{"period":"week","requests":1000000}}`)
	if a := find(); a.Forecast != nil || a.ForecastGap != core.GapNoUse {
		t.Errorf("without use: %+v %q", a.Forecast, a.ForecastGap)
	}
	w.remember(id, 10*time.Hour, 40)
	f := find().Forecast
	if f == nil || f.Limit != "budget_requests" || f.Unit != "requests" || f.Basis != core.UsageLedger || f.ResetsAt == nil {
		t.Fatalf("%+v", f)
	}
	if f.MeasuredHours < 10 || f.MeasuredHours > 11 || math.Abs(f.Rate*f.MeasuredHours-40) > 1e-6 || f.BeforeReset {
		t.Errorf("%+v", f)
	}
	w.account(r.provider, "a", `{"budget":{"period":"month","requests":41}}`)
	if f := find().Forecast; f == nil || f.ExhaustedAt == nil || f.ExhaustedAt.Before(time.Now().Add(-time.Minute)) {
		t.Errorf("%+v", f)
	}
}

// remember puts requests of some time ago into the ledger and starts anew on it.
func (w *world) remember(account string, ago time.Duration, n int) {
	w.t.Helper()
	rows := make([]*core.Record, n)
	for i := range rows {
		rows[i] = &core.Record{ID: fmt.Sprintf("req_past_%d", i), Time: time.Now().UTC().Add(-ago), AccountID: account, ChannelID: "c", Outcome: core.OutcomeOK}
	}
	w.must(w.hub.Store().(core.RecordStore).CommitRecords(w.t.Context(), nil, rows))
	w.close()
	w.open()
}

// What Gemini's refusals tell of quotas stands in the account: the limit as a part
// of its usage, and what was exceeded in the reason of the cooldown.
func TestGeminisRefusalsTellTheQuota(t *testing.T) {
	w := newWorld(t)
	id := w.onlyAccount(core.ProviderGemini)
	w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 429, RetryAfter: 50})
	w.post("/v1beta/models/gemini-2.5-pro:generateContent", `{"contents":[{"parts":[{"text":"hi"}]}]}`)
	a, err := w.hub.Service().FindAccount(t.Context(), id)
	w.must(err)
	if len(a.Cooldowns) != 1 || !strings.Contains(a.Cooldowns[0].Reason, "generate_content_paid_tier_3_requests") || !strings.Contains(a.Cooldowns[0].Reason, "limit: 10") {
		t.Errorf("cooldowns %+v", a.Cooldowns)
	}
	u := a.Usage
	if u == nil || u.Source != core.UsageRefusal || u.Limit != 10 || u.Remaining != 0 || u.ResetsAt == nil || u.Parts[0].Name != "gemini-2.5-pro per minute" {
		t.Fatalf("usage %+v", u)
	}
	if rest := u.ResetsAt.Sub(u.FetchedAt); rest != 50*time.Second {
		t.Errorf("rests for %s", rest)
	}
}
