package anthropic

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

func (d *decoder) tools(v gjson.Result) *llm.Error {
	switch {
	case !protocol.IsSet(v):
		return nil
	case !v.IsArray():
		return protocol.Fault("tools", "must be a list of tools")
	}
	seen := map[string]bool{}
	for i, item := range v.Array() {
		t, e := decodeTool(item)
		if e == nil && t.Name != "" && seen[t.Name] {
			e = protocol.Fault("name", "tool names must be unique")
		}
		if e != nil {
			return protocol.UnderIndex(e, "tools", i)
		}
		seen[t.Name] = true
		d.req.Tools = append(d.req.Tools, t)
	}
	return nil
}

func decodeTool(v gjson.Result) (llm.Tool, *llm.Error) {
	var t llm.Tool
	if !v.IsObject() {
		return t, &llm.Error{Kind: llm.InvalidRequest, Message: "must be an object"}
	}
	if e := protocol.ReadString(v.Get("name"), "name", &t.Name); e != nil {
		return t, e
	}
	if e := cacheMark(v.Get("cache_control"), &t.Cache); e != nil {
		return t, e
	}
	t.Defer = v.Get("defer_loading").Bool()
	kind := v.Get("type").Str
	if kind == "" || kind == "custom" {
		return t, decodeFunction(v, &t)
	}
	for prefix, typed := range typedTools {
		if strings.HasPrefix(kind, prefix) {
			t.Description, t.Schema = typed.description, json.RawMessage(typed.schema)
			return t, nil
		}
	}
	t.Raw, t.Origin = json.RawMessage(v.Raw), llm.Anthropic
	return t, nil
}

func decodeFunction(v gjson.Result, t *llm.Tool) *llm.Error {
	if t.Name == "" {
		return protocol.Fault("name", "is required")
	}
	if e := protocol.ReadString(v.Get("description"), "description", &t.Description); e != nil {
		return e
	}
	switch schema := v.Get("input_schema"); {
	case !protocol.IsSet(schema):
		t.Schema = json.RawMessage(`{"type":"object","properties":{}}`)
	case !schema.IsObject():
		return protocol.Fault("input_schema", "must be a JSON schema")
	default:
		t.Schema = json.RawMessage(schema.Raw)
	}
	return protocol.ReadBool(v.Get("strict"), "strict", &t.Strict)
}

// typedTools are the tools whose schema Anthropic's models know by heart. Other
// models take them as functions with the schema of the documentation; it is the
// client that runs them in either case.
var typedTools = map[string]struct{ description, schema string }{
	"bash_": {
		"Runs a command in a persistent bash session and returns its output.",
		`{"type":"object","properties":{"command":{"type":"string","description":"The command to run."},` +
			`"restart":{"type":"boolean","description":"Restart the session instead of running a command."}}}`,
	},
	"text_editor_": {
		"Views, creates and edits text files.",
		`{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","undo_edit"]},` +
			`"path":{"type":"string","description":"Path of the file or folder."},` +
			`"file_text":{"type":"string","description":"For create: the content of the new file."},` +
			`"old_str":{"type":"string","description":"For str_replace: the text to replace; it must occur exactly once."},` +
			`"new_str":{"type":"string","description":"For str_replace and insert: the new text."},` +
			`"insert_line":{"type":"integer","description":"For insert: the line after which to insert, 0 for the beginning."},` +
			`"insert_text":{"type":"string","description":"For insert: the text to insert."},` +
			`"view_range":{"type":"array","items":{"type":"integer"},"description":"For view: first and last line, -1 for the end."}},` +
			`"required":["command","path"]}`,
	},
	"memory_": {
		"Keeps notes in files below /memories that last longer than the conversation.",
		`{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},` +
			`"path":{"type":"string"},"view_range":{"type":"array","items":{"type":"integer"}},"file_text":{"type":"string"},` +
			`"old_str":{"type":"string"},"new_str":{"type":"string"},"insert_line":{"type":"integer"},"insert_text":{"type":"string"},` +
			`"old_path":{"type":"string"},"new_path":{"type":"string"}},"required":["command"]}`,
	},
}

// placeholder is the deferred tool by which Claude Code tells the service that
// more tools can be searched for. Nobody can call it.
const placeholder = "DeferredToolPlaceholder"

// loadTools gives the deferred tools that the conversation has loaded their
// place among the others.
func (d *decoder) loadTools() {
	kept := d.req.Tools[:0]
	for _, t := range d.req.Tools {
		if t.Name == placeholder && t.Defer {
			continue
		}
		t.Defer = t.Defer && !d.loaded[t.Name]
		kept = append(kept, t)
	}
	d.req.Tools = kept
}

func (d *decoder) toolChoice(v gjson.Result) *llm.Error {
	if !protocol.IsSet(v) {
		return nil
	}
	c := &d.req.ToolChoice
	switch kind := v.Get("type").Str; kind {
	case "auto", "any", "none":
		c.Mode = llm.ChoiceMode(kind)
	case "tool":
		name := v.Get("name").Str
		if name == "" {
			return protocol.Fault("tool_choice.name", "is required")
		}
		c.Mode, c.Names = llm.ChoiceAny, []llm.ToolRef{{Name: name}}
	default:
		return protocol.Fault("tool_choice.type", "must be auto, any, tool or none")
	}
	var serial *bool
	if e := protocol.ReadBool(v.Get("disable_parallel_tool_use"), "disable_parallel_tool_use", &serial); e != nil {
		return protocol.Under(e, "tool_choice")
	}
	if serial != nil {
		parallel := !*serial
		c.Parallel = &parallel
	}
	return nil
}
