package catalog

import (
	"slices"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

func TestResolveKiro(t *testing.T) {
	open := &core.Channel{Provider: core.ProviderKiro, Models: []string{"*"}}
	narrow := &core.Channel{Provider: core.ProviderKiro, Models: []string{"claude-sonnet-4.5", "claude-opus-4-*"}}
	aliased := &core.Channel{Provider: core.ProviderKiro, Models: []string{"none"}, Aliases: map[string]string{
		"claude-haiku-4-5-20251001": "auto", "claude-opus-5.5": "claude-opus-5", "gpt-*": "claude-sonnet-5",
	}}
	tests := []struct {
		name        string
		channel     *core.Channel
		model, want string
		ok          bool
	}{
		{"dated", open, "claude-sonnet-4-5-20250929", "claude-sonnet-4.5", true},
		{"its own name", open, "claude-sonnet-4.5", "claude-sonnet-4.5", true},
		{"another maker's", open, "qwen3-coder-next", "qwen3-coder-next", true},
		{"listed by its own name", narrow, "claude-sonnet-4-5-20250929", "claude-sonnet-4.5", true},
		{"listed by a client's name", narrow, "claude-opus-4-7", "claude-opus-4.7", true},
		{"not listed", narrow, "claude-haiku-4-5", "claude-haiku-4.5", false},
		{"alias of a client's name", aliased, "claude-haiku-4-5-20251001", "auto", true},
		{"alias of its own name", aliased, "claude-opus-5-5", "claude-opus-5", true},
		{"alias by a pattern", aliased, "gpt-5", "claude-sonnet-5", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := Resolve(tt.channel, tt.model); got != tt.want || ok != tt.ok {
				t.Errorf("got %q %v, want %q %v", got, ok, tt.want, tt.ok)
			}
		})
	}
	if got, _ := Resolve(&core.Channel{Provider: core.ProviderAnthropic}, "claude-sonnet-4-5"); got != "claude-sonnet-4-5" {
		t.Errorf("another provider's channel is asked for %q", got)
	}
}

// Kiro stands beside the makers of its models; a client of the maker's own
// protocol goes to the maker first.
func TestKiroBesideOthers(t *testing.T) {
	kiro := core.Channel{ID: "k", Provider: core.ProviderKiro, Models: []string{"*"}, Enabled: true}
	claude := core.Channel{ID: "a", Provider: core.ProviderAnthropic, Models: []string{"*"}, Enabled: true}
	openai := core.Channel{ID: "o", Provider: core.ProviderOpenAI, Enabled: true}
	above := kiro
	above.ID, above.Priority = "K", 1
	tests := []struct {
		name     string
		channels []core.Channel
		protocol llm.Protocol
		model    string
		want     []string
	}{
		{"Kiro alone", []core.Channel{kiro}, llm.Anthropic, "claude-sonnet-4-5", []string{"k:claude-sonnet-4.5"}},
		{"the maker first", []core.Channel{kiro, claude}, llm.Anthropic, "claude-sonnet-4-5", []string{"a:claude-sonnet-4-5", "k:claude-sonnet-4.5"}},
		{"by priority", []core.Channel{above, claude}, llm.Anthropic, "claude-opus-5", []string{"K:claude-opus-5", "a:claude-opus-5"}},
		{"the router", []core.Channel{kiro, openai}, llm.OpenAI, "auto", []string{"k:auto"}},
		{"not its own", []core.Channel{kiro, openai}, llm.OpenAI, "gpt-4o", []string{"o:gpt-4o"}},
		{"nobody's but Kiro's", []core.Channel{kiro}, llm.Gemini, "kimi-k3", []string{"k:kimi-k3"}},
		{"nobody's", []core.Channel{kiro, openai}, llm.OpenAI, "kimi-k3", []string{"o:kimi-k3"}},
		{"another's, without one", []core.Channel{kiro}, llm.OpenAI, "gpt-4o", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, _ := Candidates(snapshot(tt.channels...), tt.protocol, tt.model, true)
			var got []string
			for _, c := range found {
				got = append(got, c.Channel.ID+":"+c.Model)
				if c.Channel.Provider == core.ProviderKiro && c.Protocol != llm.Kiro {
					t.Errorf("Kiro is to be asked in %q", c.Protocol)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
