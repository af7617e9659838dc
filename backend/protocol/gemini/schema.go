package gemini

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// schema is what Gemini understands of a JSON schema. The reducer below makes
// one of any schema, a copy of the client's; nothing else of a request goes
// through it, as arguments may have members of the same names.
type schema struct {
	types       []string
	nullable    bool
	format      string
	title       string
	description string
	hints       []string // constraints that Gemini does not know, told in words
	enum        []json.RawMessage
	minimum     json.RawMessage
	maximum     json.RawMessage
	byDefault   json.RawMessage
	items       *schema
	names       []string // of the properties, in order
	properties  map[string]*schema
	required    []string
	anyOf       []*schema
}

// functionSchema is the schema of a function's arguments; nil where it takes
// none, as Gemini refuses an object without properties there.
func functionSchema(raw json.RawMessage) []byte {
	s := newReducer(protocol.NormalizeSchema(raw)).read("", 0)
	s.uniteBranches()
	s.types, s.nullable = []string{"object"}, false
	if len(s.names) == 0 {
		return nil
	}
	return s.append(nil)
}

// answerSchema is the schema of an answer.
func answerSchema(raw json.RawMessage) []byte {
	return newReducer(raw).read("", 0).append(nil)
}

// maxSchemaNodes bounds what references can grow to when they are written out.
const maxSchemaNodes = 2000

// reducer reads one schema. It takes the steps in this order: references are
// written out, const becomes an enum, null among the types becomes nullable,
// allOf is merged, oneOf becomes anyOf, unknown constraints go into the
// description and the rest of what is unknown is left out. Enums keep their
// types, since schemas are sent as JSON Schema and not as OpenAPI.
type reducer struct {
	root  gjson.Result
	at    gjson.Result
	refs  []string // that are being written out
	nodes int
}

func newReducer(raw json.RawMessage) *reducer {
	root := gjson.ParseBytes(raw)
	return &reducer{root: root, at: root, refs: []string{"#"}}
}

// read reads the schema at hand. name says what it is, for a note where it can
// not be written out.
func (r *reducer) read(name string, depth int) *schema {
	s, v := &schema{properties: map[string]*schema{}}, r.at
	if r.nodes++; r.nodes > maxSchemaNodes || depth > maxSchemaDepth {
		s.types, s.description = []string{"object"}, strings.TrimSpace("recursive "+name)
		return s
	}
	if !v.IsObject() {
		return s
	}
	v.ForEach(func(key, m gjson.Result) bool {
		r.member(s, schemaWord(key.Str), m, depth+1)
		return true
	})
	s.guessType()
	if len(s.types) > 1 {
		s.splitTypes()
	}
	s.settleBranches()
	return s
}

func (r *reducer) sub(v gjson.Result, name string, depth int) *schema {
	r.at = v
	return r.read(name, depth)
}

func (r *reducer) member(s *schema, name string, m gjson.Result, depth int) {
	switch name {
	case "$ref":
		s.merge(r.resolve(m.Str, depth))
	case "const":
		s.addEnum(m)
	case "enum":
		m.ForEach(func(_, v gjson.Result) bool { s.addEnum(v); return true })
	case "type":
		for _, t := range m.Array() {
			s.addType(strings.ToLower(t.Str))
		}
	case "nullable":
		s.nullable = s.nullable || m.Bool()
	case "allOf":
		m.ForEach(func(_, v gjson.Result) bool { s.merge(r.sub(v, name, depth)); return true })
	case "anyOf", "oneOf":
		r.branches(s, m, depth)
	case "items", "prefixItems":
		r.elements(s, m, depth)
	case "properties":
		m.ForEach(func(key, v gjson.Result) bool { s.add(key.Str, r.sub(v, key.Str, depth)); return true })
	case "required":
		for _, n := range m.Array() {
			if !slices.Contains(s.required, n.Str) {
				s.required = append(s.required, n.Str)
			}
		}
	default:
		s.plainMember(name, m)
	}
}

// branches reads alternatives; the one that is null makes the whole nullable.
func (r *reducer) branches(s *schema, m gjson.Result, depth int) {
	if len(s.anyOf) > 0 {
		return
	}
	m.ForEach(func(_, v gjson.Result) bool {
		b := r.sub(v, "anyOf", depth)
		if b.isNull() {
			s.nullable = true
		} else {
			s.anyOf = append(s.anyOf, b)
		}
		return true
	})
}

// elements reads the schema of a list's elements, of which Gemini knows one for
// all of them.
func (r *reducer) elements(s *schema, m gjson.Result, depth int) {
	switch {
	case s.items != nil:
	case !m.IsArray():
		if m.IsObject() {
			s.items = r.sub(m, "items", depth)
		}
	default:
		list := m.Array()
		s.items = &schema{}
		for _, v := range list {
			s.items.anyOf = append(s.items.anyOf, r.sub(v, "items", depth))
		}
		s.items.settleBranches()
	}
}

// resolve reads what a reference within the schema points at. One that points
// back at itself ends in an object, as schemas cannot be endless.
func (r *reducer) resolve(ref string, depth int) *schema {
	name := ref[strings.LastIndexByte(ref, '/')+1:]
	target, ok := r.find(ref)
	if !ok || slices.Contains(r.refs, ref) {
		return &schema{types: []string{"object"}, description: strings.TrimSpace("recursive " + strings.Trim(name, "#"))}
	}
	r.refs = append(r.refs, ref)
	s := r.sub(target, name, depth)
	r.refs = r.refs[:len(r.refs)-1]
	return s
}

// find follows a JSON pointer.
func (r *reducer) find(ref string) (gjson.Result, bool) {
	path, ok := strings.CutPrefix(ref, "#/")
	v := r.root
	for ok && path != "" {
		var step string
		step, path, _ = strings.Cut(path, "/")
		step = strings.NewReplacer("~1", "/", "~0", "~", "%24", "$").Replace(step)
		found := gjson.Result{}
		v.ForEach(func(key, m gjson.Result) bool {
			if key.Str == step {
				found = m
			}
			return !found.Exists()
		})
		v, ok = found, found.IsObject()
	}
	return v, ok || ref == "#"
}
