package kiro

import "testing"

func TestWireModel(t *testing.T) {
	tests := []struct{ name, want string }{
		{"claude-sonnet-4.5", "claude-sonnet-4.5"},
		{"claude-sonnet-4-5", "claude-sonnet-4.5"},
		{"claude-sonnet-4-5-20250929", "claude-sonnet-4.5"},
		{"Claude-Sonnet-4-5-20250929", "claude-sonnet-4.5"},
		{"claude-sonnet-4-20250514", "claude-sonnet-4"},
		{"claude-sonnet-4-0", "claude-sonnet-4"},
		{"claude-sonnet-4-5-20250929[1m]", "claude-sonnet-4.5"},
		{"claude-sonnet-4.5-1m", "claude-sonnet-4.5-1m"},
		{"claude-opus-5", "claude-opus-5"},
		{"claude-opus-5-5", "claude-opus-5.5"},
		{"claude-opus-5-latest", "claude-opus-5"},
		{"claude-opus-4-7-thinking", "claude-opus-4.7"},
		{"claude-opus-4.7-xhigh", "claude-opus-4.7"},
		{"claude-opus-4-5@20251101", "claude-opus-4.5"},
		{"claude-haiku-4-5-20251001", "claude-haiku-4.5"},
		{"anthropic/claude-haiku-4.5", "claude-haiku-4.5"},
		{"claude-4.5-sonnet", "claude-sonnet-4.5"},
		{"claude-4-sonnet-20250514", "claude-sonnet-4"},
		{"claude-3-5-sonnet-20241022", "claude-sonnet-4.5"},
		{"claude-3-5-sonnet-latest", "claude-sonnet-4.5"},
		{"claude-3-7-sonnet-20250219", "claude-sonnet-4.5"},
		{"claude-3-5-haiku-20241022", "claude-haiku-4.5"},
		{"claude-3-opus-20240229", "claude-opus-4.5"},
		{"CLAUDE_SONNET_4_5_20250929_V1_0", "CLAUDE_SONNET_4_5_20250929_V1_0"},
		{"claude", "claude"},
		{"claude-opus", "claude-opus"},
		{"auto", "auto"},
		{"Auto", "auto"},
		{"gpt-5.6-sol", "gpt-5.6-sol"},
		{"gpt-5.6-sol-high", "gpt-5.6-sol"},
		{"deepseek-3.2", "deepseek-3.2"},
		{"qwen3-coder-next", "qwen3-coder-next"},
		{"minimax-m2.5", "minimax-m2.5"},
		{"GLM-5", "glm-5"},
		{"", ""},
		{"high", "high"},
	}
	for _, tt := range tests {
		if got := WireModel(tt.name); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if got := WireModel(tt.want); got != tt.want {
			t.Errorf("%s: the second time it is %q", tt.want, got)
		}
	}
}

func TestEffortOfName(t *testing.T) {
	tests := []struct{ name, want string }{
		{"claude-opus-5", ""},
		{"claude-opus-5-high", "high"},
		{"claude-opus-4-5-20251101-thinking", "thinking"},
		{"gpt-5.6-sol-low", "low"},
		{"qwen-max", ""},
	}
	for _, tt := range tests {
		if got := effortOf(tt.name); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestModelTable(t *testing.T) {
	tests := []struct {
		name   string
		window int64
		serves bool
	}{
		{"auto", 200_000, true},
		{"claude-sonnet-4.5", 200_000, true},
		{"claude-sonnet-4-5-20250929", 200_000, true},
		{"claude-sonnet-4.5-1m", 1_000_000, true},
		{"claude-sonnet-4.6", 1_000_000, true},
		{"claude-sonnet-5.5", 1_000_000, true},
		{"claude-opus-4.5", 200_000, true},
		{"claude-opus-4.8", 1_000_000, true},
		{"claude-opus-5.5", 1_000_000, true},
		{"claude-fable-5", 1_000_000, true},
		{"gpt-5.6-terra", 272_000, true},
		{"deepseek-3.2", 128_000, true},
		{"qwen3-coder-next", 256_000, true},
		{"CLAUDE_SONNET_4_20250514_V1_0", 200_000, true},
		{"gpt-4o", 200_000, false},
		{"gemini-3-pro", 200_000, false},
	}
	for _, tt := range tests {
		if got := traitsOf(WireModel(tt.name)).Window; got != tt.window || Serves(tt.name) != tt.serves {
			t.Errorf("%s: window %d, serves %v", tt.name, got, Serves(tt.name))
		}
		if info := KnownModel(WireModel(tt.name)); (info != nil) != tt.serves || info != nil && info.Window != tt.window {
			t.Errorf("%s: %+v", tt.name, info)
		}
	}
}
