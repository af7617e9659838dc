package openai

import (
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

func TestThinkSplitterAtEveryCut(t *testing.T) {
	const stream = " \n<think>a < b </thin</think> \n c </think>"
	want := []string{"thinking:a < b </thin", "text:c </think>"}
	for i := range len(stream) {
		for j := i; j < len(stream); j++ {
			var got []string
			emit := func(kind llm.BlockKind, s string) {
				if n := len(got); n > 0 && strings.HasPrefix(got[n-1], string(kind)) {
					got[n-1] += s
					return
				}
				got = append(got, string(kind)+":"+s)
			}
			var s thinkSplitter
			for _, piece := range []string{stream[:i], stream[i:j], stream[j:]} {
				s.Feed(piece, emit)
			}
			if s.Close(emit); !slices.Equal(got, want) {
				t.Fatalf("cut at %d and %d: %q", i, j, got)
			}
		}
	}
}

func TestJoinerAtEveryCut(t *testing.T) {
	const s = "a\u00fc\u20ac\U0001f600z"
	for i := range len(s) {
		var j joiner
		first := j.Feed(s[:i])
		got := first + j.Feed(s[i:]) + j.Close()
		if got != s || strings.ContainsRune(first, '\ufffd') {
			t.Errorf("cut at %d: %q + %q", i, first, got)
		}
	}
	var j joiner
	if got := j.Feed("a\xff\xe2\x82") + j.Close(); got != "a\ufffd\ufffd" {
		t.Errorf("got %q", got)
	}
}

func TestStripReasoning(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"nothing", `{"messages":[{"role":"user","content":"the \"reasoning\" of"}]}`, ""},
		{"a wish for reasoning stays", `{"reasoning_effort":"low","reasoning":{},"messages":[{"role":"user"}]}`, ""},
		{
			"reasoning", `{"model":"m", "messages":[{"role":"user","content":"a"}, {"role":"assistant","reasoning_content":"x","content":"b","reasoning_details":[]}],"n":1}`,
			`{"model":"m", "messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"n":1}`,
		},
		{
			"signatures", `{"messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f"},"extra_content":{"google":{"thought_signature":"x"}}}]}]}`,
			`{"messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f"}}]}]}`,
		},
		{"broken", `{"messages":[{"reasoning_content":`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, changed := Format{}.StripReasoning([]byte(tt.body))
			want := tt.want
			if want == "" {
				want = tt.body
			}
			if changed != (tt.want != "") || string(got) != want {
				t.Errorf("changed %v: %s", changed, got)
			}
		})
	}
}

func TestNoCount(t *testing.T) {
	if _, ok := (Format{}).EncodeCountRequest(&llm.Request{}, protocol.Target{}); ok {
		t.Error("a count request")
	}
	if _, ok := (Format{}).DecodeCount([]byte(`{"input_tokens":1}`)); ok {
		t.Error("a count")
	}
	if got := string(Format{}.EncodeCount(12)); got != `{"input_tokens":12}` {
		t.Error(got)
	}
}

func TestHeadFillsWhatTheBodyLacks(t *testing.T) {
	req, e := Format{}.DecodeRequest([]byte(`{"messages":[{"role":"user","content":"x"}]}`), protocol.Head{Model: "m", Stream: true})
	if e != nil || req.Model != "m" || !req.Stream {
		t.Errorf("%+v %v", req, e)
	}
	for _, body := range []string{"", "[]", "{", `{"model":"m"`, `{"messages":[{"role":}]}`, "nonsense"} {
		if _, e := (Format{}).DecodeRequest([]byte(body), protocol.Head{Model: "m"}); e == nil || e.Kind != llm.InvalidRequest {
			t.Errorf("%q: %v", body, e)
		}
	}
}

func TestTraits(t *testing.T) {
	tests := []struct{ model, pattern string }{
		{"gpt-5", "gpt-5"},
		{"gpt-5-2025-08-07", "gpt-5"},
		{"openai/gpt-5-mini", "gpt-5"},
		{"gpt-5-chat-latest", "gpt-5-chat*"},
		{"gpt-5.1", "gpt-5.1*"},
		{"gpt-5.1-codex-max", "gpt-5.1-codex-max*"},
		{"gpt-5.4-pro", "gpt-5.*-pro*"},
		{"gpt-5.6-luna", "gpt-5*"},
		{"gpt-6-astra", "gpt-5*"},
		{"o3-mini", "o1*"},
		{"ft:gpt-4o-mini:acme::1", "gpt-4o*"},
		{"gpt-4o-search-preview", "gpt-4o*-search*"},
		{"models/gemini-3-pro", "gemini*"},
		{"deepseek/deepseek-chat", "deepseek-chat"},
		{"Qwen/Qwen3-235B", "qwen*"},
		{"llama-4", "*"},
		{"olmo-2", "*"},
	}
	for _, tt := range tests {
		if got := traitsOf(tt.model).Match[0]; got != tt.pattern {
			t.Errorf("%s: %s, want %s", tt.model, got, tt.pattern)
		}
	}
}
