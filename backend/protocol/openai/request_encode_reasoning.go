package openai

import (
	"slices"

	"github.com/aihub/aihub/backend/protocol"
)

// wanted is the level of reasoning that the client asked for; "" leaves it to
// the model.
func (b *builder) wanted() string {
	r := &b.req.Reasoning
	switch {
	case r.Effort != "":
		return r.Effort
	case r.Budget != nil:
		return protocol.EffortOf(*r.Budget)
	}
	return ""
}

// settleEffort decides on reasoning_effort. Where a model refuses tools while
// it reasons, the tools win: a client that offers them cannot do without.
func (b *builder) settleEffort() {
	wanted := b.wanted()
	if b.can.Reasoning == "effort" {
		b.effort = protocol.ClampEffort(wanted, b.can.Effort)
	}
	if b.can.ToolsNeedNone && b.some && b.effort != "none" && slices.Contains(b.can.Effort, "none") {
		b.dropIf(wanted != "", "reasoning")
		b.effort = "none"
	}
}

// reasoning adds the wish for reasoning in the model's words.
func (b *builder) reasoning(o *protocol.Object) {
	r, wanted := &b.req.Reasoning, b.wanted()
	switch b.can.Reasoning {
	case "effort":
		o.StringIf("reasoning_effort", b.effort)
		return
	case "thinking":
		switch {
		case wanted == "none":
			o.Raw("thinking", []byte(`{"type":"disabled"}`))
		case wanted != "" || r.Auto:
			o.Raw("thinking", []byte(`{"type":"enabled"}`))
		}
		return
	case "enable_thinking":
		if wanted != "" || r.Auto {
			o.Bool("enable_thinking", wanted != "none")
		}
		if r.Budget != nil && *r.Budget > 0 {
			o.Int("thinking_budget", *r.Budget)
		}
		return
	}
	b.dropIf(wanted != "" && wanted != "none", "reasoning")
}
