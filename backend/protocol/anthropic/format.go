package anthropic

import (
	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	jsonOnly     = "Answer with a single JSON object and nothing else: no words around it, no code fence."
	jsonBySchema = "Answer with JSON that follows this schema, and nothing else: no words around it, no code fence.\n"
)

// pickFormat settles how the answer becomes JSON: by the model's own structured
// outputs, else by a tool whose arguments are the answer, else by asking for it.
func (b *builder) pickFormat() {
	f := b.req.Format
	schema := gjson.ParseBytes(f.Schema)
	switch {
	case f.Kind == llm.FormatJSONObject:
		b.instruction = jsonOnly
	case f.Kind != llm.FormatJSONSchema || !schema.IsObject():
	case b.can.Format:
		o := protocol.BeginObject(nil)
		o.String("type", "json_schema")
		o.Raw("schema", strictSchema(f.Schema))
		b.format = o.End()
	case b.can.Force && takesObject(schema):
		b.jsonTool = b.freeName("json")
	default:
		b.instruction = jsonBySchema + string(protocol.Compact(f.Schema))
	}
}

// takesObject reports whether arguments of a tool can follow the schema.
func takesObject(schema gjson.Result) bool {
	kind := schema.Get("type")
	return kind.Str == "object" || !kind.Exists() && schema.Get("properties").IsObject()
}

// freeName is a name that no tool of the client has.
func (b *builder) freeName(name string) string {
	for taken := true; taken; {
		taken = false
		for i := range b.tools {
			t := &b.tools[i]
			if taken = t.Name == name || b.names.Upstream(t.Namespace, t.Name) == name; taken {
				name += "_"
				break
			}
		}
	}
	return name
}

func (b *builder) appendJSONTool(dst []byte) []byte {
	text := "Call this tool to give the answer; its arguments are the answer."
	if b.req.Format.Description != "" {
		text += " " + b.req.Format.Description
	}
	o := protocol.BeginObject(dst)
	o.String("name", b.jsonTool)
	o.String("description", text)
	o.Raw("input_schema", protocol.FlattenRoot(protocol.NormalizeSchema(b.req.Format.Schema)))
	return o.End()
}
