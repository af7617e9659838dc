package simulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
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

// TestHang shows both ends of a silence: the client leaves, or the faults are
// deleted.
func TestHang(t *testing.T) {
	s := startService(t, simulator.Options{})
	for _, chunks := range []int{-1, 0, 3} {
		s.add(simulator.Fault{Kind: simulator.FaultHang, Chunks: chunks, Times: 2})
		ctx, leave := context.WithCancel(t.Context())
		r, err := streams()["chat"].request(ctx, s.url)
		if err != nil {
			t.Fatal(err)
		}
		failed := make(chan error, 1)
		go func() {
			res, err := http.DefaultClient.Do(r)
			if err == nil {
				_, err = readAll(res)
			}
			failed <- err
		}()
		s.until(func(t simulator.Tally) bool { return s.sim.Faults()[0].Hits == 1 && (chunks < 0 || t.StreamsBegun > 0) })
		leave()
		if err := <-failed; err == nil {
			t.Errorf("after %d: no error", chunks)
		}
		done := make(chan answer, 1)
		go func() { done <- s.do(streams()["chat"]) }()
		s.until(func(simulator.Tally) bool { return s.sim.Faults()[0].Hits == 2 })
		s.sim.ClearFaults()
		if a := <-done; a.err == nil {
			t.Errorf("after %d: freed with status %d", chunks, a.status)
		}
	}
}

// until waits for a state of the counts.
func (s *service) until(reached func(simulator.Tally) bool) {
	s.Helper()
	for !reached(s.sim.Stats().Total) {
		if s.Context().Err() != nil {
			s.Fatal("the test ended first")
		}
		time.Sleep(time.Millisecond)
	}
}

// TestLatency measures the pace on a clock that only moves when all wait.
func TestLatency(t *testing.T) {
	took := func(o simulator.Options, f simulator.Fault, c call) time.Duration {
		var d time.Duration
		synctest.Test(t, func(t *testing.T) {
			sim := simulator.New(o)
			if f.Kind != "" {
				if _, err := sim.AddFault(f); err != nil {
					t.Fatal(err)
				}
			}
			r, err := c.request(t.Context(), "http://sim.test")
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			sim.ServeHTTP(httptest.NewRecorder(), r)
			d = time.Since(start)
		})
		return d
	}
	pace := simulator.Options{Latency: simulator.Latency{FirstByte: time.Second, Chunk: 10 * time.Millisecond}}
	stream := streams()["chat"]
	cases := []struct {
		name string
		o    simulator.Options
		f    simulator.Fault
		c    call
		want time.Duration
	}{
		{"none", simulator.Options{}, simulator.Fault{}, stream, 0},
		{"stream", pace, simulator.Fault{}, stream, time.Second + 80*time.Millisecond},
		{"whole", pace, simulator.Fault{}, chatCall("[sim:tokens=8]", ""), time.Second + 80*time.Millisecond},
		{"slow start", pace, simulator.Fault{Kind: simulator.FaultSlowStart, DelayMS: 500}, stream, 1580 * time.Millisecond},
		{"slow chunks", pace, simulator.Fault{Kind: simulator.FaultSlowChunks, DelayMS: 90}, stream, 1800 * time.Millisecond},
		{"directive", simulator.Options{}, simulator.Fault{}, chatCall("[sim:tokens=8][sim:delay=5]", `,"stream":true`), 40 * time.Millisecond},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if d := took(c.o, c.f, c.c); d != c.want {
				t.Errorf("took %v, want %v", d, c.want)
			}
		})
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
