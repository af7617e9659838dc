package openai

import (
	"encoding/json"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// legacyMark is the member of Extra that remembers that the client speaks of
// functions instead of tools, and wants the answer so. Its value says nothing,
// so that nobody reports it as lost.
const legacyMark = "functions"

// isLegacy reports whether the answer is to use function_call.
func isLegacy(req *llm.Request) bool {
	_, ok := req.Extra[legacyMark]
	return ok && req.Origin == llm.OpenAI
}

func (d *decoder) tools(v gjson.Result) *llm.Error {
	switch {
	case !protocol.IsSet(v):
		return nil
	case !v.IsArray():
		return protocol.Fault("tools", "must be a list of tools")
	}
	for i, item := range v.Array() {
		t, e := decodeTool(item)
		if e != nil {
			return protocol.UnderIndex(e, "tools", i)
		}
		d.req.Tools = append(d.req.Tools, t)
	}
	return nil
}

// decodeTool reads a tool. The flat form of Responses is taken too, because
// clients mix the two.
func decodeTool(v gjson.Result) (llm.Tool, *llm.Error) {
	if !v.IsObject() {
		return llm.Tool{}, protocol.NotAnObject()
	}
	kind := v.Get("type").Str
	if kind == "" && v.Get("function").Exists() {
		kind = "function"
	}
	if kind == "" {
		return llm.Tool{}, protocol.Fault("type", "is required")
	}
	if kind != "function" && kind != "custom" {
		return llm.Tool{Raw: json.RawMessage(v.Raw), Origin: llm.OpenAI, Name: v.Get("name").Str}, nil
	}
	inner, way := v, ""
	if nested := v.Get(kind); nested.IsObject() {
		inner, way = nested, kind
	}
	t, e := decodeFunction(inner)
	if e != nil && way != "" {
		e = protocol.Under(e, way)
	}
	if kind == "custom" {
		t.Custom, t.Schema = true, nil
		t.Grammar = rawOf(inner.Get("format"))
	}
	t.Cache = decodeMark(v)
	if t.Cache == nil {
		t.Cache = decodeMark(inner)
	}
	return t, e
}

func decodeFunction(v gjson.Result) (llm.Tool, *llm.Error) {
	var t llm.Tool
	if e := protocol.ReadString(v.Get("name"), "name", &t.Name); e != nil {
		return t, e
	}
	if t.Name == "" {
		return t, protocol.Fault("name", "is required")
	}
	if e := protocol.ReadString(v.Get("description"), "description", &t.Description); e != nil {
		return t, e
	}
	if e := protocol.ReadBool(v.Get("strict"), "strict", &t.Strict); e != nil {
		return t, e
	}
	return t, protocol.ReadObject(v.Get("parameters"), "parameters", &t.Schema)
}

func rawOf(v gjson.Result) json.RawMessage {
	if !protocol.IsSet(v) {
		return nil
	}
	return json.RawMessage(v.Raw)
}

// toolChoice reads a word or an object. "any" is what others call "required".
func (d *decoder) toolChoice(v gjson.Result) *llm.Error {
	const field = "tool_choice"
	c := &d.req.ToolChoice
	if !protocol.IsSet(v) {
		return nil
	}
	word := v.Str
	if v.IsObject() {
		word = v.Get("type").Str
	}
	switch word {
	case "auto":
		c.Mode = llm.ChoiceAuto
	case "none":
		c.Mode = llm.ChoiceNone
	case "required", "any":
		c.Mode = llm.ChoiceAny
	case "function", "custom":
		ref, e := decodeRef(v)
		c.Mode, c.Names = llm.ChoiceAny, []llm.ToolRef{ref}
		return protocol.Under(e, field)
	case "allowed_tools":
		return protocol.Under(allowedTools(v, c), field)
	default:
		return protocol.Fault(field, `must be "none", "auto", "required" or an object that names tools`)
	}
	return nil
}

// allowedTools reads a subset of the tools, nested as in Chat Completions or
// flat as in Responses.
func allowedTools(v gjson.Result, c *llm.ToolChoice) *llm.Error {
	const field = "allowed_tools"
	if nested := v.Get(field); nested.IsObject() {
		v = nested
	}
	c.Mode = llm.ChoiceAuto
	switch v.Get("mode").Str {
	case "required":
		c.Mode = llm.ChoiceAny
	case "auto", "":
	default:
		return protocol.Fault(field+".mode", "must be auto or required")
	}
	for i, item := range v.Get("tools").Array() {
		ref, e := decodeRef(item)
		if e != nil {
			return protocol.Under(protocol.UnderIndex(e, "tools", i), field)
		}
		c.Names = append(c.Names, ref)
	}
	return nil
}

func decodeRef(v gjson.Result) (llm.ToolRef, *llm.Error) {
	ref := llm.ToolRef{Custom: v.Get("type").Str == "custom"}
	kind := "function"
	if ref.Custom {
		kind = "custom"
	}
	field, name := kind+".name", v.Get(kind+".name")
	if !v.Get(kind).Exists() {
		field, name = "name", v.Get("name")
	}
	if e := protocol.ReadString(name, field, &ref.Name); e != nil {
		return ref, e
	}
	if ref.Name == "" {
		return ref, protocol.Fault(field, "is required")
	}
	return ref, nil
}

// legacyTools reads functions and function_call, which tools and tool_choice
// have replaced.
func (d *decoder) legacyTools() *llm.Error {
	r := d.req
	if protocol.IsSet(d.functions) && !d.functions.IsArray() {
		return protocol.Fault("functions", "must be a list of functions")
	}
	for i, item := range d.functions.Array() {
		t, e := decodeFunction(item)
		if e != nil {
			return protocol.UnderIndex(e, "functions", i)
		}
		r.Tools = append(r.Tools, t)
		r.Extra = protocol.Keep(r.Extra, legacyMark, gjson.Result{Raw: "null"})
	}
	v := d.functionCall
	switch {
	case !protocol.IsSet(v):
	case v.Str == "none":
		r.ToolChoice.Mode = llm.ChoiceNone
	case v.Str == "auto":
		r.ToolChoice.Mode = llm.ChoiceAuto
	case v.IsObject() && v.Get("name").Str != "":
		r.ToolChoice.Mode, r.ToolChoice.Names = llm.ChoiceAny, []llm.ToolRef{{Name: v.Get("name").Str}}
	default:
		return protocol.Fault("function_call", `must be "none", "auto" or {"name": …}`)
	}
	return nil
}
