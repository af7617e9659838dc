package protocoltest

import (
	"encoding/json"

	"github.com/aihub/aihub/backend/llm"
)

// answerCase is one row of the table of answers.
type answerCase struct {
	name string
	resp llm.Response
	// not lists the formats whose upstreams cannot mean it.
	not []llm.Protocol
}

// asking is the request to which all answers of the table are possible.
func asking(origin llm.Protocol) *llm.Request {
	return &llm.Request{
		Origin: origin, Model: "client-model", Stream: true, IncludeUsage: true, Turns: hi(),
		Tools: []llm.Tool{
			weather(), clock(),
			{Name: "exec", Description: "Runs a command", Custom: true},
			{Name: "list", Namespace: "agents", Schema: json.RawMessage(`{"type":"object","properties":{}}`)},
			{Name: "files.read/all with a name that is longer than any provider takes, whatever it is for"},
		},
		Reasoning: llm.Reasoning{Effort: "medium", Show: llm.ShowFull},
	}
}

func said(stop llm.StopReason, blocks ...llm.Block) llm.Response {
	return llm.Response{
		Blocks: blocks, Stop: llm.Stop{Reason: stop}, Metered: true,
		Usage: llm.Usage{Input: 120, Output: 45, Source: llm.Reported},
	}
}

func used(r llm.Response, u llm.Usage) llm.Response {
	u.Source = llm.Reported
	r.Usage = u
	return r
}

// answerCases lists what models answer. Signatures without a protocol are made
// the upstream's own.
func answerCases() []answerCase {
	thought := llm.Block{Kind: llm.Thinking, Text: "First, the city…\nThen the unit.", Signature: &llm.Signature{Value: "EqoBCkYIBRgC"}}
	custom := llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "call_1", Name: "exec", Custom: true, Input: "ls \"ä\" \\n\n\t| wc 😀"}}
	spaced := llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "call_1", Namespace: "agents", Name: "list", Args: json.RawMessage("{}")}}
	long := asking("").Tools[4].Name
	bonn, ulm := call("call_1", "get_weather", `{"city":"Bonn","n":12345678901234567890}`), call("call_2", "get_weather", `{"city":"Ulm <ü>"}`)
	refusal := said(llm.StopRefusal, llm.Block{Kind: llm.RefusalBlock, Text: "I cannot help with that."})
	return []answerCase{
		{name: "text", resp: said(llm.StopEndTurn, text("Hello!"))},
		{name: "every byte of a text", resp: said(llm.StopEndTurn, text("  <b>&\"\\ ünï 😀\r\n\tdata: [DONE]\n\nevent: x\u2028\u2029 \x7f "))},
		{name: "nothing", resp: said(llm.StopEndTurn), not: []llm.Protocol{llm.Kiro}}, // which is asked again
		{name: "a call", resp: said(llm.StopToolUse, bonn)},
		{name: "a call without arguments", resp: said(llm.StopToolUse, call("call_1", "clock", `{}`))},
		{name: "text and calls", resp: said(llm.StopToolUse, text("Let me see."), bonn, ulm, call("call_3", "clock", `{}`))},
		{name: "a custom call", resp: said(llm.StopToolUse, custom)},
		{name: "a call in a namespace", resp: said(llm.StopToolUse, spaced)},
		{name: "a call of a long name", resp: said(llm.StopToolUse, call("call_1", long, `{"a":[1,2.50,null]}`))},
		{name: "thinking", resp: said(llm.StopEndTurn, thought, text("It is sunny."))},
		{name: "thinking and a call", resp: said(llm.StopToolUse, thought, text("Let me see."), bonn)},
		{name: "thinking twice", resp: said(llm.StopEndTurn, thought, text("one"), thought, text("two"))},
		{name: "text behind a call", resp: said(llm.StopToolUse, text("before"), bonn, text("behind"))},
		{name: "redacted thinking", resp: said(llm.StopEndTurn, llm.Block{Kind: llm.Redacted, Text: "EmwKAhgBEgy3", Signature: &llm.Signature{Value: "EmwKAhgBEgy3"}}, text("ok"))},
		{name: "cut short", resp: said(llm.StopMaxTokens, text("It is su"))},
		{name: "context full", resp: said(llm.StopContextExceeded, text("It is su"))},
		{name: "a stop sequence", resp: withSequence(said(llm.StopSequence, text("It is")), "END")},
		{name: "refused", resp: refusal},
		{name: "filtered", resp: said(llm.StopContentFilter)},
		{name: "filtered in the middle", resp: said(llm.StopContentFilter, text("It is"))},
		{name: "paused", resp: said(llm.StopPause, text("wait"))},
		{name: "another reason", resp: said(llm.StopOther, text("well"))},
		{name: "cached input", resp: used(said(llm.StopEndTurn, text("ok")), llm.Usage{Input: 1000, CacheRead: 700, CacheWrite: 200, Output: 5})},
		{name: "reasoning counted", resp: used(said(llm.StopEndTurn, text("ok")), llm.Usage{Input: 10, Output: 500, Reasoning: 490})},
		{name: "all from the cache", resp: used(said(llm.StopEndTurn, text("ok")), llm.Usage{Input: 800, CacheRead: 800, Output: 1})},
	}
}

func withSequence(r llm.Response, seq string) llm.Response {
	r.Stop.Sequence = seq
	return r
}

// of returns the answer as a model behind the profile's format would give it.
func (tt *answerCase) of(p *profile) *llm.Response {
	r := tt.resp
	r.ID, r.Model = p.id, "up-model"
	if p.created {
		r.Created = 1_700_000_000
	}
	r.Blocks = append([]llm.Block(nil), r.Blocks...)
	for i := range r.Blocks {
		switch s := r.Blocks[i].Signature; {
		case p.protocol == llm.OpenAI:
			r.Blocks[i].Signature = nil // Chat has none of its own
		case s != nil:
			r.Blocks[i].Signature = &llm.Signature{Origin: p.protocol, Value: s.Value}
		}
	}
	return &r
}
