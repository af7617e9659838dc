package responses

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// toolSpace is the namespace whose tools are being read.
type toolSpace struct{ name, description string }

func (d *requestDecoder) tools(v gjson.Result, in toolSpace) *llm.Error {
	if !protocol.IsSet(v) {
		return nil
	}
	if !v.IsArray() {
		return &llm.Error{Kind: llm.InvalidRequest, Message: "must be a list of tools"}
	}
	for i, item := range v.Array() {
		if e := d.tool(item, in); e != nil {
			return protocol.UnderElement(e, "", i)
		}
	}
	return nil
}

func (d *requestDecoder) tool(v gjson.Result, in toolSpace) *llm.Error {
	if !v.IsObject() {
		return protocol.NotAnObject()
	}
	name := v.Get("name").Str
	switch kind := v.Get("type").Str; kind {
	case "":
		return protocol.Fault("type", "is required")
	case "function", "custom":
		if name == "" {
			return protocol.Fault("name", "is required")
		}
		t := llm.Tool{Name: name, Namespace: in.name, NamespaceDescription: in.description, Custom: kind == "custom"}
		if e := decodeTool(v, &t); e != nil {
			return e
		}
		d.addTool(t)
		return nil
	case "namespace":
		if name == "" {
			return protocol.Fault("name", "is required")
		}
		return protocol.Under(d.tools(v.Get("tools"), toolSpace{name, v.Get("description").Str}), "tools")
	}
	d.req.Tools = append(d.req.Tools, llm.Tool{Raw: json.RawMessage(v.Raw), Origin: llm.Responses})
	return nil
}

func decodeTool(v gjson.Result, t *llm.Tool) *llm.Error {
	var failed *llm.Error
	v.ForEach(func(key, m gjson.Result) bool {
		switch key.Str {
		case "type", "name":
		case "description":
			failed = protocol.ReadString(m, key.Str, &t.Description)
		case "parameters":
			if protocol.IsSet(m) && !m.IsObject() {
				failed = protocol.Fault(key.Str, "must be a JSON schema")
			} else if protocol.IsSet(m) {
				t.Schema = json.RawMessage(m.Raw)
			}
		case "strict":
			failed = protocol.ReadBool(m, key.Str, &t.Strict)
		case "defer_loading":
			t.Defer = m.Bool()
		case "format":
			t.Grammar = json.RawMessage(m.Raw)
		default:
			if protocol.IsSet(m) {
				t.Extra = protocol.Keep(t.Extra, key.Str, m)
			}
		}
		return failed == nil
	})
	return failed
}

// addTool appends a tool; of two definitions of one name the last one counts.
func (d *requestDecoder) addTool(t llm.Tool) {
	for i := range d.req.Tools {
		if old := &d.req.Tools[i]; old.Raw == nil && old.Name == t.Name && old.Namespace == t.Namespace {
			*old = t
			return
		}
	}
	d.req.Tools = append(d.req.Tools, t)
}

func (d *requestDecoder) toolChoice(v gjson.Result) *llm.Error {
	c := &d.req.ToolChoice
	switch {
	case !protocol.IsSet(v):
		return nil
	case v.Type == gjson.String:
		mode, ok := choiceMode(v.Str)
		if !ok {
			return &llm.Error{Kind: llm.InvalidRequest, Message: "must be none, auto, required or an object"}
		}
		c.Mode = mode
		return nil
	case !v.IsObject():
		return &llm.Error{Kind: llm.InvalidRequest, Message: "must be a string or an object"}
	}
	switch kind := v.Get("type").Str; kind {
	case "function", "custom":
		ref := toolRef(v)
		if ref.Name == "" {
			return protocol.Fault("name", "is required")
		}
		c.Mode, c.Names = llm.ChoiceAny, []llm.ToolRef{ref}
	case "allowed_tools":
		return d.allowedTools(v)
	case "":
		return protocol.Fault("type", "is required")
	default: // a tool of the provider
		d.keep("tool_choice", v.Raw)
	}
	return nil
}

func (d *requestDecoder) allowedTools(v gjson.Result) *llm.Error {
	mode, ok := choiceMode(v.Get("mode").Str)
	if !ok || mode == llm.ChoiceNone {
		return protocol.Fault("mode", "must be auto or required")
	}
	var names []llm.ToolRef
	for _, t := range v.Get("tools").Array() {
		if ref := toolRef(t); ref.Name != "" {
			names = append(names, ref)
		}
	}
	if len(names) == 0 {
		d.keep("tool_choice", v.Raw)
		return nil
	}
	d.req.ToolChoice.Mode, d.req.ToolChoice.Names = mode, names
	return nil
}

func choiceMode(s string) (llm.ChoiceMode, bool) {
	switch s {
	case "auto":
		return llm.ChoiceAuto, true
	case "none":
		return llm.ChoiceNone, true
	case "required":
		return llm.ChoiceAny, true
	}
	return "", false
}

func toolRef(v gjson.Result) llm.ToolRef {
	switch v.Get("type").Str {
	case "function", "custom":
		return llm.ToolRef{Name: v.Get("name").Str, Namespace: v.Get("namespace").Str, Custom: v.Get("type").Str == "custom"}
	}
	return llm.ToolRef{}
}

// qualify completes the names that leave their namespace out, in the choice and
// in the history, so that one tool has one name everywhere.
func (d *requestDecoder) qualify() {
	r := d.req
	for i := range r.ToolChoice.Names {
		n := &r.ToolChoice.Names[i]
		n.Namespace = namespaceOf(r.Tools, n.Namespace, n.Name)
	}
	for i := range r.Turns {
		for j := range r.Turns[i].Blocks {
			if c := r.Turns[i].Blocks[j].Call; c != nil {
				c.Namespace = namespaceOf(r.Tools, c.Namespace, c.Name)
			}
		}
	}
}

// namespaceOf is the namespace of a tool that was named without one, if only one
// tool can be meant.
func namespaceOf(tools []llm.Tool, ns, name string) string {
	if ns != "" {
		return ns
	}
	found := ""
	for i := range tools {
		switch t := &tools[i]; {
		case t.Name != name || t.Raw != nil:
		case t.Namespace == "" || found != "" && found != t.Namespace:
			return ""
		default:
			found = t.Namespace
		}
	}
	return found
}
