package anthropic

import (
	"encoding/json"

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
	o.Raw("input_schema", rootObject(protocol.NormalizeSchema(b.req.Format.Schema)))
	return o.End()
}

// rootObject takes combinations off the root of a tool's schema, where the
// service refuses them. The properties of the branches become properties of the
// whole, none of them required.
func rootObject(raw json.RawMessage) json.RawMessage {
	root := gjson.ParseBytes(raw)
	combined := false
	for _, key := range combinations {
		combined = combined || root.Get(key).Exists()
	}
	if !combined {
		return raw
	}
	o := protocol.BeginObject(nil)
	root.ForEach(func(key, v gjson.Result) bool {
		if key.Str != "properties" && !isCombination(key.Str) {
			o.Raw(key.Str, []byte(v.Raw))
		}
		return true
	})
	o.Value("properties", func(dst []byte) []byte { return appendUnion(dst, root) })
	return o.End()
}

var combinations = []string{"anyOf", "oneOf", "allOf"}

func isCombination(key string) bool {
	return key == "anyOf" || key == "oneOf" || key == "allOf"
}

func appendUnion(dst []byte, root gjson.Result) []byte {
	o := protocol.BeginObject(dst)
	seen := map[string]bool{}
	add := func(properties gjson.Result) {
		properties.ForEach(func(key, v gjson.Result) bool {
			if !seen[key.Str] {
				seen[key.Str] = true
				o.Raw(key.Str, []byte(v.Raw))
			}
			return true
		})
	}
	add(root.Get("properties"))
	for _, key := range combinations {
		for _, branch := range root.Get(key).Array() {
			add(branch.Get("properties"))
		}
	}
	return o.End()
}
