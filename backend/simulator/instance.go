package simulator

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// deepest is where an inventor stops to follow optional and recursive parts.
const deepest = 5

// inventor makes JSON that fits a schema: JSON Schema as all providers take it,
// and Gemini's OpenAPI subset with types in capitals.
type inventor struct {
	rng   *rand.Rand
	root  gjson.Result
	names []string // values to use for free strings, in order
	used  int
}

func newInventor(rng *rand.Rand, schema gjson.Result, names []string) *inventor {
	return &inventor{rng: rng, root: schema, names: names}
}

// json returns an instance of the schema.
func (v *inventor) json() string { return string(v.value(nil, v.root, 0)) }

// object returns an instance that is an object, whatever the schema says: the
// arguments of a tool are one.
func (v *inventor) object() string {
	if s := v.json(); strings.HasPrefix(s, "{") {
		return s
	}
	return "{}"
}

func (v *inventor) value(dst []byte, s gjson.Result, depth int) []byte {
	s = v.resolve(s, depth)
	if c := s.Get("const"); c.Exists() {
		return append(dst, compact(c.Raw)...)
	}
	if e := s.Get("enum").Array(); len(e) > 0 {
		return append(dst, compact(e[v.rng.IntN(len(e))].Raw)...)
	}
	switch schemaType(s) {
	case "object":
		return v.fields(dst, s, depth)
	case "array":
		return v.items(dst, s, depth)
	case "integer":
		return strconv.AppendInt(dst, int64(v.number(s, 1)), 10)
	case "number":
		return strconv.AppendFloat(dst, v.number(s, 0.5), 'f', -1, 64)
	case "boolean":
		return strconv.AppendBool(dst, v.rng.IntN(2) == 0)
	case "null":
		return append(dst, "null"...)
	}
	return appendString(dst, v.text(s))
}

// resolve follows references and takes the first usable alternative.
func (v *inventor) resolve(s gjson.Result, depth int) gjson.Result {
	for range 16 {
		if ref := s.Get(`$ref`).String(); strings.HasPrefix(ref, "#") {
			s = v.follow(ref)
			continue
		}
		next := alternative(s, depth)
		if !next.Exists() {
			return s
		}
		s = next
	}
	return s
}

func (v *inventor) follow(ref string) gjson.Result {
	s := v.root
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#"), "/") {
		if step != "" {
			step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
			s = member(s, step)
		}
	}
	return s
}

// member is Get without gjson's path syntax, for names that hold dots.
func member(s gjson.Result, name string) (found gjson.Result) {
	s.ForEach(func(k, val gjson.Result) bool {
		if k.Str == name {
			found = val
		}
		return !found.Exists()
	})
	return found
}

func alternative(s gjson.Result, depth int) gjson.Result {
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		list := s.Get(key).Array()
		if len(list) == 0 || key == "allOf" && len(list) > 1 {
			continue
		}
		for _, alt := range list {
			if isNull := schemaType(alt) == "null"; isNull == (depth > deepest) {
				return alt
			}
		}
		return list[0]
	}
	return gjson.Result{}
}

// schemaType returns the type of a schema in small letters; where it lists
// several, the first that is not null; where it names none, what its keywords
// imply.
func schemaType(s gjson.Result) string {
	t := s.Get("type")
	for _, one := range t.Array() {
		if name := strings.ToLower(one.String()); name != "null" || len(t.Array()) == 1 {
			return name
		}
	}
	switch {
	case s.Get("properties").Exists() || s.Get("allOf").Exists():
		return "object"
	case s.Get("items").Exists():
		return "array"
	}
	return "string"
}

func (v *inventor) fields(dst []byte, s gjson.Result, depth int) []byte {
	required := map[string]bool{}
	v.require(s, required, depth)
	dst = append(dst, '{')
	start := len(dst)
	seen := map[string]bool{}
	v.eachField(s, depth, func(name string, field gjson.Result) {
		if seen[name] || !required[name] && (len(required) > 0 || depth > deepest) {
			return
		}
		seen[name] = true
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, name), ':')
		dst = v.value(dst, field, depth+1)
	})
	return append(dst, '}')
}

func (v *inventor) require(s gjson.Result, into map[string]bool, depth int) {
	for _, r := range s.Get("required").Array() {
		into[r.String()] = true
	}
	for _, part := range s.Get("allOf").Array() {
		v.require(v.resolve(part, depth), into, depth)
	}
}

func (v *inventor) eachField(s gjson.Result, depth int, do func(string, gjson.Result)) {
	s.Get("properties").ForEach(func(name, field gjson.Result) bool {
		do(name.String(), field)
		return true
	})
	for _, part := range s.Get("allOf").Array() {
		v.eachField(v.resolve(part, depth), depth, do)
	}
}

func (v *inventor) items(dst []byte, s gjson.Result, depth int) []byte {
	n := int(s.Get("minItems").Int())
	most := s.Get("maxItems")
	if depth <= deepest && (!most.Exists() || int(most.Int()) > n) {
		n++
	}
	item := s.Get("items")
	dst = append(dst, '[')
	for i := range min(n, 64) {
		if i > 0 {
			dst = append(dst, ',')
		}
		if one := s.Get("prefixItems." + strconv.Itoa(i)); one.Exists() {
			dst = v.value(dst, one, depth+1)
			continue
		}
		dst = v.value(dst, item, depth+1)
	}
	return append(dst, ']')
}

// number returns a value inside the bounds of s that is a multiple of step.
func (v *inventor) number(s gjson.Result, step float64) float64 {
	lo, hi := 1.0, 100.0
	if m := s.Get("multipleOf").Float(); m > 0 {
		step = m
	}
	if b := s.Get("maximum"); b.Exists() {
		hi = b.Float()
		lo = min(lo, hi)
	}
	if b := s.Get("exclusiveMaximum"); b.Type == gjson.Number {
		hi = b.Float() - step
		lo = min(lo, hi)
	}
	if b := s.Get("minimum"); b.Exists() {
		lo = b.Float()
	}
	if b := s.Get("exclusiveMinimum"); b.Type == gjson.Number {
		lo = b.Float() + step
	}
	return v.between(lo, max(hi, lo), step)
}

func (v *inventor) between(lo, hi, step float64) float64 {
	first := float64(int64(lo / step))
	for first*step < lo {
		first++
	}
	room := int64(min((hi-first*step)/step, 50))
	if room > 0 {
		first += float64(v.rng.Int64N(room + 1))
	}
	return first * step
}

func compact(json string) string { return gjson.Get(json, "@ugly").Raw }
