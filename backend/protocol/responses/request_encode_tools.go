package responses

import (
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// writeTools writes the tools and what is said of their use. Without tools
// nothing is, because the API refuses it.
func (b *builder) writeTools(o *protocol.Object) {
	list := protocol.BeginList(nil)
	tools := b.sendableTools()
	for i := 0; i < len(tools); i++ {
		if ns := tools[i].Namespace; b.native && ns != "" {
			n := i + 1
			for n < len(tools) && tools[n].Namespace == ns {
				n++
			}
			list.Value(func(dst []byte) []byte { return b.appendSpace(dst, tools[i:n]) })
			i = n - 1
			continue
		}
		list.Value(func(dst []byte) []byte { return b.appendTool(dst, &tools[i]) })
	}
	if list.Empty() {
		return
	}
	o.Raw("tools", list.End())
	b.writeChoice(o, tools)
	if p := b.req.ToolChoice.Parallel; p != nil {
		o.Bool("parallel_tool_calls", *p)
	}
}

// sendableTools leaves out the tools that other providers run, those of a
// namespace side by side.
func (b *builder) sendableTools() []llm.Tool {
	out := make([]llm.Tool, 0, len(b.req.Tools))
	for _, t := range b.req.Tools {
		if t.Raw != nil && t.Origin != llm.Responses {
			search := b.webSearch(&t)
			if search == nil {
				b.drop("tools." + toolLabel(&t))
				continue
			}
			t.Raw = search
		}
		out = append(out, t)
	}
	if b.native {
		return groupSpaces(out)
	}
	return out
}

// groupSpaces moves the tools of a namespace behind its first one.
func groupSpaces(tools []llm.Tool) []llm.Tool {
	first := map[string]int{}
	for i := range tools {
		if _, ok := first[tools[i].Namespace]; !ok {
			first[tools[i].Namespace] = i
		}
	}
	at := make(map[*llm.Tool]int, len(tools))
	order := make([]*llm.Tool, len(tools))
	for i := range tools {
		order[i], at[&tools[i]] = &tools[i], i
		if tools[i].Namespace != "" {
			at[&tools[i]] = first[tools[i].Namespace]
		}
	}
	slices.SortStableFunc(order, func(x, y *llm.Tool) int { return at[x] - at[y] })
	out := make([]llm.Tool, len(tools))
	for i := range order {
		out[i] = *order[i]
	}
	return out
}

func toolLabel(t *llm.Tool) string {
	if t.Name != "" {
		return t.Name
	}
	v := gjson.ParseBytes(t.Raw)
	if kind := v.Get("type").Str; kind != "" {
		return kind
	}
	label := "server"
	v.ForEach(func(key, _ gjson.Result) bool { // Gemini names the tool by its only member
		label = key.Str
		return false
	})
	return label
}

// webSearch words another provider's web search as this one's; nil for any other
// tool.
func (b *builder) webSearch(t *llm.Tool) []byte {
	v := gjson.ParseBytes(t.Raw)
	isGoogle := v.Get("googleSearch").Exists() || v.Get("google_search").Exists()
	if b.target.ThirdParty || !isGoogle && !strings.HasPrefix(v.Get("type").Str, "web_search") {
		return nil
	}
	o := protocol.BeginObject(nil)
	o.String("type", "web_search")
	if domains := v.Get("allowed_domains"); domains.IsArray() {
		o.Raw("filters", []byte(`{"allowed_domains":`+domains.Raw+`}`))
	}
	if place := v.Get("user_location"); place.IsObject() {
		o.Raw("user_location", []byte(place.Raw))
	}
	return o.End()
}

func (b *builder) appendSpace(dst []byte, tools []llm.Tool) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "namespace")
	o.String("name", tools[0].Namespace)
	o.String("description", tools[0].NamespaceDescription)
	o.Value("tools", func(dst []byte) []byte {
		list := protocol.BeginList(dst)
		for i := range tools {
			list.Value(func(dst []byte) []byte { return b.appendTool(dst, &tools[i]) })
		}
		return list.End()
	})
	return o.End()
}

// name is the tool's name toward the upstream.
func (b *builder) name(ns, name string) string {
	if b.native {
		return name
	}
	return b.names.Upstream(ns, name)
}

