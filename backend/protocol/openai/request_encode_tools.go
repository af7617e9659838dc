package openai

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// encodeTools words the tools and registers their names. Of two with the same
// name the last one counts, because the service refuses both.
func (b *builder) encodeTools() {
	tools := b.offered()
	last := map[string]int{}
	for i, t := range tools {
		if isFunction(&t) {
			last[b.names.Upstream(t.Namespace, t.Name)] = i
		}
	}
	for i := range tools {
		t := &tools[i]
		if !isFunction(t) {
			b.serverTool(t)
			continue
		}
		name := b.names.Upstream(t.Namespace, t.Name)
		if last[name] == i {
			b.some = true
			b.tools = appendElement(b.tools, b.appendTool(nil, name, t))
		}
	}
}

// isFunction reports whether a tool is the client's own: also a typed tool of
// another provider whose arguments are known.
func isFunction(t *llm.Tool) bool {
	return t.Raw == nil || t.Origin != llm.OpenAI && t.Name != "" && len(t.Schema) > 0
}

// offered is the list of tools. Services that know no subsets get only the
// tools of the subset, unless the conversation has used another one.
func (b *builder) offered() []llm.Tool {
	names := b.req.ToolChoice.Names
	if !b.isSubset() || !b.t.ThirdParty || b.usesOther(names) {
		return b.req.Tools
	}
	var out []llm.Tool
	for _, t := range b.req.Tools {
		if isNamed(names, t.Namespace, t.Name) {
			out = append(out, t)
		}
	}
	return out
}

// isSubset reports whether the choice is among some of the tools.
func (b *builder) isSubset() bool {
	c := &b.req.ToolChoice
	return len(c.Names) > 1 || len(c.Names) == 1 && c.Mode != llm.ChoiceAny
}

func isNamed(names []llm.ToolRef, ns, name string) bool {
	return slices.ContainsFunc(names, func(r llm.ToolRef) bool { return r.Name == name && r.Namespace == ns })
}

func (b *builder) usesOther(names []llm.ToolRef) bool {
	for i := range b.req.Turns {
		for _, block := range b.req.Turns[i].Blocks {
			if c := block.Call; block.Kind == llm.ToolUse && c != nil && !isNamed(names, c.Namespace, c.Name) {
				return true
			}
		}
	}
	return false
}

// serverTool takes a tool of a provider along to its own format only.
func (b *builder) serverTool(t *llm.Tool) {
	if t.Origin == llm.OpenAI {
		b.tools = appendElement(b.tools, t.Raw)
		return
	}
	if kind := kindOf(t.Raw); !b.can.Search || !strings.Contains(strings.ToLower(kind), "search") {
		b.drop("tools." + kind)
	}
}

func (b *builder) appendTool(dst []byte, name string, t *llm.Tool) []byte {
	if t.Custom && b.can.Custom && !b.t.ThirdParty {
		b.custom[name] = true
		return appendCustomTool(dst, name, t)
	}
	schema := t.Schema
	if t.Custom {
		b.names.SetCustom(name)
		schema = protocol.CustomSchema(t.Grammar)
	}
	schema = protocol.NormalizeSchema(schema)
	o := protocol.BeginObject(dst)
	o.String("type", "function")
	o.Value("function", func(dst []byte) []byte {
		f := protocol.BeginObject(dst)
		f.String("name", name)
		f.StringIf("description", t.Description)
		f.Raw("parameters", schema)
		if strict, said := b.strict(t, schema); said {
			f.Bool("strict", strict)
		}
		return f.End()
	})
	return o.End()
}

// strict says whether a tool's arguments are to follow the schema to the
// letter. What OpenAI's own clients say is not doubted; others may ask it of
// schemas that OpenAI refuses.
func (b *builder) strict(t *llm.Tool, schema json.RawMessage) (strict, said bool) {
	switch {
	case t.Strict == nil || t.Custom || b.t.ThirdParty:
		return false, false
	case *t.Strict && !b.ownFamily():
		return true, isStrict(schema)
	}
	return *t.Strict, true
}

