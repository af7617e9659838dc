package protocoltest

import "github.com/aihub/aihub/backend/llm"

// profile says what a format cannot carry. The names are those of facts.
type profile struct {
	protocol llm.Protocol
	model    string // a model that takes sampling parameters
	reasoner string // a model that can be told how much to think
	other    llm.Protocol
	// drops are lost, and Encoded.Dropped must name them.
	drops []string
	// loses are lost without a word, because something else stands for them or
	// because no client can expect them.
	loses []string
	// free are carried by some models, or in another form.
	free []string
	// either are carried, or lost and named in Encoded.Dropped.
	either []string
	// refuses are a reason to answer with an error.
	refuses []string
	// stops lists what becomes of a stop reason; without an entry it stays.
	stops map[llm.StopReason][]llm.StopReason
	// oneText says that an answer has one text, in front of its calls.
	oneText bool
	// created says that an answer tells when it was made.
	created bool
	id      string // an id in the format's own form
	// cutEnds is how an answer ends that the upstream has cut; "" = it fails.
	cutEnds llm.StopReason
	// systemInText says that instructions stand in front of the first message.
	systemInText bool
}

// profileOf returns the profile of a format. It is the specification's tables of
// parameters and stop reasons, read as what is missing.
func profileOf(p llm.Protocol) *profile {
	var out *profile
	switch p {
	case llm.OpenAI:
		out = chatProfile()
	case llm.Responses:
		out = responsesProfile()
	case llm.Anthropic:
		out = anthropicProfile()
	case llm.Gemini:
		out = geminiProfile()
	case llm.Kiro:
		out = kiroProfile()
	default:
		panic("protocoltest: no profile of " + string(p))
	}
	out.protocol = p
	// What depends on the model, on the operator's settings or on the codec's
	// taste is nobody's promise.
	out.free = append(out.free, "image.detail", "file.name", "file.title", "budget", "show", "store", "tier", "user",
		"metadata", "tool.strict", "cache.key", "cache.auto", "effort.auto", "format.name", "turn.effort", "phase", "tool.defer")
	out.either = append(out.either, "logprobs")
	// An answer of the canonical language has one candidate, and ids of files are
	// known to their provider only.
	out.refuses = append(out.refuses, "n", "image.id", "file.id")
	return out
}

func chatProfile() *profile {
	return &profile{
		model: "gpt-4.1", reasoner: "gpt-5", other: llm.Anthropic, oneText: true, created: true, id: "chatcmpl-1",
		drops:   []string{"top_k"},
		loses:   []string{"result.error", "thinking", "thinking.signature", "redacted"},
		free:    []string{"cache.block", "cache.tool", "tool.grammar", "call.signature"},
		refuses: []string{"file.url"},
		stops: map[llm.StopReason][]llm.StopReason{
			llm.StopSequence:        {llm.StopEndTurn},
			llm.StopContextExceeded: {llm.StopMaxTokens},
			llm.StopRefusal:         {llm.StopRefusal, llm.StopEndTurn},
			llm.StopPause:           {llm.StopEndTurn},
			llm.StopCompaction:      {llm.StopEndTurn},
			llm.StopOther:           {llm.StopEndTurn},
		},
	}
}

func responsesProfile() *profile {
	return &profile{
		model: "gpt-4.1", reasoner: "gpt-5", other: llm.Anthropic, created: true, id: "resp_1",
		drops: []string{"top_k", "frequency", "presence", "seed", "logit_bias"},
		loses: []string{"result.error", "call.signature", "name"},
		free:  []string{"cache.block", "cache.tool", "stop", "redacted"},
		stops: map[llm.StopReason][]llm.StopReason{
			llm.StopSequence:        {llm.StopEndTurn},
			llm.StopContextExceeded: {llm.StopMaxTokens},
			llm.StopRefusal:         {llm.StopRefusal, llm.StopEndTurn},
			llm.StopPause:           {llm.StopEndTurn},
			llm.StopCompaction:      {llm.StopEndTurn},
			llm.StopOther:           {llm.StopEndTurn},
		},
	}
}

func anthropicProfile() *profile {
	return &profile{
		model: "claude-opus-4-6", reasoner: "claude-opus-4-6", other: llm.OpenAI, id: "msg_1",
		drops:   []string{"frequency", "presence", "seed", "logit_bias", "verbosity"},
		loses:   []string{"tool.grammar", "call.signature", "name"},
		free:    []string{"refusal"},
		refuses: []string{"audio"},
		stops: map[llm.StopReason][]llm.StopReason{
			llm.StopContentFilter: {llm.StopRefusal},
			llm.StopOther:         {llm.StopEndTurn},
		},
	}
}

func geminiProfile() *profile {
	return &profile{
		model: "gemini-2.5-flash", reasoner: "gemini-3-flash", other: llm.OpenAI, id: "g1",
		drops:  []string{"logit_bias", "verbosity"},
		loses:  []string{"tool.grammar", "name", "parallel", "usage.cache_write", "cache.block", "cache.tool"},
		free:   []string{"thinking", "thinking.signature", "redacted", "refusal"},
		either: []string{"frequency", "presence"},
		stops: map[llm.StopReason][]llm.StopReason{
			llm.StopSequence:        {llm.StopEndTurn},
			llm.StopContextExceeded: {llm.StopMaxTokens},
			llm.StopRefusal:         {llm.StopContentFilter},
			llm.StopPause:           {llm.StopEndTurn},
			llm.StopCompaction:      {llm.StopOther},
		},
	}
}

func kiroProfile() *profile {
	return &profile{
		model: "claude-sonnet-4.5", reasoner: "claude-sonnet-4.5", other: llm.OpenAI, id: "u1",
		cutEnds: llm.StopMaxTokens, systemInText: true,
		drops:   []string{"max_tokens", "temperature", "top_p", "top_k", "frequency", "presence", "seed", "logit_bias", "verbosity"},
		loses:   []string{"tool.grammar", "call.signature", "name", "cache.block", "cache.tool", "stop", "usage.reasoning"},
		free:    []string{"refusal"},
		refuses: []string{"audio", "image.url", "file.url", "file.data"},
		stops: map[llm.StopReason][]llm.StopReason{
			llm.StopRefusal:    {llm.StopEndTurn},
			llm.StopCompaction: {llm.StopEndTurn},
		},
	}
}

// stop returns what may become of a stop reason.
func (p *profile) stop(r llm.StopReason) []llm.StopReason {
	if list, ok := p.stops[r]; ok {
		return list
	}
	return []llm.StopReason{r}
}
