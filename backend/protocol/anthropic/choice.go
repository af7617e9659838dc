package anthropic

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// maxStrict is how many tools may be strict at once; with more of them the
// service refuses the request.
const maxStrict = 20

// choice is tool_choice; an empty word leaves it out.
type choice struct {
	word   string
	name   string
	serial bool
}

func (c *choice) forces() bool { return c.word == "any" || c.word == "tool" }

// pickTools lists the tools to send and registers their names. Of two tools of
// one name the last definition counts, in the place of the first.
func (b *builder) pickTools() {
	allowed := b.allowed()
	place := map[string]int{}
	for _, t := range b.req.Tools {
		if t.Raw != nil && t.Origin != llm.Anthropic {
			b.drop("tools." + foreignName(&t))
			continue
		}
		key := t.Namespace + "\x00" + t.Name
		if allowed != nil && !allowed[key] {
			continue
		}
		if i, twice := place[key]; twice && t.Raw == nil {
			b.tools[i] = t
			continue
		}
		place[key] = len(b.tools)
		b.tools = append(b.tools, t)
		if t.Raw != nil {
			continue
		}
		name := b.names.Upstream(t.Namespace, t.Name)
		if t.Custom {
			b.names.SetCustom(name)
		}
	}
	if len(b.tools) == 0 {
		b.recallTools()
	}
}

func foreignName(t *llm.Tool) string {
	if kind := gjson.GetBytes(t.Raw, "type").Str; kind != "" {
		return kind
	}
	return t.Name
}

// allowed is what a subset leaves of the tools: those that it names and those
// that the conversation has called, without which the history would be refused.
// It is nil when everything may be sent.
func (b *builder) allowed() map[string]bool {
	c := b.req.ToolChoice
	if len(c.Names) == 0 || len(c.Names) == 1 && c.Mode == llm.ChoiceAny {
		return nil
	}
	out := map[string]bool{}
	for _, ref := range c.Names {
		out[ref.Namespace+"\x00"+ref.Name] = true
	}
	b.eachCall(func(c *llm.ToolCall) { out[c.Namespace+"\x00"+c.Name] = true })
	return out
}

func (b *builder) eachCall(do func(*llm.ToolCall)) {
	for _, t := range b.turns {
		for _, block := range t.Blocks {
			if block.Kind == llm.ToolUse {
				do(block.Call)
			}
		}
	}
}

// recallTools declares the tools that the history called when the client sends
// none any more: without them the service refuses the calls.
func (b *builder) recallTools() {
	seen := map[string]bool{}
	b.eachCall(func(c *llm.ToolCall) {
		name := b.names.Upstream(c.Namespace, c.Name)
		if seen[name] {
			return
		}
		seen[name] = true
		b.tools = append(b.tools, llm.Tool{Namespace: c.Namespace, Name: c.Name})
	})
	if len(b.tools) > 0 {
		b.req.ToolChoice = llm.ToolChoice{Mode: llm.ChoiceNone}
	}
}

// pickChoice settles tool_choice. A model that cannot be forced is told in
// words what is wanted.
func (b *builder) pickChoice() {
	c := b.req.ToolChoice
	if len(b.tools) == 0 && b.jsonTool == "" {
		return
	}
	b.choice.serial = c.Parallel != nil && !*c.Parallel
	switch {
	case b.jsonTool != "" && (len(b.tools) == 0 || c.Mode == llm.ChoiceNone):
		b.choice = choice{word: "tool", name: b.jsonTool, serial: true}
		return
	case b.jsonTool != "":
		b.choice.word = "any"
		return
	case c.Mode == llm.ChoiceNone:
		b.choice = choice{word: "none"}
		return
	case c.Mode == llm.ChoiceAny && len(c.Names) == 1:
		b.choice.word, b.choice.name = "tool", b.toolName(c.Names[0])
	case c.Mode == llm.ChoiceAny:
		b.choice.word = "any"
	case c.Mode == llm.ChoiceAuto || b.choice.serial:
		b.choice.word = "auto"
	}
	if b.choice.forces() && !b.can.Force {
		b.askForCall()
	}
}

func (b *builder) askForCall() {
	b.note = "Answer with a tool call."
	if b.choice.word == "tool" {
		b.note = "Answer with a call of the tool " + b.choice.name + "."
	}
	b.choice = choice{word: "auto", serial: b.choice.serial}
}

// toolName is the upstream's name of a tool that must be among those sent.
func (b *builder) toolName(ref llm.ToolRef) string {
	for i := range b.tools {
		t := &b.tools[i]
		switch {
		case t.Name != ref.Name || t.Namespace != ref.Namespace:
		case t.Raw != nil:
			return t.Name
		default:
			return b.names.Upstream(t.Namespace, t.Name)
		}
	}
	b.fail(b.param("tool_choice"), "tool_choice names the tool "+strconv.Quote(ref.Name)+", which is not among the tools")
	return ref.Name
}

func (b *builder) writeTools(o *protocol.Object) {
	if len(b.tools) == 0 && b.jsonTool == "" {
		return
	}
	strict := b.strictAllowed()
	o.Value("tools", func(dst []byte) []byte {
		list := protocol.BeginList(dst)
		for i := range b.tools {
			if b.tools[i].Raw != nil {
				list.Raw(b.tools[i].Raw)
				continue
			}
			list.Value(func(dst []byte) []byte { return b.appendTool(dst, i, strict) })
		}
		if b.jsonTool != "" {
			list.Value(b.appendJSONTool)
		}
		return list.End()
	})
	if b.choice.word == "" {
		return
	}
	o.Value("tool_choice", func(dst []byte) []byte {
		c := protocol.BeginObject(dst)
		c.String("type", b.choice.word)
		c.StringIf("name", b.choice.name)
		if b.choice.serial {
			c.Bool("disable_parallel_tool_use", true)
		}
		return c.End()
	})
}

func isStrict(t llm.Tool) bool { return t.Strict != nil && *t.Strict && !t.Custom }

func (b *builder) strictAllowed() bool {
	n := 0
	for _, t := range b.tools {
		if isStrict(t) {
			n++
		}
	}
	return b.can.Format && n <= maxStrict
}

func (b *builder) appendTool(dst []byte, i int, strict bool) []byte {
	t := &b.tools[i]
	o := protocol.BeginObject(dst)
	o.String("name", b.names.Upstream(t.Namespace, t.Name))
	o.StringIf("description", t.Description)
	schema := protocol.CustomSchema(t.Grammar)
	if !t.Custom {
		schema = protocol.FlattenRoot(protocol.NormalizeSchema(t.Schema))
	}
	if strict = strict && isStrict(*t); strict {
		schema = strictSchema(schema)
	}
	o.Raw("input_schema", schema)
	if strict {
		o.Bool("strict", true)
	}
	if t.Defer && b.req.Origin == llm.Anthropic && slices.ContainsFunc(b.tools, isSearchTool) {
		o.Bool("defer_loading", true)
	}
	if ttl := b.marks.tools[i]; ttl != "" {
		o.Raw("cache_control", cacheControl(ttl))
	}
	return o.End()
}

// isSearchTool recognises the tool that makes deferred ones reachable.
func isSearchTool(t llm.Tool) bool {
	return t.Raw != nil && len(foreignName(&t)) > 11 && foreignName(&t)[:11] == "tool_search"
}
