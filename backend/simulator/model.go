package simulator

import (
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// use says which endpoints take a model.
type use string

const (
	useChat       use = "chat"
	useCompletion use = "completion" // the old text completion
	useEmbedding  use = "embedding"
	useImage      use = "image"
	useSpeech     use = "speech"
	useTranscript use = "transcript"
	useModeration use = "moderation"
	useRerank     use = "rerank"
)

// model is one entry of a provider's model list.
type model struct {
	id       string
	provider core.Provider
	use      use
	context  int // tokens that go in
	output   int // tokens that come out at most
	can      traits
}

// traits are the abilities of a chat model by which a service refuses or takes
// fields of a request (the capability tables of the providers' SDKs).
type traits struct {
	reasons   bool // has reasoning to control at all
	byDefault bool // OpenAI: reasons when nobody asks for it
	chatTools bool // OpenAI: tools and reasoning together on Chat Completions

	adaptive bool // Claude: thinking adaptive
	budget   bool // Claude: thinking enabled with budget_tokens
	sampling bool // Claude: temperature, top_p, top_k
	disable  bool // Claude: thinking disabled
	force    bool // Claude: forced tool choice
	effort   bool // Claude: output_config.effort
	xhigh    bool // Claude: effort xhigh and max
	between  bool // Claude: thinking between_tools
	prefill  bool // Claude: last message by the assistant

	signed bool   // Gemini ≥ 3: function calls must carry their signatures
	levels string // Gemini ≥ 3: allowed thinking levels
	least  int    // Gemini 2.5: smallest budget; 0 allows to switch off
}

// catalogue finds models by the names that a request may use.
type catalogue struct {
	rows  []model
	extra []string // patterns that every provider takes besides
}

func newCatalogue(extra []string) *catalogue {
	c := &catalogue{extra: extra}
	c.rows = append(c.rows, openAIModels()...)
	c.rows = append(c.rows, claudeModels()...)
	c.rows = append(c.rows, geminiModels()...)
	return c
}

// find returns the model of a provider that answers to name: an exact id, an
// id with a date or "-latest" behind it, or a member of an open family. The
// model returned carries the name as asked for.
func (c *catalogue) find(p core.Provider, name string) *model {
	for i := range c.rows {
		m := &c.rows[i]
		if m.provider == p && (m.id == name || m.id == undated(name)) {
			found := *m
			found.id = name
			return &found
		}
	}
	if m := family(p, name); m != nil {
		return m
	}
	if core.MatchAny(c.extra, name) {
		return &model{id: name, provider: p, use: useChat, context: 1_000_000, output: 128_000, can: lenientTraits()}
	}
	return nil
}

// list returns the models of one provider.
func (c *catalogue) list(p core.Provider) []model {
	var kept []model
	for _, m := range c.rows {
		if m.provider == p {
			kept = append(kept, m)
		}
	}
	return kept
}

func lenientTraits() traits {
	return traits{
		reasons: true, chatTools: true, adaptive: true, budget: true, sampling: true,
		disable: true, force: true, effort: true, xhigh: true, prefill: true, levels: allLevels,
	}
}

// undated cuts a release date ("-20250929", "-2024-08-06"), "-latest", "-001"
// or a preview mark off a model name.
func undated(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "-latest"), "-001")
	if i := strings.Index(name, "-preview"); i > 0 {
		return name[:i]
	}
	for _, form := range []string{"-20060102", "-2006-01-02"} {
		at := len(name) - len(form)
		if at <= 0 {
			continue
		}
		if _, err := time.Parse(form, name[at:]); err == nil {
			return name[:at]
		}
	}
	return name
}

// family answers for names of families that grow faster than a list.
func family(p core.Provider, name string) *model {
	switch {
	case p == core.ProviderOpenAI && core.MatchAny([]string{"gpt-5*", "gpt-6*", "codex-*"}, name):
		return &model{id: name, provider: p, use: useChat, context: 400_000, output: 128_000, can: gptTraits(name)}
	case p == core.ProviderGemini && core.MatchAny([]string{"gemini-3*", "gemini-2.5-*"}, name):
		return &model{id: name, provider: p, use: useChat, context: 1_048_576, output: 65_536, can: googleTraits(name)}
	}
	return nil
}
