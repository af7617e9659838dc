package catalog

import "testing"

func TestStandIn(t *testing.T) {
	names := []string{"gpt-6", "gpt-5-mini", "gpt-6-mini", "claude-sonnet-5"}
	tests := []struct {
		model string
		names []string
		want  string
	}{
		{"claude-haiku-5-5", names, "gpt-6-mini"},
		{"gemini-3.5-flash-lite", names, "gpt-6-mini"},
		{"claude-opus-5-5", names, ""}, // a person has chosen it
		{"claude-haiku-5-5", []string{"gpt-6"}, ""},
		{"gpt-6-nano", []string{"gemini-2.5-flash", "gemini-2.5-flash-lite"}, "gemini-2.5-flash-lite"},
		{"claude-haiku-5-5", []string{"claude-haiku-5-5"}, ""},
	}
	for _, tt := range tests {
		if got := StandIn(tt.names, tt.model); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.model, got, tt.want)
		}
	}
}
