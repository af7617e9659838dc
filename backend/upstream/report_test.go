package upstream_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
	"github.com/aihub/aihub/backend/upstream/anthropic"
	"github.com/aihub/aihub/backend/upstream/openai"
)

// reporter answers for both providers' reports; pages by path, the second of a
// path behind the cursor "next".
func reporter(t *testing.T, answers map[string][2]string) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := answers[r.URL.Path]
		key := r.Header.Get("Authorization") + r.Header.Get("X-Api-Key")
		if !ok || !strings.HasSuffix(key, "admin-secret-key") || strings.Contains(key, "request-key") {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":{"message":"no such key: %s"}}`, key)
			return
		}
		switch r.URL.Query().Get("page") {
		case "":
			fmt.Fprint(w, page[0])
		case "next":
			fmt.Fprint(w, page[1])
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

func reportClient() *upstream.Client {
	now := func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
	return upstream.NewClient(openai.Provider{Now: now}, anthropic.Provider{Now: now})
}

// Pages are added up, whatever the form of the numbers, and money of another
// currency is not taken for dollars.
func TestReports(t *testing.T) {
	srv := reporter(t, map[string][2]string{
		"/v1/organization/costs": {
			`{"data":[{"results":[{"amount":{"value":0.5,"currency":"usd"}},{"amount":{"value":"0.25","currency":"usd"}}]},{"results":[]}],"has_more":true,"next_page":"next"}`,
			`{"data":[{"results":[{"amount":{"value":1,"currency":"usd"}},{"amount":{"value":9,"currency":"eur"}}]}],"has_more":false,"next_page":null}`,
		},
		"/v1/organization/usage/completions": {`{"data":[{"results":[{"input_tokens":100,"output_tokens":20,"input_cached_tokens":60,"num_model_requests":3}]}],"has_more":false}`, ""},
		"/v1/organizations/cost_report":      {`{"data":[{"results":[{"amount":"123.45","currency":"USD"}]}],"has_more":false}`, ""},
		"/v1/organizations/usage_report/messages": {
			`{"data":[{"results":[{"uncached_input_tokens":10,"cache_read_input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":1},"output_tokens":7}]}],"has_more":true,"next_page":"next"}`,
			`{"data":[{"results":[{"uncached_input_tokens":10,"output_tokens":7}]}],"has_more":false}`,
		},
	})
	tests := []struct {
		provider core.Provider
		want     string
	}{
		{core.ProviderOpenAI, "cost 1.75 usd, requests 3 requests, input_tokens 100 tokens, cache_read_tokens 60 tokens, output_tokens 20 tokens"},
		{core.ProviderAnthropic, "cost 1.2345 usd, input_tokens 28 tokens, cache_read_tokens 5 tokens, cache_write_tokens 3 tokens, output_tokens 14 tokens"},
	}
	for _, tt := range tests {
		u, err := reportClient().ReadUsage(t.Context(), &core.Channel{Provider: tt.provider, BaseURL: srv.URL}, &core.Account{Credential: core.Credential{APIKey: "request-key", AdminKey: "admin-secret-key"}})
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, p := range u.Parts {
			parts = append(parts, fmt.Sprintf("%s %g %s", p.Name, p.Used, p.Unit))
		}
		if got := strings.Join(parts, ", "); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.provider, got, tt.want)
		}
		if u.Source != core.UsageReport || !u.Unlimited || u.Limit != 0 || u.ResetsAt == nil || u.ResetsAt.Format(time.DateOnly) != "2026-12-01" {
			t.Errorf("%s: %+v", tt.provider, u)
		}
	}
}

// What goes wrong is said without the key.
func TestReportsThatAreNone(t *testing.T) {
	srv := reporter(t, map[string][2]string{
		"/endless/v1/organization/costs": {`{"data":[],"has_more":true,"next_page":"next"}`, `{"data":[],"has_more":true,"next_page":"next"}`},
		"/page/v1/organization/costs":    {`<html>`, ""},
	})
	tests := []struct{ name, base, key, says string }{
		{"refused", srv.URL, "wrong-secret-key", "the admin key may not read the reports of its organisation"},
		{"no end", srv.URL + "/endless", "admin-secret-key", "does not end"},
		{"a web page", srv.URL + "/page", "admin-secret-key", "not with a report"},
		{"nobody there", "http://127.0.0.1:1", "admin-secret-key", "could not be reached"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := reportClient().ReadUsage(t.Context(), &core.Channel{Provider: core.ProviderOpenAI, BaseURL: tt.base}, &core.Account{Credential: core.Credential{APIKey: "request-key", AdminKey: tt.key}})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("err = %v", err)
			}
			refusal, _ := errors.AsType[*upstream.Refusal](err)
			if strings.Contains(err.Error(), "secret") || refusal != nil && strings.Contains(string(refusal.Body), "secret") {
				t.Errorf("the key is repeated: %v", err)
			}
		})
	}
}

func TestWhoTellsUsage(t *testing.T) {
	c := reportClient()
	with := &core.Account{Credential: core.Credential{APIKey: "k", AdminKey: "a"}}
	without := &core.Account{Credential: core.Credential{APIKey: "k"}}
	for _, p := range []core.Provider{core.ProviderOpenAI, core.ProviderAnthropic} {
		if !c.ReadsUsage(p, with) || c.ReadsUsage(p, without) {
			t.Errorf("%s: with a key %v, without %v", p, c.ReadsUsage(p, with), c.ReadsUsage(p, without))
		}
	}
	if c.ReadsUsage(core.ProviderGemini, with) {
		t.Error("a provider that is not there tells usage")
	}
}
