package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/simulator"
)

// TestFaultStatus shows each provider's own words for a failure on demand.
func TestFaultStatus(t *testing.T) {
	chat, response := chatCall("hi", ""), responseCall("hi", "")
	message, gemini := messageCall("hi", ""), geminiCall("generateContent", "hi", "")
	cases := []struct {
		name   string
		fault  simulator.Fault
		call   call
		status int
		want   map[string]string
		header map[string]string
	}{
		{"openai 401", simulator.Fault{Status: 401}, chat, 401, map[string]string{"error.code": "invalid_api_key"}, nil},
		{"openai 403", simulator.Fault{Status: 403}, chat, 403, map[string]string{"error.code": "unsupported_country_region_territory"}, nil},
		{"openai 404", simulator.Fault{Status: 404}, chat, 404, map[string]string{"error.code": "model_not_found"}, nil},
		{
			"openai 429",
			simulator.Fault{Status: 429, RetryAfter: 7},
			chat, 429,
			map[string]string{"error.type": "requests", "error.code": "rate_limit_exceeded", "error.message": "try again in 7s"},
			map[string]string{"Retry-After": "7", "X-Ratelimit-Remaining-Requests": "0"},
		},
		{"openai 429 tokens", simulator.Fault{Status: 429, Reason: "tokens"}, response, 429, map[string]string{"error.type": "tokens"}, map[string]string{"X-Ratelimit-Remaining-Tokens": "0"}},
		{"openai quota", simulator.Fault{Status: 429, Reason: "insufficient_quota"}, chat, 429, map[string]string{"error.code": "insufficient_quota"}, map[string]string{"Retry-After": ""}},
		{"openai 500", simulator.Fault{Status: 500}, chat, 500, map[string]string{"error.type": "server_error"}, nil},
		{"openai 503", simulator.Fault{Status: 503}, chat, 503, map[string]string{"error.code": "server_is_overloaded"}, nil},
		{"openai context", simulator.Fault{Status: 400, Reason: "context_length"}, chat, 400, map[string]string{"error.code": "context_length_exceeded"}, nil},
		{"own words", simulator.Fault{Status: 500, Message: "custom"}, chat, 500, map[string]string{"error.message": "custom"}, nil},
		{"anthropic 402", simulator.Fault{Status: 402}, message, 402, map[string]string{"error.type": "billing_error"}, nil},
		{"anthropic 413", simulator.Fault{Status: 413}, message, 413, map[string]string{"error.type": "request_too_large"}, nil},
		{
			"anthropic 429",
			simulator.Fault{Status: 429, RetryAfter: 9},
			message, 429,
			map[string]string{"error.type": "rate_limit_error"},
			map[string]string{"Retry-After": "9", "Anthropic-Ratelimit-Requests-Remaining": "0", "Anthropic-Ratelimit-Requests-Reset": "2026-11-23T12:00:09Z"},
		},
		{"anthropic 504", simulator.Fault{Status: 504}, message, 504, map[string]string{"error.type": "timeout_error"}, nil},
		{"anthropic 529", simulator.Fault{Status: 529}, message, 529, map[string]string{"error.type": "overloaded_error", "error.message": "Overloaded"}, nil},
		{"gemini 401", simulator.Fault{Status: 401}, gemini, 401, map[string]string{"error.status": "UNAUTHENTICATED"}, nil},
		{"gemini 429", simulator.Fault{Status: 429, RetryAfter: 5}, gemini, 429, map[string]string{"error.status": "RESOURCE_EXHAUSTED", "error.details.2.retryDelay": "5s"}, nil},
		{"gemini 503", simulator.Fault{Status: 503}, gemini, 503, map[string]string{"error.status": "UNAVAILABLE"}, nil},
		{"gemini 504", simulator.Fault{Status: 504}, gemini, 504, map[string]string{"error.status": "DEADLINE_EXCEEDED"}, nil},
		{"page 502", simulator.Fault{Status: 502}, message, 502, nil, map[string]string{"Content-Type": "text/html; charset=UTF-8"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := startService(t, simulator.Options{})
			c.fault.Kind = simulator.FaultStatus
			s.add(c.fault)
			a := s.do(c.call)
			if a.status != c.status {
				t.Errorf("status %d, want %d", a.status, c.status)
			}
			for path, part := range c.want {
				if got := gjson.Get(a.body, path).String(); !strings.Contains(got, part) {
					t.Errorf("%s is %q, want something with %q in\n%s", path, got, part, a.body)
				}
			}
			for name, value := range c.header {
				if got := a.header.Get(name); got != value {
					t.Errorf("header %s is %q, want %q", name, got, value)
				}
			}
			if n := s.sim.Stats().Total.Faulted; n != 1 {
				t.Errorf("%d faulted", n)
			}
		})
	}
}

func (s *service) add(f simulator.Fault) simulator.Fault {
	s.Helper()
	f, err := s.sim.AddFault(f)
	if err != nil {
		s.Fatal(err)
	}
	return f
}

