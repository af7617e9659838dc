package kiro

import (
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	jsonOnly     = "Answer with a single JSON object and nothing else: no words around it, no code fence."
	jsonBySchema = "Answer with JSON that follows this schema, and nothing else: no words around it, no code fence.\n"
	oneAtATime   = "Call at most one tool in this answer."
	noCall       = "Do not call any tool in this answer."
)

// pickFormat puts into words what the service has no parameter for.
func (b *builder) pickFormat() {
	switch f := &b.req.Format; f.Kind {
	case llm.FormatJSONObject:
		b.notes = append(b.notes, jsonOnly)
	case llm.FormatJSONSchema:
		b.notes = append(b.notes, jsonBySchema+string(protocol.Compact(f.Schema)))
	default:
		return
	}
	b.drop("response_format")
}

// pickTools lists the tools to send. The service has no place for tool_choice:
// a subset is sent alone, and the rest is told in words. What the history called
// stays, or it would be refused.
func (b *builder) pickTools() {
	choice := b.req.ToolChoice
	called := b.called()
	allowed := b.allowed()
	for i := range b.req.Tools {
		t := &b.req.Tools[i]
		if t.Raw != nil {
			b.drop("tools." + foreignName(t))
			continue
		}
		ref := llm.ToolRef{Name: t.Name, Namespace: t.Namespace}
		if (choice.Mode == llm.ChoiceNone || allowed != nil && !allowed[ref]) && !called[ref] {
			continue
		}
		b.talk.tools = append(b.talk.tools, toolOf(t))
	}
	b.wordChoice(choice, len(called) > 0)
}

func toolOf(t *llm.Tool) tool {
	out := tool{namespace: t.Namespace, name: t.Name, custom: t.Custom, description: t.Description, schema: t.Schema}
	if t.Custom {
		out.schema = protocol.CustomSchema(t.Grammar)
	}
	return out
}

func foreignName(t *llm.Tool) string {
	if kind := gjson.GetBytes(t.Raw, "type").Str; kind != "" {
		return kind
	}
	return t.Name
}

// called are the tools of the history.
func (b *builder) called() map[llm.ToolRef]bool {
	out := map[llm.ToolRef]bool{}
	for i := range b.req.Turns {
		for _, block := range b.req.Turns[i].Blocks {
			if block.Kind == llm.ToolUse && block.Call != nil {
				out[llm.ToolRef{Name: block.Call.Name, Namespace: block.Call.Namespace}] = true
			}
		}
	}
	return out
}

// allowed are the tools of a subset; nil when all may be called.
func (b *builder) allowed() map[llm.ToolRef]bool {
	names := b.req.ToolChoice.Names
	if len(names) == 0 || len(names) == 1 && b.req.ToolChoice.Mode == llm.ChoiceAny {
		return nil
	}
	out := map[llm.ToolRef]bool{}
	for _, ref := range names {
		out[llm.ToolRef{Name: ref.Name, Namespace: ref.Namespace}] = true
	}
	return out
}

// wordChoice tells the model in words how free it is. Words are weaker than a
// parameter, so what was asked for counts as dropped.
func (b *builder) wordChoice(c llm.ToolChoice, called bool) {
	if len(b.talk.tools) == 0 && !called {
		return
	}
	switch {
	case c.Mode == llm.ChoiceNone:
		if called {
			b.notes = append(b.notes, noCall)
			b.drop("tool_choice")
		}
		return
	case c.Mode == llm.ChoiceAny && len(c.Names) == 1:
		b.notes = append(b.notes, "Answer with a call of the tool "+b.declared(c.Names[0])+".")
		b.drop("tool_choice")
	case c.Mode == llm.ChoiceAny:
		b.notes = append(b.notes, "Answer with a tool call.")
		b.drop("tool_choice")
	}
	if c.Parallel != nil && !*c.Parallel {
		b.notes = append(b.notes, oneAtATime)
		b.drop("parallel_tool_calls")
	}
}

// declared is the name on the wire of a tool that must be among those sent. The
// tools are named in the same order later on.
func (b *builder) declared(ref llm.ToolRef) string {
	found := ""
	for _, t := range b.talk.tools {
		wire := nameOf(b.names, t.namespace, t.name, t.custom)
		if t.name == ref.Name && t.namespace == ref.Namespace {
			found = wire
		}
	}
	if found == "" {
		b.fail(llm.InvalidRequest, b.param("tool_choice"), "names the tool "+strconv.Quote(ref.Name)+", which is not among the tools")
	}
	return found
}
