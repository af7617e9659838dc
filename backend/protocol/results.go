package protocol

import "github.com/aihub/aihub/backend/llm"

// toolCall is a call in the conversation and what came back for it.
type toolCall struct {
	call   *llm.ToolCall
	result *llm.Block // nil: none came
}

// pairing finds out which result belongs to which call.
type pairing struct {
	calls  [][]*toolCall        // of every turn, in order
	open   map[string]*toolCall // the latest call of an id
	paired map[*llm.Block]bool  // results that have a call
}

func newPairing(turns []llm.Turn) *pairing {
	p := &pairing{calls: make([][]*toolCall, len(turns)), open: map[string]*toolCall{}, paired: map[*llm.Block]bool{}}
	for i := range turns {
		for j := range turns[i].Blocks {
			p.note(i, &turns[i].Blocks[j])
		}
	}
	return p
}

func (p *pairing) note(turn int, b *llm.Block) {
	switch {
	case b.Kind == llm.ToolUse && b.Call != nil:
		c := &toolCall{call: b.Call}
		p.calls[turn] = append(p.calls[turn], c)
		p.open[b.Call.ID] = c
	case b.Kind == llm.ToolOutput && b.Result != nil:
		if c := p.open[b.Result.CallID]; c != nil {
			c.result = b
			p.paired[b] = true
		}
	}
}

// pairResults moves every result directly behind the turn of its call.
func pairResults(turns []llm.Turn) []llm.Turn {
	p := newPairing(turns)
	out := make([]llm.Turn, 0, len(turns)+2)
	results := -1 // the turn of results at the end of out, to which more may be added
	for i, t := range turns {
		calls := p.calls[i]
		if len(calls) > 0 && i == len(turns)-1 {
			return appendUncalled(out, t)
		}
		blocks, moved := p.rest(t.Blocks)
		switch {
		case moved && results >= 0 && results == len(out)-1 && t.Role == llm.User:
			out[results].Blocks = append(out[results].Blocks, blocks...)
			out[results].Name = t.Name
		case !moved || len(blocks) > 0:
			t.Blocks = blocks
			out = append(out, t)
		}
		if len(calls) > 0 {
			results = len(out)
			out = append(out, llm.Turn{Role: llm.User, Blocks: resultsOf(calls)})
		}
	}
	return out
}

// rest is what stays of a turn when the results have moved behind their calls.
// moved says that there were any.
func (p *pairing) rest(blocks []llm.Block) (rest []llm.Block, moved bool) {
	rest = make([]llm.Block, 0, len(blocks))
	for i := range blocks {
		b := &blocks[i]
		switch {
		case p.paired[b]:
			moved = true
		case b.Kind == llm.ToolOutput && b.Result != nil:
			rest = append(rest, orphan(b)...)
		default:
			rest = append(rest, *b)
		}
	}
	return rest, moved
}

// resultsOf lists the results of calls, with the tool's name filled in for the
// formats that name the tool instead of the call.
func resultsOf(calls []*toolCall) []llm.Block {
	out := make([]llm.Block, 0, len(calls)+1)
	for _, c := range calls {
		b := llm.Block{Kind: llm.ToolOutput}
		r := llm.ToolResult{IsError: true, Blocks: []llm.Block{{Kind: llm.Text, Text: missingResult}}}
		if c.result != nil {
			b, r = *c.result, *c.result.Result
		}
		r.CallID, r.Name, r.Namespace, r.Custom = c.call.ID, c.call.Name, c.call.Namespace, c.call.Custom
		b.Result = &r
		out = append(out, b)
	}
	return out
}

// orphan turns a result without a call into text and pictures of the user.
func orphan(b *llm.Block) []llm.Block {
	name := b.Result.CallID
	if name == "" {
		name = b.Result.Name
	}
	out := []llm.Block{{Kind: llm.Text, Text: "Result of an earlier tool call (" + name + "):"}}
	for _, part := range b.Result.Blocks {
		if part.Kind == llm.Text {
			out[0].Text += "\n" + part.Text
		} else {
			out = append(out, part)
		}
	}
	out[len(out)-1].Cache = b.Cache
	return out
}

// appendUncalled appends the last turn of a conversation without its calls,
// which nothing can answer any more; not at all, if nothing but reasoning is
// left.
func appendUncalled(turns []llm.Turn, t llm.Turn) []llm.Turn {
	blocks := make([]llm.Block, 0, len(t.Blocks))
	spoken := false
	for _, b := range t.Blocks {
		if b.Kind == llm.ToolUse {
			continue
		}
		spoken = spoken || b.Kind != llm.Thinking && b.Kind != llm.Redacted && !isBlank(&b)
		blocks = append(blocks, b)
	}
	if !spoken {
		return turns
	}
	t.Blocks = blocks
	return append(turns, t)
}
