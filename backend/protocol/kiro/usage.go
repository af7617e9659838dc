package kiro

import (
	"math"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/tokens"
)

// What stands around a text, in tokens: the instructions that the service adds
// by itself, as far as they were measured, and an image where its size is not
// known.
const (
	ownInstructions = 2000
	imageTokens     = 1100
)

// count is what the answer has cost. The service tells how full the model's
// window is behind the answer, so its share is taken off what was fed in; where
// it tells nothing, the request is counted here. It says nothing of its cache.
func (d *streamDecoder) count() llm.Usage {
	if d.usage != nil {
		u := *d.usage
		u.Credits = d.credits
		return u
	}
	u := llm.Usage{Reasoning: d.thinking.Tokens(), Credits: d.credits, Source: llm.Estimated}
	u.Output = d.output.Tokens() + u.Reasoning
	if d.known {
		total := int64(math.Round(float64(windowOf(d.e.Target)) * d.percent / 100))
		u.Input = max(0, total-u.Output)
		return u
	}
	if d.e.Request != nil {
		u.Input = ownInstructions + countRequest(d.e.Request, d.e.Target.Model)
	}
	return u
}

func countRequest(r *llm.Request, model string) int64 {
	c := tokens.NewRefinedCounter(tokens.FamilyOf(model))
	extra := countBlocks(c, r.System)
	for i := range r.Turns {
		extra += countBlocks(c, r.Turns[i].Blocks)
	}
	for i := range r.Tools {
		t := &r.Tools[i]
		c.Add(t.Name)
		c.Add(t.Description)
		c.AddBytes(t.Schema)
		c.AddBytes(t.Grammar)
	}
	return c.Tokens() + extra
}

// countBlocks counts the text of blocks and returns the tokens of what is none.
func countBlocks(c *tokens.Counter, blocks []llm.Block) (extra int64) {
	for i := range blocks {
		b := &blocks[i]
		if b.Media != nil {
			extra += imageTokens
		}
		if b.Kind == llm.Text || b.Kind == llm.RefusalBlock {
			c.Add(b.Text)
		}
		if b.Call != nil {
			c.Add(b.Call.Name)
			c.AddBytes(b.Call.Args)
			c.Add(b.Call.Input)
		}
		if b.Result != nil {
			extra += countBlocks(c, b.Result.Blocks)
		}
	}
	return extra
}
