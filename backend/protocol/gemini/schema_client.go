package gemini

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// plainSchema words a schema of a Gemini client as plain JSON Schema: its types
// in lower case, which Gemini CLI writes large even in JSON Schema, nullable as
// a type, numbers as numbers, and without what only Google knows.
func plainSchema(raw []byte) json.RawMessage {
	return appendPlain(nil, gjson.ParseBytes(raw), 0)
}

// maxSchemaDepth bounds what is made of a schema; no real one is nearly as deep.
const maxSchemaDepth = 64

func appendPlain(dst []byte, v gjson.Result, depth int) []byte {
	if depth++; !v.IsObject() || depth > maxSchemaDepth {
		return append(dst, v.Raw...)
	}
	nullable := v.Get("nullable").Type == gjson.True
	o := protocol.BeginObject(dst)
	v.ForEach(func(key, m gjson.Result) bool {
		writePlain(&o, schemaWord(key.Str), m, nullable, depth)
		return true
	})
	return o.End()
}

// schemaWord is the name of a schema's member: camelCase for those of OpenAPI,
// which may come in snake_case, and all others as they are.
func schemaWord(name string) string {
	if strings.HasPrefix(name, "$") || strings.HasPrefix(name, "x-") {
		return name
	}
	return camel(name)
}

func writePlain(o *protocol.Object, name string, m gjson.Result, nullable bool, depth int) {
	switch name {
	case "nullable", "propertyOrdering", "example":
	case "type":
		writeType(o, m, nullable)
	case "format":
		if m.Str != "enum" {
			o.Raw(name, []byte(m.Raw))
		}
	case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties", "minimum", "maximum":
		if m.Type == gjson.String && isNumber(m.Str) {
			o.Raw(name, []byte(m.Str))
		} else {
			o.Raw(name, []byte(m.Raw))
		}
	case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
		o.Value(name, func(dst []byte) []byte { return appendPlainMap(dst, m, depth) })
	case "anyOf", "oneOf", "allOf", "prefixItems":
		alternatives := name == "anyOf" || name == "oneOf"
		o.Value(name, func(dst []byte) []byte { return appendPlainList(dst, m, nullable && alternatives, depth) })
	case "items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else":
		o.Value(name, func(dst []byte) []byte { return appendPlain(dst, m, depth) })
	case "enum":
		o.Value(name, func(dst []byte) []byte { return appendEnum(dst, m, nullable) })
	default:
		o.Raw(name, []byte(m.Raw))
	}
}

func isNumber(s string) bool { return gjson.Valid(s) && gjson.Parse(s).Type == gjson.Number }

func writeType(o *protocol.Object, m gjson.Result, nullable bool) {
	var types []string
	for _, t := range m.Array() {
		if word := strings.ToLower(t.Str); word != "" && word != "type_unspecified" {
			types = append(types, word)
		}
	}
	if nullable && len(types) > 0 {
		types = append(types, "null")
	}
	switch len(types) {
	case 0:
	case 1:
		o.String("type", types[0])
	default:
		o.Strings("type", types)
	}
}

func appendPlainMap(dst []byte, m gjson.Result, depth int) []byte {
	if !m.IsObject() {
		return append(dst, m.Raw...)
	}
	o := protocol.BeginObject(dst)
	m.ForEach(func(key, s gjson.Result) bool {
		o.Value(key.Str, func(dst []byte) []byte { return appendPlain(dst, s, depth) })
		return true
	})
	return o.End()
}

func appendPlainList(dst []byte, m gjson.Result, nullable bool, depth int) []byte {
	if !m.IsArray() {
		return append(dst, m.Raw...)
	}
	l := protocol.BeginList(dst)
	m.ForEach(func(_, s gjson.Result) bool {
		l.Value(func(dst []byte) []byte { return appendPlain(dst, s, depth) })
		return true
	})
	if nullable {
		l.Raw([]byte(`{"type":"null"}`))
	}
	return l.End()
}

func appendEnum(dst []byte, m gjson.Result, nullable bool) []byte {
	if !m.IsArray() {
		return append(dst, m.Raw...)
	}
	l := protocol.BeginList(dst)
	m.ForEach(func(_, v gjson.Result) bool {
		nullable = nullable && v.Type != gjson.Null
		l.Raw([]byte(v.Raw))
		return true
	})
	if nullable {
		l.Raw([]byte("null"))
	}
	return l.End()
}

func quoted(s string) []byte { return protocol.AppendString(nil, s) }
