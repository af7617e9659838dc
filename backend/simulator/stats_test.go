package simulator_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/simulator"
)

func readAll(res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}

// usageOf reads the usage of an answer in any dialect by its own arithmetic.
func usageOf(v gjson.Result) llm.Usage {
	n := func(path string) int64 { return v.Get(path).Int() }
	switch {
	case v.Get("usageMetadata").Exists():
		v = v.Get("usageMetadata")
		return llm.Usage{Input: n("promptTokenCount"), CacheRead: n("cachedContentTokenCount"), Output: n("candidatesTokenCount") + n("thoughtsTokenCount"), Reasoning: n("thoughtsTokenCount")}
	case v.Get("usage.prompt_tokens").Exists():
		v = v.Get("usage")
		return llm.Usage{Input: n("prompt_tokens"), CacheRead: n("prompt_tokens_details.cached_tokens"), Output: n("completion_tokens"), Reasoning: n("completion_tokens_details.reasoning_tokens")}
	case v.Get("usage.cache_read_input_tokens").Exists():
		v = v.Get("usage")
		read, wrote := n("cache_read_input_tokens"), n("cache_creation_input_tokens")
		return llm.Usage{Input: n("input_tokens") + read + wrote, CacheRead: read, CacheWrite: wrote, Output: n("output_tokens"), Reasoning: n("output_tokens_details.thinking_tokens")}
	}
	v = v.Get("usage")
	return llm.Usage{Input: n("input_tokens"), CacheRead: n("input_tokens_details.cached_tokens"), Output: n("output_tokens"), Reasoning: n("output_tokens_details.reasoning_tokens")}
}

// TestCounts compares what the simulator counted with what it told its
// clients, under load.
func TestCounts(t *testing.T) {
	s := startService(t, simulator.Options{CacheTokens: 4})
	calls := []call{
		chatCall("Tell me about rivers", ""), chatCall("why", `,"n":2`), responseCall("Tell me about rivers", ""),
		messageCall("Tell me about rivers", `,"cache_control":{"type":"ephemeral"}`), geminiCall("generateContent", "Tell me about rivers", ""),
		{path: "/v1/embeddings", body: `{"model":"text-embedding-3-small","input":"some words"}`},
	}
	var mu sync.Mutex
	var sum llm.Usage
	var wait sync.WaitGroup
	const rounds = 5
	for range rounds {
		for _, c := range calls {
			wait.Go(func() {
				u := usageOf(gjson.Parse(s.do(c).body))
				mu.Lock()
				defer mu.Unlock()
				sum.Input += u.Input
				sum.CacheRead += u.CacheRead
				sum.CacheWrite += u.CacheWrite
				sum.Output += u.Output
				sum.Reasoning += u.Reasoning
			})
		}
	}
	wait.Wait()
	total := s.sim.Stats().Total
	if n := int64(rounds * len(calls)); total.Requests != n || total.Answered != n || total.Usage != sum {
		t.Errorf("counted %+v, told %+v", total, sum)
	}
	if sum.CacheRead == 0 || sum.CacheWrite == 0 || sum.Reasoning == 0 {
		t.Errorf("nothing cached or reasoned: %+v", sum)
	}
	if one := s.sim.Stats().Account(simulator.AccountID(testKey)); one.Requests != total.Requests {
		t.Errorf("account: %+v", one)
	}
}

// TestStreamedUsage checks that a stream's last count is the counted one.
func TestStreamedUsage(t *testing.T) {
	for dialect, c := range streams() {
		s := startService(t, simulator.Options{})
		if dialect == "chat" {
			c.body = strings.Replace(c.body, `"stream":true`, `"stream":true,"stream_options":{"include_usage":true}`, 1)
		}
		var last llm.Usage
		for _, e := range events(s.do(c).body) {
			if r := e.Get("response"); r.Exists() {
				e = r
			}
			if u := usageOf(e); u.Output > 0 {
				last = u
			}
		}
		if got := s.sim.Stats().Total.Usage; got != last || last.Output != 8 {
			t.Errorf("%s: counted %+v, told %+v", dialect, got, last)
		}
	}
}

