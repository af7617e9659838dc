package anthropic

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// words is how the other formats name the parameters that may have to be
// dropped, where it is not the name on the left.
var words = map[llm.Protocol]map[string]string{
	llm.Anthropic: {"reasoning": "thinking", "stop": "stop_sequences"},
	llm.OpenAI:    {"reasoning": "reasoning_effort"},
	llm.Responses: {"logprobs": "top_logprobs", "verbosity": "text.verbosity"},
	llm.Gemini: {
		"temperature": "generationConfig.temperature", "top_p": "generationConfig.topP", "top_k": "generationConfig.topK",
		"frequency_penalty": "generationConfig.frequencyPenalty", "presence_penalty": "generationConfig.presencePenalty",
		"seed": "generationConfig.seed", "logprobs": "generationConfig.responseLogprobs", "n": "generationConfig.candidateCount",
		"stop": "generationConfig.stopSequences", "reasoning": "generationConfig.thinkingConfig",
		"modalities": "generationConfig.responseModalities", "metadata": "labels", "service_tier": "serviceTier",
	},
}

// param is the name of a parameter in the client's words.
func (b *builder) param(name string) string {
	if word, ok := words[b.req.Origin][name]; ok {
		return word
	}
	return name
}

func (b *builder) drop(name string) {
	if name = b.param(name); !slices.Contains(b.dropped, name) {
		b.dropped = append(b.dropped, name)
	}
}

// reportDropped names what the format has no place for.
func (b *builder) reportDropped() {
	r := b.req
	lost := []struct {
		name string
		set  bool
	}{
		{"frequency_penalty", r.Frequency != nil && *r.Frequency != 0},
		{"presence_penalty", r.Presence != nil && *r.Presence != 0},
		{"seed", r.Seed != nil},
		{"logprobs", r.Logprobs != nil},
		{"logit_bias", protocol.Holds(r.LogitBias)},
		{"verbosity", r.Verbosity != ""},
		{"metadata", protocol.Holds(r.Metadata)},
		{"store", r.Store != nil && *r.Store},
		{"service_tier", b.losesTier()},
		{"stop", len(b.stopSequences()) < len(r.Stop)},
		{"include", slices.ContainsFunc(r.Include, func(s string) bool { return s != "reasoning.encrypted_content" })},
	}
	for _, l := range lost {
		if l.set {
			b.drop(l.name)
		}
	}
	if r.Origin == llm.Anthropic {
		return
	}
	for _, name := range sortedKeys(r.Extra) {
		if protocol.Holds(r.Extra[name]) {
			b.drop(name)
		}
	}
}

// losesTier reports whether the client asked for a tier: what costs more is not
// bought on a client's word alone.
func (b *builder) losesTier() bool {
	switch b.req.Tier {
	case "", "auto", "default":
		return false
	}
	return true
}

func sortedKeys(m map[string]json.RawMessage) []string { return slices.Sorted(maps.Keys(m)) }
