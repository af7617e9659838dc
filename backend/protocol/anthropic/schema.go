package anthropic

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// strictSchema words a JSON schema in the subset that structured outputs and
// strict tools take (the official SDKs' transformation): objects closed, oneOf
// as anyOf, and constraints that cannot be enforced told in the description.
// The order of the members stays.
func strictSchema(raw json.RawMessage) json.RawMessage {
	return appendStrict(make([]byte, 0, len(raw)+64), gjson.ParseBytes(raw), 0)
}

const maxSchemaDepth = 128

func appendStrict(dst []byte, v gjson.Result, depth int) []byte {
	if !v.IsObject() || depth > maxSchemaDepth {
		return append(dst, "{}"...) // true, and what is no schema
	}
	s := strictWriter{o: protocol.BeginObject(dst), depth: depth}
	v.ForEach(func(key, m gjson.Result) bool {
		s.member(key.Str, m)
		return true
	})
	if s.isObject {
		s.o.Bool("additionalProperties", false)
	}
	if text := s.describe(); text != "" {
		s.o.String("description", text)
	}
	return s.o.End()
}

type strictWriter struct {
	o        protocol.Object
	depth    int
	isObject bool
	text     string
	notes    []string
}

// describe is the description with what could not be said in the schema.
func (s *strictWriter) describe() string {
	if len(s.notes) == 0 {
		return s.text
	}
	return strings.TrimSpace(s.text + " (" + strings.Join(s.notes, ", ") + ")")
}

func (s *strictWriter) member(key string, v gjson.Result) {
	switch key {
	case "description":
		s.text = v.Str
	case "type":
		s.isObject = s.isObject || v.Str == "object" || v.IsArray() && strings.Contains(v.Raw, `"object"`)
		s.o.Raw(key, []byte(v.Raw))
	case "properties", "$defs", "definitions":
		s.isObject = s.isObject || key == "properties"
		s.schemas(key, v)
	case "items":
		s.o.Value(key, func(dst []byte) []byte { return appendStrict(dst, v, s.depth+1) })
	case "anyOf", "allOf":
		s.list(key, v)
	case "oneOf":
		s.list("anyOf", v)
	case "format":
		if strictFormats[v.Str] {
			s.o.Raw(key, []byte(v.Raw))
		} else {
			s.note(key, v)
		}
	case "minItems":
		if v.Num <= 1 {
			s.o.Raw(key, []byte(v.Raw))
		} else {
			s.note(key, v)
		}
	case "required", "enum", "const", "title", "default", "$ref", "nullable":
		s.o.Raw(key, []byte(v.Raw))
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
		"pattern", "maxItems", "uniqueItems", "minProperties", "maxProperties":
		s.note(key, v)
	}
}

func (s *strictWriter) note(key string, v gjson.Result) {
	s.notes = append(s.notes, key+": "+v.String())
}

// schemas writes a map of schemas.
func (s *strictWriter) schemas(key string, v gjson.Result) {
	s.o.Value(key, func(dst []byte) []byte {
		m := protocol.BeginObject(dst)
		v.ForEach(func(name, schema gjson.Result) bool {
			m.Value(name.Str, func(dst []byte) []byte { return appendStrict(dst, schema, s.depth+1) })
			return true
		})
		return m.End()
	})
}

func (s *strictWriter) list(key string, v gjson.Result) {
	s.o.Value(key, func(dst []byte) []byte {
		list := protocol.BeginList(dst)
		for _, schema := range v.Array() {
			list.Value(func(dst []byte) []byte { return appendStrict(dst, schema, s.depth+1) })
		}
		return list.End()
	})
}

// strictFormats are the formats of strings that are enforced.
var strictFormats = map[string]bool{
	"date-time": true, "time": true, "date": true, "duration": true, "email": true, "hostname": true,
	"uri": true, "ipv4": true, "ipv6": true, "uuid": true,
}
