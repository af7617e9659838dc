package limits

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

var noon = time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)

func header(lines string) http.Header {
	h := http.Header{}
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		name, v, _ := strings.Cut(strings.TrimSpace(line), ": ")
		h.Set(name, v)
	}
	return h
}

// words makes a usage readable.
func words(u core.AccountUsage) string {
	s := fmt.Sprintf("%s%g of %g %s, %g left", u.Plan, u.Used, u.Limit, u.Unit, u.Remaining)
	for _, p := range append([]core.UsagePart{{Name: "whole", ResetsAt: u.ResetsAt}}, u.Parts...) {
		s += fmt.Sprintf("; %s %g/%g", p.Name, p.Used, p.Limit)
		if p.ResetsAt != nil {
			s += p.ResetsAt.Format(" 15:04:05")
		}
	}
	return s
}

func TestUsageOfHeaders(t *testing.T) {
	tests := []struct{ name, header, want string }{
		{"OpenAI", `
			x-ratelimit-limit-requests: 10000
			x-ratelimit-remaining-requests: 9999
			x-ratelimit-reset-requests: 8.64s
			x-ratelimit-limit-tokens: 200000
			x-ratelimit-remaining-tokens: 150000
			x-ratelimit-reset-tokens: 6m0s`, "50000 of 200000 tokens, 150000 left; whole 0/0 12:06:00; requests 1/10000 12:00:08; tokens 50000/200000 12:06:00"},
		{"Anthropic", `
			anthropic-ratelimit-requests-limit: 50
			anthropic-ratelimit-requests-remaining: 49
			anthropic-ratelimit-requests-reset: 2026-12-03T12:00:01Z
			anthropic-ratelimit-input-tokens-limit: 40000
			anthropic-ratelimit-input-tokens-remaining: 0
			anthropic-ratelimit-input-tokens-reset: 2026-12-03T12:01:00Z`, "40000 of 40000 tokens, 0 left; whole 0/0 12:01:00; requests 1/50 12:00:01; input-tokens 40000/40000 12:01:00"},
		{"Claude subscription", `
			anthropic-ratelimit-unified-status: allowed_warning
			anthropic-ratelimit-unified-reset: 1796313600
			anthropic-ratelimit-unified-5h-utilization: 0.25
			anthropic-ratelimit-unified-5h-reset: 1796313600
			anthropic-ratelimit-unified-7d-utilization: 0.875
			anthropic-ratelimit-unified-7d-reset: 1796745600
			anthropic-ratelimit-unified-7d_sonnet-utilization: 0.5`, "87.5 of 100 percent, 12.5 left; whole 0/0 16:00:00; 5h 25/100 16:00:00; 7d 87.5/100 16:00:00; 7d_sonnet 50/100"},
		{"ChatGPT subscription", `
			x-codex-plan-type: plus
			x-codex-primary-used-percent: 100
			x-codex-primary-window-minutes: 300
			x-codex-primary-reset-at: 1796313600
			x-codex-secondary-used-percent: 80
			x-codex-secondary-window-minutes: 10080`, "plus100 of 100 percent, 0 left; whole 0/0 16:00:00; 5h 100/100 16:00:00; 7d 80/100"},
		{"half of it", "x-ratelimit-limit-requests: 60", ""},
		{"nonsense", "x-ratelimit-limit-requests: many\nx-ratelimit-remaining-requests: 1", ""},
		{"none", "content-type: application/json", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, ok := Usage(&Answer{Header: header(tt.header), Now: noon})
			if ok != (tt.want != "") || ok && words(u) != tt.want {
				t.Errorf("%v\n got %s\nwant %s", ok, words(u), tt.want)
			}
		})
	}
}

func TestUsageOfGeminisRefusals(t *testing.T) {
	body := `{"error":{"code":429,"details":[
		{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
			{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaDimensions":{"model":"gemini-2.5-pro"},"quotaValue":"50"},
			{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_input_token_count","quotaId":"GenerateContentInputTokensPerModelPerMinute-FreeTier","quotaDimensions":{"model":"gemini-2.5-pro"},"quotaValue":"125000"}]},
		{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"23s"}]}}`
	u, ok := Usage(&Answer{Protocol: llm.Gemini, Body: []byte(body), Now: noon})
	want := "50 of 50 requests, 0 left; whole 0/0 08:00:00; gemini-2.5-pro per day 50/50 08:00:00; gemini-2.5-pro per minute 125000/125000 12:00:23"
	if !ok || words(u) != want {
		t.Errorf("%v\n got %s\nwant %s", ok, words(u), want)
	}
}

// The size of a quota and what it counts are told where the provider's words leave
// them out, and read out of them where the details do.
func TestGeminisQuotasAreWorded(t *testing.T) {
	detail := func(message, value string) string {
		return `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"` + message + `","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
			{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaDimensions":{"model":"gemini-2.5-pro"}` + value + `}]}]}}`
	}
	const bare = "Resource has been exhausted (e.g. check quota)."
	const full = "Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 20, model: gemini-2.5-pro"
	tests := []struct{ name, body, message, usage string }{
		{
			"only in the details", detail(bare, `,"quotaValue":"50"`),
			"the account's daily quota of the model is used up, gemini-2.5-pro per day: 50 requests (generate_content_free_tier_requests): " + bare, "50 of 50 requests",
		},
		{"only in the message", detail(full, ""), "the account's daily quota of the model is used up: " + full, "20 of 20 requests"},
		{"without a size", detail(bare, ""), "the account's daily quota of the model is used up, gemini-2.5-pro per day (generate_content_free_tier_requests): " + bare, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Answer{Provider: core.ProviderGemini, Protocol: llm.Gemini, Status: http.StatusTooManyRequests, Body: []byte(tt.body), Now: noon}
			a.Err = formats()[llm.Gemini].ParseError(a.Status, a.Body)
			if got := Classify(a).Message; got != tt.message {
				t.Errorf("message %q\nwant    %q", got, tt.message)
			}
			u, ok := Usage(&a)
			if ok != (tt.usage != "") || ok && (!strings.HasPrefix(words(u), tt.usage) || u.Source != core.UsageRefusal) {
				t.Errorf("usage %v %s", ok, words(u))
			}
		})
	}
}

func BenchmarkUsageOfNothing(b *testing.B) {
	a := &Answer{Header: header("content-type: text/event-stream\nx-request-id: req_1"), Now: noon}
	b.ReportAllocs()
	for b.Loop() {
		Usage(a)
	}
}
