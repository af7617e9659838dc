package gemini

import (
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/protocol"
)

// append writes the schema, its members in a fixed order and its properties in
// that of the client.
func (s *schema) append(dst []byte) []byte {
	o := protocol.BeginObject(dst)
	s.writeHead(&o)
	if len(s.enum) > 0 {
		o.Value("enum", func(dst []byte) []byte {
			l := protocol.BeginList(dst)
			for _, v := range s.enum {
				l.Raw(v)
			}
			return l.End()
		})
	}
	o.Raw("minimum", s.minimum)
	o.Raw("maximum", s.maximum)
	o.Raw("default", protocol.Compact(s.byDefault))
	s.writeParts(&o)
	return o.End()
}

func (s *schema) writeHead(o *protocol.Object) {
	switch {
	case len(s.types) > 0:
		o.String("type", s.types[0])
	case s.isNull():
		o.String("type", "null")
	}
	if s.nullable && !s.isNull() {
		o.Bool("nullable", true)
	}
	hints := s.hints
	if s.takesFormat() {
		o.StringIf("format", s.format)
	} else if s.format != "" {
		hints = append(slices.Clip(hints), "format: "+s.format)
	}
	o.StringIf("title", s.title)
	text := s.description
	if len(hints) > 0 {
		text = strings.TrimSpace(text + " (" + strings.Join(hints, "; ") + ")")
	}
	o.StringIf("description", text)
}

// takesFormat reports whether Gemini knows the format.
func (s *schema) takesFormat() bool {
	switch s.format {
	case "enum", "date-time", "int32", "int64", "float", "double":
		return true
	}
	return false
}

func (s *schema) writeParts(o *protocol.Object) {
	isArray := len(s.types) > 0 && s.types[0] == "array"
	switch {
	case s.items != nil && isArray:
		o.Value("items", s.items.append)
	case isArray:
		o.Raw("items", []byte(`{"type":"string"}`))
	}
	if len(s.names) > 0 {
		o.Value("properties", func(dst []byte) []byte {
			p := protocol.BeginObject(dst)
			for _, name := range s.names {
				p.Value(name, s.properties[name].append)
			}
			return p.End()
		})
	}
	var required []string
	for _, name := range s.required {
		if s.properties[name] != nil {
			required = append(required, name)
		}
	}
	if len(required) > 0 {
		o.Strings("required", required)
	}
	if len(s.anyOf) == 0 {
		return
	}
	o.Value("anyOf", func(dst []byte) []byte {
		l := protocol.BeginList(dst)
		for _, b := range s.anyOf {
			l.Value(b.append)
		}
		return l.End()
	})
}
