package gemini

import (
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// writeConfig writes generationConfig.
func (b *builder) writeConfig(o *protocol.Object) {
	c := protocol.BeginObject(nil)
	b.writeSampling(&c)
	b.writeFormat(&c)
	b.writeThinking(&c)
	b.writeExtra(&c, "generationConfig.")
	if !c.Empty() {
		o.Raw("generationConfig", c.End())
	}
}

func (b *builder) writeSampling(c *protocol.Object) {
	r := b.req
	if n := r.MaxTokens; n != nil && *n > 0 {
		limit := *n
		if b.can.MaxOutput > 0 {
			limit = min(limit, b.can.MaxOutput)
		}
		c.Int("maxOutputTokens", limit)
	}
	if t := r.Temperature; t != nil {
		c.Float("temperature", min(2, max(0, *t)))
	}
	if p := r.TopP; p != nil {
		c.Float("topP", min(1, max(0, *p)))
	}
	if k := r.TopK; k != nil && *k > 0 {
		c.Int("topK", *k)
	}
	b.writePenalty(c, "frequencyPenalty", "frequency_penalty", r.Frequency)
	b.writePenalty(c, "presencePenalty", "presence_penalty", r.Presence)
	if r.Seed != nil {
		c.Int("seed", *r.Seed)
	}
	if stops := b.stops(); len(stops) > 0 {
		c.Strings("stopSequences", stops)
	}
}

// writePenalty writes a penalty where the model takes one; most refuse it.
func (b *builder) writePenalty(c *protocol.Object, name, word string, v *float64) {
	switch {
	case v == nil:
	case b.can.Penalties:
		c.Float(name, min(2, max(-2, *v)))
	case *v != 0:
		b.drop(word)
	}
}

// stops are the stop sequences as far as the service takes them.
func (b *builder) stops() []string {
	var out []string
	for _, s := range b.req.Stop {
		if s != "" {
			out = append(out, s)
		}
	}
	return out[:min(len(out), maxStops)]
}

func (b *builder) writeFormat(c *protocol.Object) {
	f := &b.req.Format
	switch f.Kind {
	case llm.FormatJSONObject:
		c.String("responseMimeType", jsonMIME)
	case llm.FormatJSONSchema:
		c.String("responseMimeType", jsonMIME)
		c.Raw("responseJsonSchema", answerSchema(f.Schema))
	}
	var words []string
	for _, m := range b.req.Modalities {
		words = append(words, strings.ToUpper(m))
	}
	if len(words) > 1 || len(words) == 1 && words[0] != "TEXT" {
		c.Strings("responseModalities", words)
	}
}

// writeThinking writes thinkingConfig: a level for Gemini 3 and later, a number
// of tokens for 2.5.
func (b *builder) writeThinking(c *protocol.Object) {
	r := b.req.Reasoning
	asked := r.Effort != "" || r.Budget != nil || r.Auto
	off := r.Effort == "none" || r.Budget != nil && *r.Budget == 0
	if !b.can.thinks() {
		if asked && !off {
			b.drop("reasoning")
		}
		return
	}
	t := protocol.BeginObject(nil)
	if b.shows() && !off && (asked || b.can.Always) {
		t.Bool("includeThoughts", true)
	}
	if len(b.can.Levels) > 0 {
		effort := r.Effort
		if effort == "" && r.Budget != nil {
			effort = protocol.EffortOf(*r.Budget)
		}
		t.StringIf("thinkingLevel", strings.ToUpper(protocol.ClampEffort(effort, b.can.Levels)))
	} else if asked && b.can.MaxBudget > 0 {
		b.writeBudget(&t, off)
	}
	if !t.Empty() {
		c.Raw("thinkingConfig", t.End())
	}
}

// shows reports whether the client can show what the model thinks. Clients of
// Chat Completions cannot ask for it, but most show it.
func (b *builder) shows() bool {
	switch b.req.Reasoning.Show {
	case llm.ShowSummary, llm.ShowFull:
		return true
	case llm.ShowNone:
		return false
	}
	return b.req.Origin == llm.OpenAI
}

func (b *builder) writeBudget(t *protocol.Object, off bool) {
	r := b.req.Reasoning
	budget := protocol.BudgetOf(r.Effort)
	if r.Budget != nil {
		budget = *r.Budget
	}
	switch {
	case off && b.can.Off:
		t.Int("thinkingBudget", 0)
	case off: // it cannot be switched off
	case budget < 0:
		t.Int("thinkingBudget", -1)
	default:
		t.Int("thinkingBudget", min(b.can.MaxBudget, max(b.can.MinBudget, budget)))
	}
}
