package kiro

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

const maxSchemaDepth = 128

// cleanSchema words the schema of a tool's arguments as the service takes it:
// the schema of an object, without combinations at the root, and without members
// that are null or an empty list where something must stand. With plain it also
// does without the words that some back ends refuse; what those said is told in
// the description.
func cleanSchema(raw json.RawMessage, plain bool) json.RawMessage {
	root := protocol.FlattenRoot(protocol.NormalizeSchema(raw))
	w := schemaWriter{plain: plain}
	return w.append(make([]byte, 0, len(root)), gjson.ParseBytes(root))
}

type schemaWriter struct {
	plain bool
	depth int
	notes []string // of the schema at hand
}

func (w *schemaWriter) append(dst []byte, v gjson.Result) []byte {
	if !v.IsObject() || w.depth > maxSchemaDepth {
		return append(dst, v.Raw...)
	}
	outer := w.notes
	w.notes = nil
	w.depth++
	description := ""
	o := protocol.BeginObject(dst)
	v.ForEach(func(key, m gjson.Result) bool {
		if key.Str == "description" && m.Type == gjson.String {
			description = m.Str
		} else {
			w.member(&o, key.Str, m)
		}
		return true
	})
	o.StringIf("description", w.describe(description))
	w.depth--
	w.notes = outer
	return o.End()
}

// describe is the description with what the schema cannot say.
func (w *schemaWriter) describe(text string) string {
	if len(w.notes) == 0 {
		return text
	}
	return strings.TrimSpace(text + " (" + strings.Join(w.notes, ", ") + ")")
}

func (w *schemaWriter) member(o *protocol.Object, key string, v gjson.Result) {
	switch key {
	case "required":
		if v.IsArray() && len(v.Array()) > 0 {
			o.Raw(key, []byte(v.Raw))
		}
		return
	case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
		if v.IsObject() {
			o.Value(key, func(dst []byte) []byte { return w.named(dst, v) })
		}
		return
	case "additionalProperties", "unevaluatedProperties":
		if w.plain {
			if v.IsObject() && len(v.Map()) > 0 {
				w.note(key, v)
			}
			return
		}
	}
	if w.plain && isFine(key) {
		w.note(key, v)
		return
	}
	o.Value(key, func(dst []byte) []byte { return w.inside(dst, key, v) })
}

func (w *schemaWriter) note(key string, v gjson.Result) {
	w.notes = append(w.notes, key+": "+v.String())
}

// isFine reports whether a word says more than the shape of a value.
func isFine(key string) bool {
	switch key {
	case "pattern", "format", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems":
		return true
	}
	return strings.HasPrefix(key, "min") || strings.HasPrefix(key, "max")
}

// named writes a map of schemas.
func (w *schemaWriter) named(dst []byte, v gjson.Result) []byte {
	o := protocol.BeginObject(dst)
	v.ForEach(func(key, m gjson.Result) bool {
		o.Value(key.Str, func(dst []byte) []byte { return w.append(dst, m) })
		return true
	})
	return o.End()
}

// inside writes a value in which schemas may lie.
func (w *schemaWriter) inside(dst []byte, key string, v gjson.Result) []byte {
	switch key {
	case "items", "prefixItems", "additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties",
		"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "contains", "propertyNames":
	default:
		return append(dst, v.Raw...)
	}
	if !v.IsArray() {
		return w.append(dst, v)
	}
	l := protocol.BeginList(dst)
	v.ForEach(func(_, m gjson.Result) bool {
		l.Value(func(dst []byte) []byte { return w.append(dst, m) })
		return true
	})
	return l.End()
}
