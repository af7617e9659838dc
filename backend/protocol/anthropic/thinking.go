package anthropic

import (
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	minBudget  = 1024
	defaultMax = 32000
)

// thinking is what the request says of reasoning, and the limits that hang on
// it.
type thinking struct {
	kind      string // adaptive, enabled, disabled, between_tools; "" = nothing said
	budget    int64
	display   string
	effort    string
	maxTokens int64
	on        bool // the model will think
}

func (t *thinking) write(o *protocol.Object) {
	if t.kind == "" {
		return
	}
	o.Value("thinking", func(dst []byte) []byte {
		v := protocol.BeginObject(dst)
		v.String("type", t.kind)
		if t.kind == "enabled" {
			v.Int("budget_tokens", t.budget)
		}
		v.StringIf("display", t.display)
		return v.End()
	})
}

// pickThinking settles reasoning and max_tokens. The choice of tools, which
// forbids the older kind of thinking when it forces one, stands by now.
func (b *builder) pickThinking() {
	r, can := b.req.Reasoning, b.can
	asked := r.Effort != "" || r.Budget != nil || r.Auto
	budget := int64(-1)
	if r.Budget != nil {
		budget = *r.Budget
	}
	switch {
	case !can.thinks():
		if asked && r.Effort != "none" && budget != 0 {
			b.drop("reasoning")
		}
	case budget == 0 || budget < 0 && r.Effort == "none":
		b.thinkNot()
	case !asked:
		// The model thinks anyway; what it thinks is worth showing.
		if can.alwaysThinks() && r.Show != llm.ShowNone {
			b.thinkAdaptive("")
		}
	case can.Budget && (budget > 0 || !can.Adaptive):
		b.thinkBudget(budget, r.Effort)
	case r.Effort == "":
		b.thinkAdaptive(protocol.EffortOf(budget))
	default:
		b.thinkAdaptive(r.Effort)
	}
	if b.think.kind == "enabled" && (b.choice.forces() || b.unsignedLoop()) {
		b.softenBudget()
	}
	b.think.on = b.think.kind == "adaptive" || b.think.kind == "enabled" || can.alwaysThinks()
	b.limit()
}

// thinkNot switches reasoning off, or as low as the model lets it.
func (b *builder) thinkNot() {
	switch {
	case b.can.Disable:
		b.think = thinking{kind: "disabled"}
	case b.can.Between:
		b.think = thinking{kind: "between_tools"}
	default:
		b.think = thinking{effort: protocol.ClampEffort("low", b.can.Effort)}
	}
}

func (b *builder) thinkAdaptive(effort string) {
	b.think = thinking{kind: "adaptive", display: b.display(), effort: protocol.ClampEffort(effort, b.can.Effort)}
}

// display says whether the thoughts are to come as text. Models that know
// nothing but budgets do not know the member either.
func (b *builder) display() string {
	switch {
	case !b.can.Adaptive:
		return ""
	case b.req.Reasoning.Show == llm.ShowNone:
		return "omitted"
	}
	return "summarized"
}

func (b *builder) thinkBudget(budget int64, effort string) {
	if budget < 0 {
		budget = protocol.BudgetOf(effort)
	}
	if budget < 0 {
		budget = protocol.BudgetOf("medium")
	}
	b.think = thinking{
		kind: "enabled", budget: max(minBudget, budget), display: b.display(), effort: protocol.ClampEffort(effort, b.can.Effort),
	}
}

// softenBudget takes a budget back where the service refuses it: beside a
// forced tool, and in a loop of tools whose thoughts are lost.
func (b *builder) softenBudget() {
	if b.can.Adaptive {
		effort := b.req.Reasoning.Effort
		if effort == "" {
			effort = protocol.EffortOf(b.think.budget)
		}
		b.thinkAdaptive(effort)
		return
	}
	b.drop("reasoning")
	b.thinkNot()
}

// unsignedLoop reports whether the conversation stands in a loop of tool calls
// that does not begin with a thought, as happens when another provider made the
// calls.
func (b *builder) unsignedLoop() bool {
	n := len(b.turns)
	for n > 0 && b.turns[n-1].Role != llm.Assistant {
		n--
	}
	if n == 0 {
		return false
	}
	calls := false
	for i, block := range b.turns[n-1].Blocks {
		if i == 0 && (block.Kind == llm.Thinking || block.Kind == llm.Redacted) {
			return false
		}
		calls = calls || block.Kind == llm.ToolUse
	}
	return calls
}

// limit settles max_tokens, which must hold the thoughts and the answer.
func (b *builder) limit() {
	limit := b.can.MaxOutput
	answer := min(limit, defaultMax)
	if b.target.MaxTokens > 0 {
		answer = b.target.MaxTokens
	}
	if n := b.req.MaxTokens; n != nil && (*n > 0 || b.req.Origin == llm.Anthropic) {
		answer = *n
	}
	if b.can.Open {
		limit = max(limit, answer+b.think.budget)
	}
	answer = min(answer, limit)
	b.think.maxTokens = answer
	if b.think.kind != "enabled" || answer > b.think.budget {
		return
	}
	b.think.maxTokens = min(limit, answer+b.think.budget)
	// Where the model's own limit stands in the way, the answer gets at most half.
	room := min(answer, b.think.maxTokens/2)
	b.think.budget = max(minBudget, min(b.think.budget, b.think.maxTokens-room))
}

// writeSampling writes temperature, top_p and top_k as far as the model takes
// them. It takes one of the first two at most.
func (b *builder) writeSampling(o *protocol.Object) {
	r, free := b.req, b.can.Sampling && !b.think.on
	if t := r.Temperature; t != nil {
		switch {
		case free:
			o.Float("temperature", min(1, max(0, *t)))
		case *t != 1:
			b.drop("temperature")
		}
	}
	if p := r.TopP; p != nil && *p < 0.99 {
		switch {
		case free && r.Temperature == nil, b.can.Sampling && b.think.on && *p >= 0.95:
			o.Float("top_p", max(0, *p))
		default:
			b.drop("top_p")
		}
	}
	if k := r.TopK; k != nil && *k > 0 {
		if free {
			o.Int("top_k", *k)
		} else {
			b.drop("top_k")
		}
	}
}
