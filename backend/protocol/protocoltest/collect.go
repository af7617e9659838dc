package protocoltest

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

// Collect puts a stream together to the answer that it tells, as a client's SDK
// would. A failed stream gives what had come until then.
func Collect(events []llm.Event) *llm.Response {
	resp := &llm.Response{}
	for _, e := range events {
		switch e.Kind {
		case llm.EventStart:
			resp.ID, resp.Model, resp.Created = e.ID, e.Model, e.Created
		case llm.EventBlockStart:
			resp.Blocks = append(resp.Blocks, copyBlock(*e.Block))
		case llm.EventDelta:
			addDelta(&resp.Blocks[len(resp.Blocks)-1], e)
		case llm.EventBlockStop:
			endBlock(&resp.Blocks[len(resp.Blocks)-1])
		case llm.EventUsage:
			resp.Usage, resp.Metered = e.Usage, true
		case llm.EventStop:
			resp.Stop = e.Stop
		}
	}
	return resp
}

func copyBlock(b llm.Block) llm.Block {
	if b.Call != nil {
		c := *b.Call
		b.Call = &c
	}
	return b
}

func addDelta(b *llm.Block, e llm.Event) {
	switch {
	case b.Kind != llm.ToolUse:
		b.Text += e.Delta
	case b.Call.Custom:
		b.Call.Input += e.Delta
	default:
		b.Call.Args = append(b.Call.Args[:len(b.Call.Args):len(b.Call.Args)], e.Delta...)
	}
	if e.Signature != nil {
		b.Signature = e.Signature
	}
	if len(e.Citations) > 0 {
		b.Citations, b.Origin = joinLists(b.Citations, e.Citations), e.Origin
	}
}

func endBlock(b *llm.Block) {
	if b.Kind == llm.ToolUse && !b.Call.Custom && len(b.Call.Args) == 0 {
		b.Call.Args = json.RawMessage("{}")
	}
}

// joinLists joins two JSON arrays; a value that is no array is one element.
func joinLists(a, b json.RawMessage) json.RawMessage {
	var all []json.RawMessage
	for _, raw := range []json.RawMessage{a, b} {
		for _, item := range gjson.ParseBytes(raw).Array() {
			all = append(all, json.RawMessage(item.Raw))
		}
	}
	out, err := json.Marshal(all)
	if err != nil {
		return a
	}
	return out
}

// EventsOf tells an answer as a stream whose deltas have at most n characters.
// Usage comes in two steps, as the formats that know it at the start have it.
func EventsOf(resp *llm.Response, n int) []llm.Event {
	early := resp.Usage
	early.Output, early.Reasoning = 0, 0
	events := []llm.Event{
		{Kind: llm.EventStart, ID: resp.ID, Model: resp.Model, Created: resp.Created},
		{Kind: llm.EventUsage, Usage: early},
	}
	for i, b := range resp.Blocks {
		text := b.Text
		if b.Kind == llm.ToolUse {
			text = string(b.Call.Args) + b.Call.Input
		}
		events = append(events, llm.Event{Kind: llm.EventBlockStart, Index: i, Block: bare(b)})
		if b.Kind != llm.Redacted {
			for _, piece := range pieces(text, n) {
				events = append(events, llm.Event{Kind: llm.EventDelta, Index: i, Delta: piece})
			}
		}
		if b.Signature != nil && b.Kind != llm.Redacted {
			events = append(events, llm.Event{Kind: llm.EventDelta, Index: i, Signature: b.Signature})
		}
		events = append(events, llm.Event{Kind: llm.EventBlockStop, Index: i}, llm.Event{Kind: llm.EventPing})
	}
	return append(events, llm.Event{Kind: llm.EventUsage, Usage: resp.Usage}, llm.Event{Kind: llm.EventStop, Stop: resp.Stop})
}

// bare is a block as it begins: without what its deltas bring.
func bare(b llm.Block) *llm.Block {
	if b.Kind == llm.Redacted {
		return &b
	}
	b.Text, b.Signature = "", nil
	if b.Call != nil {
		c := *b.Call
		c.Args, c.Input = nil, ""
		b.Call = &c
	}
	return &b
}

// pieces cuts a text into pieces of at most n characters.
func pieces(s string, n int) []string {
	var out []string
	for len(s) > 0 {
		size := 0
		for i := 0; i < n && size < len(s); i++ {
			_, w := utf8.DecodeRuneInString(s[size:])
			size += w
		}
		out = append(out, s[:size])
		s = s[size:]
	}
	return out
}
