package kiro

import (
	"maps"
	"slices"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// words is how the clients' formats name the parameters that may have to be
// dropped or refused, where it is not the name on the left.
var words = map[llm.Protocol]map[string]string{
	llm.OpenAI: {"reasoning": "reasoning_effort", "contents": "messages"},
	llm.Responses: {
		"logprobs": "top_logprobs", "verbosity": "text.verbosity", "contents": "input", "max_tokens": "max_output_tokens",
		"response_format": "text.format",
	},
	llm.Anthropic: {
		"reasoning": "thinking", "user": "metadata.user_id", "contents": "messages", "response_format": "output_config.format",
		"parallel_tool_calls": "tool_choice.disable_parallel_tool_use",
	},
	llm.Gemini: {
		"temperature": "generationConfig.temperature", "top_p": "generationConfig.topP", "top_k": "generationConfig.topK",
		"frequency_penalty": "generationConfig.frequencyPenalty", "presence_penalty": "generationConfig.presencePenalty",
		"max_tokens": "generationConfig.maxOutputTokens", "seed": "generationConfig.seed",
		"logprobs": "generationConfig.responseLogprobs", "n": "generationConfig.candidateCount",
		"reasoning": "generationConfig.thinkingConfig", "modalities": "generationConfig.responseModalities",
		"response_format": "generationConfig.responseMimeType", "tool_choice": "toolConfig.functionCallingConfig",
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

// reportDropped names what the format has no place for. The service takes none
// of the usual parameters of generation; what it would ignore without a word is
// told here.
func (b *builder) reportDropped() {
	r := b.req
	lost := []struct {
		name string
		set  bool
	}{
		{"temperature", r.Temperature != nil},
		{"top_p", r.TopP != nil},
		{"top_k", r.TopK != nil},
		{"frequency_penalty", r.Frequency != nil && *r.Frequency != 0},
		{"presence_penalty", r.Presence != nil && *r.Presence != 0},
		{"seed", r.Seed != nil},
		{"logprobs", r.Logprobs != nil},
		{"logit_bias", protocol.Holds(r.LogitBias)},
		{"verbosity", r.Verbosity != ""},
		{"user", r.UserID != ""},
		{"metadata", protocol.Holds(r.Metadata)},
		{"store", r.Store != nil && *r.Store},
		{"service_tier", r.Tier != "" && r.Tier != "auto" && r.Tier != "default"},
		{"include", slices.ContainsFunc(r.Include, func(s string) bool { return s != "reasoning.encrypted_content" })},
	}
	for _, l := range lost {
		if l.set {
			b.drop(l.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		if protocol.Holds(r.Extra[name]) {
			b.drop(name)
		}
	}
}
