package gemini

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

func (s *schema) add(name string, p *schema) {
	if old := s.properties[name]; old != nil {
		old.merge(p)
		return
	}
	s.names = append(s.names, name)
	if s.properties == nil {
		s.properties = map[string]*schema{}
	}
	s.properties[name] = p
}

func (s *schema) addType(t string) {
	switch t {
	case "null":
		s.nullable = true
	case "string", "number", "integer", "boolean", "array", "object":
		if !slices.Contains(s.types, t) {
			s.types = append(s.types, t)
		}
	}
}

// addEnum adds a value that is allowed. Gemini refuses the empty string there.
func (s *schema) addEnum(v gjson.Result) {
	switch {
	case v.Type == gjson.Null:
		s.nullable = true
	case v.Type == gjson.String && v.Str == "", v.IsObject(), v.IsArray():
	default:
		s.enum = append(s.enum, json.RawMessage(v.Raw))
	}
}

// plainMember reads what is neither a schema nor about several of them. What
// Gemini does not know but a model can keep in mind becomes a hint; all that is
// unknown is left out.
func (s *schema) plainMember(name string, m gjson.Result) {
	switch name {
	case "title":
		s.title = m.Str
	case "description":
		s.description = m.Str
	case "format":
		s.format = m.Str
	case "default":
		s.byDefault = json.RawMessage(m.Raw)
	case "minimum":
		s.minimum = json.RawMessage(m.Raw)
	case "maximum":
		s.maximum = json.RawMessage(m.Raw)
	case "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
		"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties":
		if m.Type != gjson.False {
			s.hints = append(s.hints, name+": "+m.String())
		}
	}
}

// guessType names the type where only its members tell it.
func (s *schema) guessType() {
	switch {
	case len(s.types) > 0:
	case len(s.names) > 0:
		s.types = []string{"object"}
	case s.items != nil:
		s.types = []string{"array"}
	case len(s.enum) > 0 && !slices.ContainsFunc(s.enum, func(v json.RawMessage) bool { return v[0] != '"' }):
		s.types = []string{"string"}
	}
}

// isNull reports whether nothing but null is allowed.
func (s *schema) isNull() bool {
	return s.nullable && len(s.types) == 0 && len(s.enum) == 0 && len(s.anyOf) == 0 && len(s.names) == 0 && s.items == nil
}

// merge takes over what another schema says beside this one; where both speak of
// the same, this one counts.
func (s *schema) merge(o *schema) {
	s.nullable = s.nullable || o.nullable
	s.hints = append(s.hints, o.hints...)
	if len(s.types) == 0 {
		s.types = o.types
	}
	if len(s.enum) == 0 {
		s.enum = o.enum
	}
	if len(s.anyOf) == 0 {
		s.anyOf = o.anyOf
	}
	if s.items == nil {
		s.items = o.items
	}
	for _, text := range []struct{ mine, other *string }{{&s.format, &o.format}, {&s.title, &o.title}, {&s.description, &o.description}} {
		if *text.mine == "" {
			*text.mine = *text.other
		}
	}
	for _, raw := range []struct{ mine, other *json.RawMessage }{{&s.minimum, &o.minimum}, {&s.maximum, &o.maximum}, {&s.byDefault, &o.byDefault}} {
		if len(*raw.mine) == 0 {
			*raw.mine = *raw.other
		}
	}
	for _, name := range o.names {
		s.add(name, o.properties[name])
	}
	for _, name := range o.required {
		if !slices.Contains(s.required, name) {
			s.required = append(s.required, name)
		}
	}
}

// splitTypes makes alternatives of several types.
func (s *schema) splitTypes() {
	types := s.types
	s.types = nil
	if len(s.anyOf) > 0 {
		return
	}
	for _, t := range types {
		b := &schema{types: []string{t}}
		switch t {
		case "object":
			b.names, b.properties, b.required = s.names, s.properties, s.required
		case "array":
			b.items = s.items
		case "string":
			b.format, b.enum = s.format, s.enum
		default:
			b.minimum, b.maximum = s.minimum, s.maximum
		}
		s.anyOf = append(s.anyOf, b)
	}
	s.names, s.properties, s.required, s.items = nil, nil, nil, nil
	s.format, s.enum, s.minimum, s.maximum = "", nil, nil, nil
}

// settleBranches makes alternatives stand alone, as Gemini wants them: a single
// one is no alternative, those of an object with properties of its own are
// united with it, and a type that stands beside them goes into them.
func (s *schema) settleBranches() {
	switch {
	case len(s.anyOf) == 0:
		return
	case len(s.anyOf) == 1:
		only := s.anyOf[0]
		s.anyOf = nil
		s.merge(only)
		return
	case len(s.names) > 0:
		s.uniteBranches()
		return
	}
	for _, b := range s.anyOf {
		if len(b.types) == 0 && len(b.anyOf) == 0 {
			b.types = s.types
		}
	}
	s.types, s.items, s.format, s.enum = nil, nil, "", nil
	s.minimum, s.maximum, s.required = nil, nil, nil
}

// uniteBranches makes one object of alternatives, in which none of their
// properties is required.
func (s *schema) uniteBranches() {
	for _, b := range s.anyOf {
		b.uniteBranches()
		for _, name := range b.names {
			if s.properties[name] == nil {
				s.add(name, b.properties[name])
			}
		}
		if len(b.required) > 0 {
			s.hints = append(s.hints, "one way requires: "+strings.Join(b.required, ", "))
		}
	}
	s.anyOf = nil
}