func appendCustomTool(dst []byte, name string, t *llm.Tool) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "custom")
	o.Value("custom", func(dst []byte) []byte {
		c := protocol.BeginObject(dst)
		c.String("name", name)
		c.StringIf("description", t.Description)
		if syntax, definition := protocol.Grammar(t.Grammar); definition != "" {
			c.Value("format", func(dst []byte) []byte {
				dst = protocol.AppendString(append(dst, `{"type":"grammar","grammar":{"syntax":`...), syntax)
				dst = protocol.AppendString(append(dst, `,"definition":`...), definition)
				return append(dst, "}}"...)
			})
		}
		return c.End()
	})
	return o.End()
}

// isStrict reports whether a schema is in the subset that OpenAI takes for
// strict: every object closed and all its properties required.
func isStrict(schema json.RawMessage) bool {
	v := gjson.ParseBytes(schema)
	return v.IsObject() && v.Get("type").Str == "object" && closed(v)
}

func closed(v gjson.Result) bool {
	if v.Get("type").Str == "object" || v.Get("properties").Exists() {
		if v.Get("additionalProperties").Type != gjson.False || !allRequired(v) {
			return false
		}
	}
	ok := true
	v.ForEach(func(key, m gjson.Result) bool {
		switch key.Str {
		case "patternProperties", "default", "oneOf", "allOf", "not", "if":
			ok = false
		case "properties", "$defs", "definitions", "anyOf":
			m.ForEach(func(_, s gjson.Result) bool {
				ok = closed(s)
				return ok
			})
		case "items":
			ok = closed(m)
		}
		return ok
	})
	return ok
}

func allRequired(v gjson.Result) bool {
	required := map[string]bool{}
	for _, name := range v.Get("required").Array() {
		required[name.Str] = true
	}
	ok := true
	v.Get("properties").ForEach(func(key, _ gjson.Result) bool {
		ok = required[key.Str]
		return ok
	})
	return ok
}

// addTools adds the tools and how free the model is to call them.
func (b *builder) addTools(o *protocol.Object) {
	if len(b.tools) > 0 {
		o.Raw("tools", list(b.tools))
	}
	if b.can.Search && slices.ContainsFunc(b.req.Tools, func(t llm.Tool) bool { return t.Raw != nil && t.Origin != llm.OpenAI }) {
		o.Raw("web_search_options", []byte("{}"))
	}
	if !b.some {
		return
	}
	b.choice(o)
	parallel := b.req.ToolChoice.Parallel
	switch {
	case parallel == nil:
	case b.t.ThirdParty || b.can.Serial:
		b.dropIf(!*parallel, "parallel_tool_calls")
	default:
		o.Bool("parallel_tool_calls", *parallel)
	}
}

func (b *builder) choice(o *protocol.Object) {
	c := &b.req.ToolChoice
	mode := map[llm.ChoiceMode]string{llm.ChoiceAuto: "auto", llm.ChoiceNone: "none", llm.ChoiceAny: "required"}[c.Mode]
	switch {
	case c.Mode == llm.ChoiceNone || len(c.Names) == 0 || b.isSubset() && b.t.ThirdParty:
		o.StringIf("tool_choice", mode)
	case !b.isSubset():
		o.Value("tool_choice", func(dst []byte) []byte { return b.appendRef(dst, c.Names[0]) })
	default:
		if mode == "" {
			mode = "auto"
		}
		o.Value("tool_choice", func(dst []byte) []byte {
			dst = protocol.AppendString(append(dst, `{"type":"allowed_tools","allowed_tools":{"mode":`...), mode)
			l := protocol.BeginList(append(dst, `,"tools":`...))
			for _, ref := range c.Names {
				l.Value(func(dst []byte) []byte { return b.appendRef(dst, ref) })
			}
			return append(l.End(), "}}"...)
		})
	}
}

func (b *builder) appendRef(dst []byte, ref llm.ToolRef) []byte {
	name := b.names.Upstream(ref.Namespace, ref.Name)
	kind := "function"
	if b.custom[name] {
		kind = "custom"
	}
	o := protocol.BeginObject(dst)
	o.String("type", kind)
	o.Value(kind, func(dst []byte) []byte {
		dst = protocol.AppendString(append(dst, `{"name":`...), name)
		return append(dst, '}')
	})
	return o.End()
}
