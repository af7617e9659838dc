package responses

import (
	"maps"
	"slices"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// words is how the other formats name the parameters that may have to be
// dropped, where it is not the name on the left.
var words = map[llm.Protocol]map[string]string{
	llm.OpenAI:    {"reasoning": "reasoning_effort"},
	llm.Responses: {"verbosity": "text.verbosity", "logprobs": "top_logprobs", "reasoning": "reasoning.effort"},
	llm.Anthropic: {"reasoning": "thinking"},
	llm.Gemini: {
		"temperature": "generationConfig.temperature", "top_p": "generationConfig.topP", "top_k": "generationConfig.topK",
		"frequency_penalty": "generationConfig.frequencyPenalty", "presence_penalty": "generationConfig.presencePenalty",
		"seed": "generationConfig.seed", "logprobs": "generationConfig.responseLogprobs", "n": "generationConfig.candidateCount",
		"reasoning": "generationConfig.thinkingConfig", "modalities": "generationConfig.responseModalities",
		"metadata": "labels", "service_tier": "serviceTier",
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

// reportDropped names what the format, or the model, has no place for.
func (b *builder) reportDropped() {
	r := b.req
	lost := []struct {
		name string
		set  bool
	}{
		{"temperature", !b.can.Sampling && r.Temperature != nil && *r.Temperature != 1},
		{"top_p", !b.can.Sampling && r.TopP != nil && *r.TopP != 1},
		{"top_k", r.TopK != nil},
		{"frequency_penalty", r.Frequency != nil && *r.Frequency != 0},
		{"presence_penalty", r.Presence != nil && *r.Presence != 0},
		{"seed", r.Seed != nil},
		{"logit_bias", protocol.Holds(r.LogitBias)},
		{"logprobs", r.Logprobs != nil && !b.can.Sampling},
		{"reasoning", !b.can.reasons() && b.wantsReasoning()},
		{"verbosity", r.Verbosity != "" && !b.sendsVerbosity()},
		{"metadata", protocol.Holds(r.Metadata) && !b.isOurs()},
		{"service_tier", b.losesTier()},
		{"store", r.Store != nil && *r.Store},
	}
	for _, l := range lost {
		if l.set {
			b.drop(l.name)
		}
	}
	if r.Origin == llm.Responses {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		if protocol.Holds(r.Extra[name]) {
			b.drop(name)
		}
	}
}

// isOurs reports whether the client speaks a format of the same vendor, so that
// what the two formats have in common means the same.
func (b *builder) isOurs() bool {
	return !b.target.ThirdParty && (b.req.Origin == llm.Responses || b.req.Origin == llm.OpenAI)
}

// losesTier reports whether the client asked for a tier that is not passed on:
// what costs more is not bought on the word of another vendor's client.
func (b *builder) losesTier() bool {
	switch b.req.Tier {
	case "", "auto", "default":
		return false
	}
	return !b.isOurs()
}

func (b *builder) wantsReasoning() bool {
	r := b.req.Reasoning
	return r.Effort != "" && r.Effort != "none" || r.Auto || r.Budget != nil && *r.Budget != 0
}

func (b *builder) sendsVerbosity() bool { return b.can.Verbosity && !b.target.ThirdParty }
