package gemini

import (
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// pickTools leaves out the tools of other providers and, of two of one name, the
// former.
func (b *builder) pickTools() {
	at := map[string]int{}
	for _, t := range b.req.Tools {
		if t.Raw != nil {
			if t.Origin != llm.Gemini {
				b.drop("tools." + foreignName(&t))
			}
			continue
		}
		name := b.names.Upstream(t.Namespace, t.Name)
		if t.Custom {
			b.names.SetCustom(name)
		}
		if i, twice := at[name]; twice {
			b.tools[i] = t
			continue
		}
		at[name] = len(b.tools)
		b.tools = append(b.tools, t)
	}
}

func foreignName(t *llm.Tool) string {
	if kind := gjson.GetBytes(t.Raw, "type").Str; kind != "" {
		return kind
	}
	return t.Name
}

func (b *builder) writeTools(o *protocol.Object) {
	l := protocol.BeginList(nil)
	if len(b.tools) > 0 {
		l.Value(b.appendFunctions)
	}
	for _, t := range b.req.Tools {
		if t.Raw != nil && t.Origin == llm.Gemini {
			l.Raw(protocol.Compact(t.Raw))
		}
	}
	if !l.Empty() {
		o.Raw("tools", l.End())
	}
	b.writeToolConfig(o)
}

func (b *builder) appendFunctions(dst []byte) []byte {
	l := protocol.BeginList(append(dst, `{"functionDeclarations":`...))
	for i := range b.tools {
		l.Value(func(dst []byte) []byte { return b.appendFunction(dst, &b.tools[i]) })
	}
	return append(l.End(), '}')
}

func (b *builder) appendFunction(dst []byte, t *llm.Tool) []byte {
	o := protocol.BeginObject(dst)
	o.String("name", b.names.Upstream(t.Namespace, t.Name))
	o.StringIf("description", t.Description)
	schema := t.Schema
	if t.Custom {
		schema = protocol.CustomSchema(t.Grammar)
	}
	o.Raw("parametersJsonSchema", functionSchema(schema))
	if b.req.Origin == llm.Gemini {
		for _, name := range sortedKeys(t.Extra) {
			o.Raw(name, t.Extra[name])
		}
	}
	return o.End()
}

// writeToolConfig writes how free the model is to call functions.
func (b *builder) writeToolConfig(o *protocol.Object) {
	c := protocol.BeginObject(nil)
	if mode, names := b.calling(); mode != "" {
		c.Value("functionCallingConfig", func(dst []byte) []byte {
			f := protocol.BeginObject(dst)
			f.String("mode", mode)
			if len(names) > 0 {
				f.Strings("allowedFunctionNames", names)
			}
			b.writeExtra(&f, "toolConfig.functionCallingConfig.")
			return f.End()
		})
	}
	b.writeExtra(&c, "toolConfig.")
	if !c.Empty() {
		o.Raw("toolConfig", c.End())
	}
}

// calling is the mode and the names of functionCallingConfig; no mode where
// there is nothing to say. VALIDATED is what keeps AUTO to some functions.
func (b *builder) calling() (mode string, names []string) {
	c := b.req.ToolChoice
	if len(b.tools) == 0 || c.Mode == "" && len(c.Names) == 0 {
		return "", nil
	}
	if c.Mode == llm.ChoiceNone {
		return "NONE", nil
	}
	for _, ref := range c.Names {
		if name := b.declared(ref); name != "" {
			names = append(names, name)
		}
	}
	switch {
	case len(c.Names) > 0 && len(names) == 0:
		b.fail(b.param("tool_choice"), "names the tool "+strconv.Quote(c.Names[0].Name)+", which is not among the tools")
	case c.Mode == llm.ChoiceAny:
		return "ANY", names
	case len(names) > 0:
		return "VALIDATED", names
	}
	return "AUTO", nil
}

// declared is the upstream's name of a tool that is among those sent.
func (b *builder) declared(ref llm.ToolRef) string {
	for i := range b.tools {
		if t := &b.tools[i]; t.Name == ref.Name && t.Namespace == ref.Namespace {
			return b.names.Upstream(t.Namespace, t.Name)
		}
	}
	return ""
}
