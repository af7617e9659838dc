package protocol

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"
)

const emptySchema = `{"type":"object","properties":{}}`

// NormalizeSchema gives a tool's schema the shape that every provider takes: an
// object at the root with properties, without $schema, $id and x- members at
// any level, and with required as a list. The order of the members and the
// bytes of all other values stay; a schema that is fine comes back as it is.
//
// It repairs what tool servers are known to send: no schema at all, a bare map
// of properties, and required as a boolean inside a property.
func NormalizeSchema(raw json.RawMessage) json.RawMessage {
	root := gjson.ParseBytes(raw)
	if !json.Valid(raw) || !root.IsObject() {
		return json.RawMessage(emptySchema)
	}
	if isPropertyMap(root) {
		raw = append(append([]byte(`{"type":"object","properties":`), raw...), '}')
		root = gjson.ParseBytes(raw)
	}
	if isNormal(root, true) {
		return raw
	}
	return appendSchema(nil, root, true)
}

// isPropertyMap recognises an object that lists properties without being a
// schema.
func isPropertyMap(v gjson.Result) bool {
	some, bare := false, true
	v.ForEach(func(k, m gjson.Result) bool {
		some = true
		bare = m.IsObject() && m.Get("type").Exists() && k.Str != "properties" && k.Str != "items"
		return bare
	})
	return some && bare
}

func isDropped(name string) bool {
	return name == "$schema" || name == "$id" || strings.HasPrefix(name, "x-")
}

// schemaKind says where schemas lie inside the value of a schema's member.
type schemaKind int

const (
	plainValue  schemaKind = iota // no schema inside
	oneSchema                     // the value is a schema, or a list of them
	namedSchema                   // every member of the value is one
)

func kindOfMember(name string) schemaKind {
	switch name {
	case "items", "prefixItems", "additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties",
		"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "contains", "propertyNames":
		return oneSchema
	case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
		return namedSchema
	}
	return plainValue
}

// isNormal reports whether appendSchema would change nothing.
func isNormal(v gjson.Result, root bool) bool {
	if root && (v.Get("type").Str != "object" || !v.Get("properties").IsObject()) {
		return false
	}
	ok := true
	v.ForEach(func(k, m gjson.Result) bool {
		ok = !isDropped(k.Str) && (k.Str != "required" || m.IsArray()) && normalMember(k.Str, m)
		return ok
	})
	return ok
}

func normalMember(name string, m gjson.Result) bool {
	ok := true
	switch kind := kindOfMember(name); {
	case kind == namedSchema && m.IsObject(), kind == oneSchema && m.IsArray():
		m.ForEach(func(_, s gjson.Result) bool {
			ok = !s.IsObject() || isNormal(s, false)
			return ok
		})
	case kind == oneSchema && m.IsObject():
		ok = isNormal(m, false)
	}
	return ok
}

func appendSchema(dst []byte, v gjson.Result, root bool) []byte {
	o := BeginObject(dst)
	if root {
		o.String("type", "object")
	}
	v.ForEach(func(k, m gjson.Result) bool {
		switch name := k.Str; {
		case isDropped(name), root && name == "type", name == "required" && !m.IsArray():
		case root && name == "properties" && !m.IsObject():
		default:
			o.Value(name, func(dst []byte) []byte { return appendMember(dst, name, m) })
		}
		return true
	})
	if root && !v.Get("properties").IsObject() {
		o.Raw("properties", []byte("{}"))
	}
	if names := booleanRequired(v); len(names) > 0 && !v.Get("required").IsArray() {
		o.Strings("required", names)
	}
	return o.End()
}

// booleanRequired lists the properties that say of themselves that they are
// required, as the third draft of JSON Schema had it.
func booleanRequired(v gjson.Result) []string {
	var names []string
	v.Get("properties").ForEach(func(k, p gjson.Result) bool {
		if p.Get("required").Type == gjson.True {
			names = append(names, k.Str)
		}
		return true
	})
	return names
}

func appendMember(dst []byte, name string, m gjson.Result) []byte {
	switch kind := kindOfMember(name); {
	case kind == namedSchema && m.IsObject():
		o := BeginObject(dst)
		m.ForEach(func(k, s gjson.Result) bool {
			o.Value(k.Str, func(dst []byte) []byte { return appendSub(dst, s) })
			return true
		})
		return o.End()
	case kind == oneSchema && m.IsArray():
		l := BeginList(dst)
		m.ForEach(func(_, s gjson.Result) bool {
			l.Value(func(dst []byte) []byte { return appendSub(dst, s) })
			return true
		})
		return l.End()
	case kind == oneSchema:
		return appendSub(dst, m)
	}
	return append(dst, m.Raw...)
}

func appendSub(dst []byte, s gjson.Result) []byte {
	if !s.IsObject() {
		return append(dst, s.Raw...)
	}
	return appendSchema(dst, s, false)
}