// streams are the streamed forms of all four dialects, with 8 tokens each.
func streams() map[string]call {
	return map[string]call{
		"chat":      chatCall("[sim:tokens=8]", `,"stream":true`),
		"responses": {path: "/v1/responses", body: `{"model":"gpt-4o","input":"[sim:tokens=8]","stream":true}`},
		"messages":  messageCall("[sim:tokens=8]", `,"stream":true`),
		"gemini":    {path: "/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse", body: `{"contents":[{"parts":[{"text":"[sim:tokens=8]"}]}]}`},
	}
}

// content counts the pieces of content of a stream in any dialect.
func content(body string) int {
	n := 0
	for _, e := range events(body) {
		if e.Get("choices.0.delta.content").String() != "" || e.Get("type").String() == "response.output_text.delta" ||
			e.Get("delta.type").String() == "text_delta" || e.Get("candidates.0.content.parts.0.text").String() != "" {
			n++
		}
	}
	return n
}

// isWhole reports whether a stream has its terminal event.
func isWhole(body string) bool {
	for _, end := range []string{"[DONE]", "response.completed", "message_stop", `"finishReason"`} {
		if strings.Contains(body, end) {
			return true
		}
	}
	return false
}

func TestFaultsInsideStreams(t *testing.T) {
	for dialect, c := range streams() {
		t.Run(dialect, func(t *testing.T) {
			s := startService(t, simulator.Options{})
			if a := s.do(c); a.err != nil || content(a.body) != 8 || !isWhole(a.body) {
				t.Fatalf("without faults: %d pieces, %v\n%s", content(a.body), a.err, a.body)
			}
			s.once(simulator.Fault{Kind: simulator.FaultDrop})
			if a := s.do(c); a.err == nil {
				t.Errorf("drop: status %d", a.status)
			}
			s.once(simulator.Fault{Kind: simulator.FaultCut, Chunks: 3})
			if a := s.do(c); a.err == nil || content(a.body) != 3 {
				t.Errorf("cut: %d pieces, error %v", content(a.body), a.err)
			}
			s.once(simulator.Fault{Kind: simulator.FaultNoEnd, Chunks: 5})
			if a := s.do(c); a.err != nil || content(a.body) != 5 || isWhole(a.body) {
				t.Errorf("no end: %d pieces, error %v", content(a.body), a.err)
			}
			for _, chunks := range []int{-1, 0, 2} {
				s.once(simulator.Fault{Kind: simulator.FaultStreamError, Chunks: chunks})
				a := s.do(c)
				if a.err != nil || a.status != http.StatusOK || content(a.body) != max(chunks, 0) || !strings.Contains(a.body, `"error":{`) {
					t.Errorf("stream error after %d: %d pieces, error %v\n%s", chunks, content(a.body), a.err, a.body)
				}
			}
			total := s.sim.Stats().Total
			if total.StreamsBegun != 6 || total.StreamsFinished != 1 || total.StreamsBroken != 5 || total.Faulted != 6 || total.Answered != 1 {
				t.Errorf("%+v", total)
			}
			if total.Usage.Output != 8 || total.Lost.Output != 3+5+2 {
				t.Errorf("usage %+v, lost %+v", total.Usage, total.Lost)
			}
		})
	}
}

func (s *service) once(f simulator.Fault) {
	s.Helper()
	f.Times = 1
	s.add(f)
}

// TestFaultErrorFrames pins the form of an error inside a stream.
func TestFaultErrorFrames(t *testing.T) {
	want := map[string]map[string]string{
		"chat":      {"error.code": "server_is_overloaded"},
		"responses": {"type": "response.failed", "response.status": "failed", "response.error.code": "server_is_overloaded"},
		"messages":  {"type": "error", "error.type": "overloaded_error"},
		"gemini":    {"error.code": "503", "error.status": "UNAVAILABLE"},
	}
	for dialect, c := range streams() {
		s := startService(t, simulator.Options{})
		s.add(simulator.Fault{Kind: simulator.FaultStreamError, Chunks: 1})
		list := events(s.do(c).body)
		for path, value := range want[dialect] {
			if got := list[len(list)-1].Get(path).String(); got != value {
				t.Errorf("%s: %s is %q, want %q", dialect, path, got, value)
			}
		}
	}
}

func TestFaultsOfWholeAnswers(t *testing.T) {
	s := startService(t, simulator.Options{})
	c := messageCall("hi", "")
	s.once(simulator.Fault{Kind: simulator.FaultCut})
	if a := s.do(c); a.err == nil {
		t.Error("cut: no error")
	}
	s.once(simulator.Fault{Kind: simulator.FaultNoEnd})
	if a := s.do(c); a.err != nil || gjson.Valid(a.body) {
		t.Errorf("no end: %v %s", a.err, a.body)
	}
	s.once(simulator.Fault{Kind: simulator.FaultStreamError, Status: 500})
	if a := s.do(c); a.status != http.StatusInternalServerError {
		t.Errorf("error: status %d", a.status)
	}
	if total := s.sim.Stats().Total; total.Requests != 3 || total.Answered != 0 || total.Faulted != 3 || total.Lost.Output == 0 {
		t.Errorf("%+v", total)
	}
}
