package openai

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// words is how the other formats name the parameters that may have to be
// dropped, where it is not the name on the left.
var words = map[llm.Protocol]map[string]string{
	llm.OpenAI: {"reasoning": "reasoning_effort"},
	llm.Anthropic: {
		"reasoning": "thinking", "stop": "stop_sequences",
		"parallel_tool_calls": "tool_choice.disable_parallel_tool_use",
	},
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

// dropIf drops a parameter that the client has set.
func (b *builder) dropIf(set bool, name string) {
	if set {
		b.drop(name)
	}
}

// reportDropped names what nothing of the request can be made of. An answer in
// the canonical form has no place for the probabilities of tokens, so that
// asking for them would be in vain.
func (b *builder) reportDropped() {
	r := b.req
	b.dropIf(r.Logprobs != nil, "logprobs")
	b.dropIf(slices.ContainsFunc(r.Include, func(s string) bool { return s != "reasoning.encrypted_content" }), "include")
	if r.Origin == llm.OpenAI {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		b.dropIf(protocol.Holds(r.Extra[name]), name)
	}
}

// kindOf names what an opaque block or tool is: its type, or its one member
// where the format knows no types.
func kindOf(raw json.RawMessage) string {
	v := gjson.ParseBytes(raw)
	if kind := v.Get("type").Str; kind != "" {
		return kind
	}
	name := ""
	v.ForEach(func(key, _ gjson.Result) bool {
		name = key.Str
		return false
	})
	return name
}
