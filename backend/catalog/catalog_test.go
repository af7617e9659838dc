package catalog

import (
	"slices"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

func TestResolve(t *testing.T) {
	ch := &core.Channel{
		Models: []string{"gpt-*", "exact"},
		Aliases: map[string]string{
			"fast": "gpt-mini", "claude-*": "gpt-any", "claude-haiku-*": "gpt-small", "exact": "renamed",
		},
	}
	tests := []struct {
		model, want string
		ok          bool
	}{
		{"gpt-5", "gpt-5", true},
		{"exact", "renamed", true},
		{"fast", "gpt-mini", true},
		{"claude-opus-5", "gpt-any", true},
		{"claude-haiku-5", "gpt-small", true},
		{"other", "other", false},
	}
	for _, tt := range tests {
		if got, ok := Resolve(ch, tt.model); got != tt.want || ok != tt.ok {
			t.Errorf("%s: got %q %v, want %q %v", tt.model, got, ok, tt.want, tt.ok)
		}
	}
	if _, ok := Resolve(&core.Channel{}, "anything"); !ok {
		t.Error("a channel without a list must offer every model")
	}
}

func snapshot(chans ...core.Channel) *core.Snapshot {
	return core.NewSnapshot(core.DefaultSettings(), chans, nil, nil, nil, nil)
}

func TestCandidates(t *testing.T) {
	openai := core.Channel{ID: "o", Provider: core.ProviderOpenAI, Models: []string{"gpt-*"}, Enabled: true}
	second := core.Channel{ID: "p", Provider: core.ProviderOpenAI, Priority: 5, Models: []string{"gpt-5"}, Enabled: true}
	claude := core.Channel{ID: "c", Provider: core.ProviderAnthropic, Models: []string{"claude-*"}, Enabled: true}
	off := core.Channel{ID: "x", Provider: core.ProviderOpenAI, Models: []string{"*"}}
	s := snapshot(openai, second, claude, off)
	tests := []struct {
		name     string
		protocol llm.Protocol
		model    string
		convert  bool
		want     []string
		kind     llm.ErrorKind
	}{
		{"by priority", llm.OpenAI, "gpt-5", false, []string{"p", "o"}, ""},
		{"responses too", llm.Responses, "gpt-6", false, []string{"o"}, ""},
		{"other protocol", llm.OpenAI, "claude-x", false, nil, llm.NotFound},
		{"unknown", llm.Anthropic, "nope", true, nil, llm.NotFound},
		{"converted", llm.Gemini, "claude-x", true, []string{"c"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Candidates(s, tt.protocol, tt.model, tt.convert)
			if err != nil && err.Kind != tt.kind || err == nil && tt.kind != "" {
				t.Fatalf("error %v, want kind %q", err, tt.kind)
			}
			var ids []string
			for _, c := range got {
				ids = append(ids, c.Channel.ID)
			}
			if !slices.Equal(ids, tt.want) {
				t.Errorf("got %v, want %v", ids, tt.want)
			}
		})
	}
	if _, err := Candidates(snapshot(off), llm.OpenAI, "m", true); err == nil || err.Kind != llm.Overloaded {
		t.Errorf("without a channel: %v", err)
	}
}

// A priority outranks a conversion; inside one priority a channel of the client's
// own protocol comes first.
func TestNativeFirst(t *testing.T) {
	s := snapshot(
		core.Channel{ID: "a", Provider: core.ProviderAnthropic, Models: []string{"m"}, Enabled: true},
		core.Channel{ID: "o", Provider: core.ProviderOpenAI, Models: []string{"m"}, Enabled: true},
		core.Channel{ID: "g", Provider: core.ProviderGemini, Priority: 1, Models: []string{"m"}, Enabled: true},
	)
	got, err := Candidates(s, llm.OpenAI, "m", true)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range got {
		ids = append(ids, c.Channel.ID+":"+string(c.Protocol))
	}
	if want := []string{"g:gemini", "o:openai", "a:anthropic"}; !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
}

// Channels that list only "*" serve what their provider has.
func TestEveryModelAtItsHome(t *testing.T) {
	all := []core.Channel{
		{ID: "o", Provider: core.ProviderOpenAI, Enabled: true},
		{ID: "a", Provider: core.ProviderAnthropic, Models: []string{"*"}, Enabled: true},
		{ID: "g", Provider: core.ProviderGemini, Models: []string{"*"}, Aliases: map[string]string{"fast": "gemini-x"}, Enabled: true},
	}
	tests := []struct {
		name     string
		channels []core.Channel
		protocol llm.Protocol
		model    string
		want     []string
	}{
		{"own protocol", all, llm.OpenAI, "gpt-5", []string{"o"}},
		{"other protocol", all, llm.OpenAI, "claude-sonnet-5", []string{"a"}},
		{"alias", all, llm.Anthropic, "fast", []string{"g", "o"}},
		{"nobody's name", all, llm.Anthropic, "llama-4", []string{"o"}},
		{"no home, own protocol", all[:1], llm.OpenAI, "claude-sonnet-5", []string{"o"}},
		{"no home, other protocol", all[:1], llm.Anthropic, "claude-sonnet-5", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := Candidates(snapshot(tt.channels...), tt.protocol, tt.model, true)
			var ids []string
			for _, c := range got {
				ids = append(ids, c.Channel.ID)
			}
			slices.Sort(ids)
			if !slices.Equal(ids, tt.want) {
				t.Errorf("got %v, want %v", ids, tt.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	names, wild := Names(snapshot(
		core.Channel{ID: "a", Models: []string{"b", "a", "x-*"}, Aliases: map[string]string{"z": "b", "y-*": "b"}, Enabled: true},
		core.Channel{ID: "b", Models: []string{"a"}, Enabled: true},
	))
	if !slices.Equal(names, []string{"a", "b", "z"}) || len(wild) != 1 || wild[0].ID != "a" {
		t.Errorf("got %v and %d wild channels", names, len(wild))
	}
}