// TestClientLeaves counts a stream that its client did not wait for.
func TestClientLeaves(t *testing.T) {
	for dialect, c := range streams() {
		t.Run(dialect, func(t *testing.T) {
			s := startService(t, simulator.Options{})
			c.body = strings.Replace(c.body, "tokens=8]", "tokens=50000][sim:delay=1]", 1)
			c.body = strings.Replace(c.body, `"max_tokens":4000`, `"max_tokens":64000`, 1)
			ctx, leave := context.WithCancel(t.Context())
			r, err := c.request(ctx, s.url)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			leave()
			res.Body.Close()
			s.until(func(t simulator.Tally) bool { return t.StreamsCancelled == 1 })
			total := s.sim.Stats().Total
			if total.Answered != 0 || total.StreamsFinished != 0 || total.Usage != (llm.Usage{}) || total.Lost.Input == 0 || total.Lost.Output >= 50000 {
				t.Errorf("%+v", total)
			}
		})
	}
}

// TestRecordedRequests keeps bytes and hides credentials.
func TestRecordedRequests(t *testing.T) {
	s := startService(t, simulator.Options{KeepRequests: 3})
	odd := "{\"model\":\"gpt-4o\" , \"messages\":[{\"role\":\"user\",\"content\":\"\\u00e9 \xff\"}]}\n"
	s.do(call{path: "/v1/chat/completions?beta=1", body: odd, header: map[string]string{"X-Trace": "abc"}})
	s.do(call{path: "/v1beta/models/gemini-2.5-flash:generateContent?key=" + testKey + "&alt=sse", key: "-", body: `{}`})
	list := s.ok(call{method: "GET", path: "/sim/requests"})
	first, second := list.Get("0"), list.Get("1")
	if body, err := base64.StdEncoding.DecodeString(first.Get("body_base64").String()); err != nil || string(body) != odd {
		t.Errorf("body %q, %v", body, err)
	}
	account := simulator.AccountID(testKey)
	for path, want := range map[string]string{
		"method": "POST", "path": "/v1/chat/completions", "query": "beta=1", "headers.X-Trace.0": "abc",
		"headers.Authorization.0": "Bearer " + account, "account": account, "status": "200",
	} {
		if got := first.Get(path).String(); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if second.Get("account").String() != account || strings.Contains(list.Raw, testKey) {
		t.Errorf("%s", list.Raw)
	}
	for range 5 {
		s.ok(chatCall("hi", ""))
	}
	if got := s.sim.Requests(); len(got) != 3 || got[2].Seq != 7 {
		t.Errorf("%d kept, the last with number %d", len(got), got[len(got)-1].Seq)
	}
	if a := s.do(call{path: "/sim/reset"}); a.status != http.StatusNoContent || len(s.sim.Requests()) != 0 || s.sim.Stats().Total.Requests != 0 {
		t.Errorf("reset: %d", a.status)
	}
}

// TestDeterminism repeats a conversation on two simulators of one seed, and
// after a reset, and on one of another seed.
func TestDeterminism(t *testing.T) {
	talk := func(s *service) string {
		out := ""
		for _, name := range []string{"chat", "responses", "messages", "gemini"} {
			c := streams()[name]
			c.body = strings.Replace(c.body, "[sim:tokens=8]", "Tell me about rivers", 1)
			out += s.do(c).body
		}
		return out
	}
	one, two, other := startService(t, simulator.Options{Seed: 5}), startService(t, simulator.Options{Seed: 5}), startService(t, simulator.Options{Seed: 6})
	first := talk(one)
	if first != talk(two) {
		t.Error("the same seed gave different bytes")
	}
	if first == talk(other) {
		t.Error("different seeds gave the same bytes")
	}
	one.sim.Reset()
	if first != talk(one) {
		t.Error("a reset did not bring the beginning back")
	}
}
