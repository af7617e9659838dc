package anthropic

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
)

func TestFamilies(t *testing.T) {
	tests := map[string]string{
		"claude-opus-5-5":                            "claude-opus-5-5",
		"claude-sonnet-4-5-20250929":                 "claude-sonnet-4-5",
		"claude-opus-4-1@20250805":                   "claude-opus-4-1",
		"us.anthropic.claude-opus-4-5-20251101-v1:0": "us-anthropic-claude-opus-4-5",
		"anthropic/claude-opus-4.6":                  "anthropic/claude-opus-4-6",
		"claude-3-7-sonnet-latest":                   "claude-3-7-sonnet",
		"Claude-Opus-5[1m]":                          "claude-opus-5",
		"claude-sonnet-4-5-thinking":                 "claude-sonnet-4-5",
	}
	for model, want := range tests {
		if got := familyOf(model); got != want {
			t.Errorf("%s: got %s, want %s", model, got, want)
		}
	}
}

// The table as the providers' SDKs have it: adaptive, budget, sampling,
// disable, force, xhigh, format, system, prefill.
func TestTraits(t *testing.T) {
	tests := []struct {
		model, can string
		max        int64
	}{
		{"claude-opus-5-5", "axfs", 128000},
		{"claude-sonnet-5-5", "axfsw", 128000},
		{"claude-haiku-5-5-20260901", "adFxfs", 64000},
		{"claude-fable-5", "aFxfs", 128000},
		{"claude-fable-5-2", "axfs", 128000},
		{"claude-opus-5", "abdFxfs", 128000},
		{"claude-sonnet-5", "abdFxfs", 128000},
		{"claude-opus-4-8", "abdFxfs", 128000},
		{"claude-opus-4-7", "abdFxf", 128000},
		{"claude-opus-4-6", "abSdFf", 128000},
		{"claude-sonnet-4-6", "abSdFf", 128000},
		{"claude-opus-4-5-20251101", "bSdFfp", 64000},
		{"claude-sonnet-4-5", "bSdFfp", 64000},
		{"claude-opus-4-1-20250805", "bSdFfp", 32000},
		{"claude-opus-4-20250514", "bSdFp", 32000},
		{"claude-sonnet-4-20250514", "bSdFp", 64000},
		{"claude-3-7-sonnet-20250219", "bSdFp", 64000},
		{"claude-3-5-haiku-20241022", "SFp", 8192},
		{"claude-3-opus-20240229", "SFp", 4096},
		{"claude-opus-7", "axfs", 128000},
		{"kimi-k3", "bSdFpo", 32000},
	}
	for _, tt := range tests {
		m := traitsOf(tt.model)
		got := ""
		for _, f := range []struct {
			letter string
			can    bool
		}{
			{"a", m.Adaptive},
			{"b", m.Budget},
			{"S", m.Sampling},
			{"d", m.Disable},
			{"F", m.Force},
			{"x", len(m.Effort) == 5},
			{"f", m.Format},
			{"s", m.System},
			{"p", m.Prefill},
			{"w", m.Between},
			{"o", m.Open},
		} {
			if f.can {
				got += f.letter
			}
		}
		if got != tt.can || m.MaxOutput != tt.max {
			t.Errorf("%s: %s %d, want %s %d", tt.model, got, m.MaxOutput, tt.can, tt.max)
		}
	}
}

func TestStrictSchema(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"closed", `{"type":"object","properties":{"b":{"type":"string"},"a":true}}`, `{"type":"object","properties":{"b":{"type":"string"},"a":{}},"additionalProperties":false}`},
		{"definitions", `{"$defs":{"x":{"properties":{}}},"$ref":"#/$defs/x","$schema":"s"}`, `{"$defs":{"x":{"properties":{},"additionalProperties":false}},"$ref":"#/$defs/x"}`},
		{"names that are words", `{"properties":{"minimum":{"type":"number","minimum":1},"format":{"type":"string"}}}`, `{"properties":{"minimum":{"type":"number","description":"(minimum: 1)"},"format":{"type":"string"}},"additionalProperties":false}`},
		{"nullable object", `{"type":["object","null"],"additionalProperties":{"type":"string"}}`, `{"type":["object","null"],"additionalProperties":false}`},
		{"lists", `{"type":"array","minItems":1,"items":{"allOf":[{"type":"string","maxLength":3}]}}`, `{"type":"array","minItems":1,"items":{"allOf":[{"type":"string","description":"(maxLength: 3)"}]}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(strictSchema(json.RawMessage(tt.in))); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
	deep := strings.Repeat(`{"items":`, 3000) + "{}" + strings.Repeat("}", 3000)
	if got := strictSchema(json.RawMessage(deep)); !json.Valid(got) {
		t.Error("a deep schema breaks")
	}
}

func TestErrorKindsByMessage(t *testing.T) {
	tests := []struct {
		status  int
		message string
		kind    llm.ErrorKind
	}{
		{400, "prompt is too long: 2 tokens > 1 maximum", llm.ContextLength},
		{400, "input length and `max_tokens` exceed context limit: 1 + 2 > 2", llm.ContextLength},
		{400, "Your credit balance is too low to access the Anthropic API.", llm.Billing},
		{400, "tools: Tool names must be unique.", llm.InvalidRequest},
		{0, "anything else", llm.InvalidRequest},
	}
	for _, tt := range tests {
		body := `{"type":"error","error":{"type":"invalid_request_error","message":"` + tt.message + `"}}`
		if e := (Format{}).ParseError(tt.status, []byte(body)); e.Kind != tt.kind || e.Message != tt.message {
			t.Errorf("%s: %+v", tt.message, e)
		}
	}
	_, body := Format{}.Error(&llm.Error{Kind: llm.ContextLength, Message: "too many tokens"}, "r")
	if !strings.Contains(string(body), `"message":"prompt is too long: too many tokens"`) {
		t.Errorf("clients would not compact: %s", body)
	}
}
