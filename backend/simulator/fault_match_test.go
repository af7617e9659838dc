package simulator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// TestFaultMatch shows which requests a fault hits.
func TestFaultMatch(t *testing.T) {
	other := chatCall("hi", "")
	other.key = "sk-other-0123456789"
	cases := []struct {
		name  string
		fault simulator.Fault
		hit   []bool // chat, chat with another key, messages, chat, chat
	}{
		{"all", simulator.Fault{}, []bool{true, true, true, true, true}},
		{"key", simulator.Fault{Key: other.key}, []bool{false, true, false, false, false}},
		{"account", simulator.Fault{Account: simulator.AccountID(testKey)}, []bool{true, false, true, true, true}},
		{"provider", simulator.Fault{Provider: core.ProviderAnthropic}, []bool{false, false, true, false, false}},
		{"model", simulator.Fault{Model: "gpt-*"}, []bool{true, true, false, true, true}},
		{"path", simulator.Fault{Path: "*/messages"}, []bool{false, false, true, false, false}},
		{"after", simulator.Fault{After: 2}, []bool{false, false, true, true, true}},
		{"times", simulator.Fault{Times: 2}, []bool{true, true, false, false, false}},
		{"after and times", simulator.Fault{After: 1, Times: 1}, []bool{false, true, false, false, false}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := startService(t, simulator.Options{})
			c.fault.Kind, c.fault.Status = simulator.FaultStatus, http.StatusServiceUnavailable
			s.add(c.fault)
			for i, one := range []call{chatCall("hi", ""), other, messageCall("hi", ""), chatCall("hi", ""), chatCall("hi", "")} {
				if hit := s.do(one).status == http.StatusServiceUnavailable; hit != c.hit[i] {
					t.Errorf("request %d: hit %v", i, hit)
				}
			}
		})
	}
}

// TestFaultProbability shows that chance follows the seed.
func TestFaultProbability(t *testing.T) {
	pattern := func(seed int64) string {
		s := startService(t, simulator.Options{Seed: seed})
		s.add(simulator.Fault{Kind: simulator.FaultStatus, Status: 500, Probability: 0.5})
		out := ""
		for range 24 {
			out += string("01"[s.do(chatCall("hi", "")).status/500])
		}
		return out
	}
	one := pattern(1)
	if one != pattern(1) || one == pattern(2) || !strings.Contains(one, "0") || !strings.Contains(one, "1") {
		t.Errorf("%s %s", one, pattern(2))
	}
}

// TestFaultQuota exhausts accounts, each on its own.
func TestFaultQuota(t *testing.T) {
	s := startService(t, simulator.Options{})
	s.add(simulator.Fault{Kind: simulator.FaultQuota, Key: testKey, Requests: 2})
	other := chatCall("hi", "")
	other.key = "sk-other-0123456789"
	for i, want := range []int{200, 200, 429, 429} {
		if a := s.do(chatCall("hi", "")); a.status != want {
			t.Errorf("request %d: status %d", i, a.status)
		}
		s.ok(other)
	}
	if a := s.do(messageCall("hi", "")); a.status != http.StatusPaymentRequired {
		t.Errorf("anthropic: status %d", a.status)
	}
	s.sim.ClearFaults()
	s.add(simulator.Fault{Kind: simulator.FaultQuota, Tokens: 30})
	s.ok(chatCall("[sim:tokens=40]", ""))
	if a := s.do(chatCall("hi", "")); !strings.Contains(a.body, "insufficient_quota") {
		t.Errorf("tokens: %s", a.body)
	}
}

// TestFaultsOverHTTP drives the faults as a test in another language would.
func TestFaultsOverHTTP(t *testing.T) {
	s := startService(t, simulator.Options{})
	added := s.do(call{path: "/sim/faults", body: `{"key":"` + testKey + `","kind":"status","status":503,"times":1}`})
	if added.status != http.StatusCreated || gjson.Get(added.body, "account").String() != simulator.AccountID(testKey) || strings.Contains(added.body, testKey) {
		t.Errorf("%d %s", added.status, added.body)
	}
	if a := s.do(chatCall("hi", "")); a.status != http.StatusServiceUnavailable {
		t.Errorf("status %d", a.status)
	}
	list := s.ok(call{method: "GET", path: "/sim/faults"})
	if list.Get("0.hits").Int() != 1 {
		t.Errorf("%s", list.Raw)
	}
	for _, bad := range []string{`{}`, `{"kind":"status"}`, `{"kind":"slow_chunks"}`, `{"kind":"cut","probability":2}`, `{"kind":"cut","foo":1}`, `nope`} {
		if a := s.do(call{path: "/sim/faults", body: bad}); a.status != http.StatusBadRequest {
			t.Errorf("%s: status %d", bad, a.status)
		}
	}
	id := list.Get("0.id").String()
	for _, want := range []int{http.StatusNoContent, http.StatusNotFound} {
		if a := s.do(call{method: "DELETE", path: "/sim/faults/" + id}); a.status != want {
			t.Errorf("delete: status %d, want %d", a.status, want)
		}
	}
	if a := s.do(call{method: "DELETE", path: "/sim/faults"}); a.status != http.StatusNoContent {
		t.Errorf("delete all: status %d", a.status)
	}
	var stats simulator.Stats
	if err := json.Unmarshal([]byte(s.do(call{method: "GET", path: "/sim/stats"}).body), &stats); err != nil || stats.Total.Faulted != 1 {
		t.Errorf("%+v %v", stats, err)
	}
}
