package gemini

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// words is how the formats name the parameters that may have to be dropped or
// refused, where it is not the name on the left.
var words = map[llm.Protocol]map[string]string{
	llm.OpenAI:    {"reasoning": "reasoning_effort", "contents": "messages"},
	llm.Responses: {"logprobs": "top_logprobs", "verbosity": "text.verbosity", "contents": "input"},
	llm.Anthropic: {
		"reasoning": "thinking", "stop": "stop_sequences", "user": "metadata.user_id", "contents": "messages",
		"parallel_tool_calls": "tool_choice.disable_parallel_tool_use",
	},
	llm.Gemini: {
		"frequency_penalty": "generationConfig.frequencyPenalty", "presence_penalty": "generationConfig.presencePenalty",
		"logprobs": "generationConfig.responseLogprobs", "n": "generationConfig.candidateCount",
		"stop": "generationConfig.stopSequences", "reasoning": "generationConfig.thinkingConfig",
		"modalities": "generationConfig.responseModalities", "tool_choice": "toolConfig.functionCallingConfig",
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

// reportDropped names what the format has no place for. An answer in the
// canonical form has none for the probabilities of tokens, so that asking for
// them would be in vain.
func (b *builder) reportDropped() {
	r := b.req
	own := r.Origin == llm.Gemini
	parallel := r.ToolChoice.Parallel
	lost := []struct {
		name string
		set  bool
	}{
		{"logprobs", r.Logprobs != nil},
		{"logit_bias", protocol.Holds(r.LogitBias)},
		{"verbosity", r.Verbosity != ""},
		{"parallel_tool_calls", parallel != nil && !*parallel && len(b.tools) > 0},
		{"user", r.UserID != ""},
		{"metadata", protocol.Holds(r.Metadata) && !own},
		{"store", r.Store != nil && *r.Store && !own},
		{"service_tier", r.Tier != "" && r.Tier != "auto" && r.Tier != "default" && !own},
		{"stop", len(b.stops()) < len(r.Stop)},
		{"include", slices.ContainsFunc(r.Include, func(s string) bool { return s != "reasoning.encrypted_content" })},
	}
	for _, l := range lost {
		if l.set {
			b.drop(l.name)
		}
	}
	if own {
		return
	}
	for _, name := range sortedKeys(r.Extra) {
		if protocol.Holds(r.Extra[name]) {
			b.drop(name)
		}
	}
}

func sortedKeys(m map[string]json.RawMessage) []string { return slices.Sorted(maps.Keys(m)) }

// The members that only Google knows are kept under the way to them, which is
// also how a client of another format would be told of their loss.
var nests = []string{"generationConfig.", "toolConfig.functionCallingConfig.", "toolConfig."}

// extraBelow lists the kept members that stand in the object at way.
func (b *builder) extraBelow(way string) []string {
	var out []string
	for _, name := range sortedKeys(b.req.Extra) {
		in := ""
		for _, nest := range nests {
			if strings.HasPrefix(name, nest) {
				in = nest
				break
			}
		}
		if in == way {
			out = append(out, name)
		}
	}
	return out
}

// writeExtra writes them back, for the format's own clients.
func (b *builder) writeExtra(o *protocol.Object, way string) {
	if b.req.Origin != llm.Gemini {
		return
	}
	for _, name := range b.extraBelow(way) {
		o.Raw(strings.TrimPrefix(name, way), b.req.Extra[name])
	}
}