func (b *builder) appendTool(dst []byte, t *llm.Tool) []byte {
	if t.Raw != nil {
		return append(dst, protocol.Compact(t.Raw)...)
	}
	own := b.req.Origin == llm.Responses
	o := protocol.BeginObject(dst)
	name := b.name(t.Namespace, t.Name)
	custom := t.Custom && !b.target.ThirdParty
	if custom {
		o.String("type", "custom")
	} else {
		o.String("type", "function")
	}
	o.String("name", name)
	o.StringIf("description", t.Description)
	switch {
	case custom:
		o.Raw("format", flatGrammar(t.Grammar))
	case t.Custom:
		b.names.SetCustom(name)
		o.Raw("parameters", protocol.CustomSchema(t.Grammar))
		o.Bool("strict", false)
	default:
		o.Raw("parameters", protocol.Compact(protocol.NormalizeSchema(t.Schema)))
		b.writeStrict(&o, t)
	}
	if own && t.Defer {
		o.Bool("defer_loading", true)
	}
	if own && !b.target.ThirdParty {
		for _, key := range slices.Sorted(maps.Keys(t.Extra)) {
			o.Raw(key, protocol.Compact(t.Extra[key]))
		}
	}
	return o.End()
}

// writeStrict says whether the model is held to the schema. Silence would mean
// yes here, but no in every other format.
func (b *builder) writeStrict(o *protocol.Object, t *llm.Tool) {
	switch {
	case t.Strict == nil && b.req.Origin == llm.Responses:
	case t.Strict == nil:
		o.Bool("strict", false)
	case b.req.Origin == llm.Responses:
		o.Bool("strict", *t.Strict)
	default:
		o.Bool("strict", *t.Strict && isStrict(t.Schema))
	}
}

// flatGrammar words the format of a custom tool: Chat Completions nests it.
func flatGrammar(format []byte) []byte {
	syntax, definition := protocol.Grammar(format)
	if definition == "" {
		if len(format) == 0 {
			return nil
		}
		return []byte(`{"type":"text"}`)
	}
	o := protocol.BeginObject(nil)
	o.String("type", "grammar")
	o.String("syntax", syntax)
	o.String("definition", definition)
	return o.End()
}

func (b *builder) writeChoice(o *protocol.Object, tools []llm.Tool) {
	c := b.req.ToolChoice
	if own := b.req.Extra["tool_choice"]; own != nil && b.req.Origin == llm.Responses {
		o.Raw("tool_choice", protocol.Compact(own))
		return
	}
	mode := "auto"
	switch c.Mode {
	case llm.ChoiceNone:
		mode = "none"
	case llm.ChoiceAny:
		mode = "required"
	case "":
		if len(c.Names) == 0 {
			return
		}
	}
	switch {
	case len(c.Names) == 0 || c.Mode == llm.ChoiceNone:
		o.String("tool_choice", mode)
	case len(c.Names) == 1 && c.Mode == llm.ChoiceAny:
		o.Value("tool_choice", func(dst []byte) []byte { return b.appendRef(dst, c.Names[0], tools) })
	default:
		o.Value("tool_choice", func(dst []byte) []byte { return b.appendAllowed(dst, mode, tools) })
	}
}

func (b *builder) appendAllowed(dst []byte, mode string, tools []llm.Tool) []byte {
	o := protocol.BeginObject(dst)
	o.String("type", "allowed_tools")
	o.String("mode", mode)
	o.Value("tools", func(dst []byte) []byte {
		list := protocol.BeginList(dst)
		for _, ref := range b.req.ToolChoice.Names {
			list.Value(func(dst []byte) []byte { return b.appendRef(dst, ref, tools) })
		}
		return list.End()
	})
	return o.End()
}

// appendRef names a tool. Not every client knows that its tool is a custom one.
func (b *builder) appendRef(dst []byte, ref llm.ToolRef, tools []llm.Tool) []byte {
	custom := ref.Custom || slices.ContainsFunc(tools, func(t llm.Tool) bool {
		return t.Custom && t.Name == ref.Name && t.Namespace == ref.Namespace
	})
	o := protocol.BeginObject(dst)
	if custom && !b.target.ThirdParty {
		o.String("type", "custom")
	} else {
		o.String("type", "function")
	}
	o.String("name", b.name(ref.Namespace, ref.Name))
	if b.native {
		o.StringIf("namespace", ref.Namespace)
	}
	return o.End()
}
