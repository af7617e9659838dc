package simulator

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// kind is a JSON type that a field must have.
type kind uint8

const (
	anyKind kind = iota
	textKind
	numberKind
	integerKind
	boolKind
	objectKind
	listKind
)

// rule says what a value must look like. Rules form a tree for each endpoint,
// made once; a dialect turns the first violation into its own words.
type rule struct {
	kind     kind
	needed   bool
	lo, hi   float64 // of numbers, when bounded
	bounded  bool
	least    int // length of a list or a text
	most     int // likewise; 0 = no limit
	enum     []string
	fits     func(string) bool
	pattern  string
	fields   []field // of an object; nil lets all fields pass
	open     bool    // other fields pass as well
	item     *rule
	values   *rule  // of an object that is a map
	tag      string // an object whose shape depends on this field
	untagged string // what stands in for a tag that is not there
	variants []variant
	either   []*rule // alternatives of different kinds
}

type field struct {
	name string
	rule *rule
}

type variant struct {
	tag  string
	rule *rule
}

func anything() *rule         { return &rule{} }
func text() *rule             { return &rule{kind: textKind} }
func boolean() *rule          { return &rule{kind: boolKind} }
func anyObject() *rule        { return &rule{kind: objectKind} }
func object(f ...field) *rule { return &rule{kind: objectKind, fields: f} }
func list(of *rule) *rule     { return &rule{kind: listKind, item: of} }
func number(lo, hi float64) *rule {
	return &rule{kind: numberKind, lo: lo, hi: hi, bounded: true}
}
func integer(lo, hi float64) *rule {
	return &rule{kind: integerKind, lo: lo, hi: hi, bounded: true}
}
func oneOf(values ...string) *rule { return &rule{kind: textKind, enum: values} }
func either(rules ...*rule) *rule  { return &rule{either: rules} }
func tagged(tag string, v ...variant) *rule {
	return &rule{kind: objectKind, tag: tag, variants: v}
}

// need returns the rule for a field that must be there.
func (r *rule) need() *rule { c := *r; c.needed = true; return &c }

// atLeast and atMost bound the length of a list or a text.
func (r *rule) atLeast(n int) *rule { c := *r; c.least = n; return &c }
func (r *rule) atMost(n int) *rule  { c := *r; c.most = n; return &c }

// like demands that a text fits; pattern is how the service shows it.
func (r *rule) like(fits func(string) bool, pattern string) *rule {
	c := *r
	c.fits, c.pattern = fits, pattern
	return &c
}

// many is a bound that no request reaches.
const many = 1 << 40

// fault of a value against its rule.
type breach uint8

const (
	missing breach = iota
	unknown
	wrongKind
	belowLow
	aboveHigh
	notListed
	noMatch
	tooShort
	tooLong
	badTag
)

// violation is the first thing wrong with a request. path leads to the value,
// with list positions as digits.
type violation struct {
	breach breach
	path   []string
	rule   *rule
	got    gjson.Result
}

// dotted writes the path as Anthropic does: messages.0.content.
func (v *violation) dotted() string { return strings.Join(v.path, ".") }

// indexed writes the path as OpenAI and Google do: messages[0].content.
func (v *violation) indexed() string {
	var out strings.Builder
	for i, step := range v.path {
		if _, err := strconv.Atoi(step); err == nil {
			out.WriteString("[" + step + "]")
			continue
		}
		if i > 0 {
			out.WriteByte('.')
		}
		out.WriteString(step)
	}
	return out.String()
}

// name is the last step of the path.
func (v *violation) name() string {
	if len(v.path) == 0 {
		return ""
	}
	return v.path[len(v.path)-1]
}

// checker walks a value. pass decides which unknown fields may stay; same
// compares a key of the request with a field's name.
type checker struct {
	pass func(name string) bool
	same func(key, name string) bool
	tags bool // a tag is a step of the path, as in pydantic's messages
}

func (c *checker) check(r *rule, v gjson.Result, path []string) *violation {
	if len(r.either) > 0 {
		return c.checkEither(r, v, path)
	}
	if !r.kind.admits(v) {
		return &violation{wrongKind, path, r, v}
	}
	switch r.kind {
	case textKind:
		return r.checkText(v, path)
	case numberKind, integerKind:
		return r.checkNumber(v, path)
	case listKind:
		return c.checkList(r, v, path)
	case objectKind:
		return c.checkObject(r, v, path)
	}
	return nil
}

func (k kind) admits(v gjson.Result) bool {
	switch k {
	case textKind:
		return v.Type == gjson.String
	case numberKind:
		return v.Type == gjson.Number
	case integerKind:
		return v.Type == gjson.Number && v.Num == float64(int64(v.Num))
	case boolKind:
		return v.IsBool()
	case objectKind:
		return v.IsObject()
	case listKind:
		return v.IsArray()
	}
	return true
}

func (c *checker) checkEither(r *rule, v gjson.Result, path []string) *violation {
	var last *violation
	for _, alt := range r.either {
		if alt.kind.admits(v) {
			if last = c.check(alt, v, path); last == nil {
				return nil
			}
		}
	}
	if last == nil {
		last = &violation{wrongKind, path, r, v}
	}
	return last
}

func (r *rule) checkText(v gjson.Result, path []string) *violation {
	n := utf8.RuneCountInString(v.Str)
	switch {
	case len(r.enum) > 0 && !contains(r.enum, v.Str):
		return &violation{notListed, path, r, v}
	case n < r.least:
		return &violation{tooShort, path, r, v}
	case r.most > 0 && n > r.most:
		return &violation{tooLong, path, r, v}
	case r.fits != nil && !r.fits(v.Str):
		return &violation{noMatch, path, r, v}
	}
	return nil
}

func (r *rule) checkNumber(v gjson.Result, path []string) *violation {
	switch {
	case r.bounded && v.Num < r.lo:
		return &violation{belowLow, path, r, v}
	case r.bounded && v.Num > r.hi:
		return &violation{aboveHigh, path, r, v}
	}
	return nil
}

func (c *checker) checkList(r *rule, v gjson.Result, path []string) (bad *violation) {
	n := 0
	v.ForEach(func(_, item gjson.Result) bool {
		if r.item != nil {
			bad = c.check(r.item, item, step(path, strconv.Itoa(n)))
		}
		n++
		return bad == nil
	})
	switch {
	case bad != nil:
	case n < r.least:
		bad = &violation{tooShort, path, r, v}
	case r.most > 0 && n > r.most:
		bad = &violation{tooLong, path, r, v}
	}
	return bad
}

func (c *checker) checkObject(r *rule, v gjson.Result, path []string) *violation {
	if r.tag != "" {
		return c.checkVariant(r, v, path)
	}
	if r.fields == nil {
		return c.checkValues(r, v, path)
	}
	var bad *violation
	seen := make([]bool, len(r.fields))
	v.ForEach(func(key, val gjson.Result) bool {
		i := c.index(r.fields, key.Str)
		if i < 0 {
			if !r.open && !c.pass(key.Str) {
				bad = &violation{unknown, step(path, key.Str), r, val}
			}
			return bad == nil
		}
		seen[i] = val.Type != gjson.Null || r.fields[i].rule.needed
		if seen[i] {
			bad = c.check(r.fields[i].rule, val, step(path, key.Str))
		}
		return bad == nil
	})
	for i := 0; bad == nil && i < len(seen); i++ {
		if f := r.fields[i]; f.rule.needed && !seen[i] {
			bad = &violation{missing, step(path, f.name), f.rule, gjson.Result{}}
		}
	}
	return bad
}

func (c *checker) checkValues(r *rule, v gjson.Result, path []string) (bad *violation) {
	if r.values == nil {
		return nil
	}
	v.ForEach(func(key, val gjson.Result) bool {
		bad = c.check(r.values, val, step(path, key.Str))
		return bad == nil
	})
	return bad
}

func (c *checker) checkVariant(r *rule, v gjson.Result, path []string) *violation {
	tag, name := v.Get(r.tag), r.untagged
	if tag.Exists() {
		name = tag.String()
	}
	if name == "" && !tag.Exists() {
		return &violation{missing, step(path, r.tag), r, v}
	}
	for _, alt := range r.variants {
		if alt.tag != name {
			continue
		}
		if c.tags {
			path = step(path, name)
		}
		return c.check(alt.rule, v, path)
	}
	return &violation{badTag, path, r, tag}
}

func (c *checker) index(fields []field, key string) int {
	for i := range fields {
		if c.same(key, fields[i].name) {
			return i
		}
	}
	return -1
}

// step returns path with one more step, in memory of its own.
func step(path []string, name string) []string {
	return append(path[:len(path):len(path)], name)
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// tags lists the allowed values of a tagged rule.
func (r *rule) tags() []string {
	out := make([]string, len(r.variants))
	for i, v := range r.variants {
		out[i] = v.tag
	}
	return out
}

// isName reports whether s is made of letters, digits, "_" and "-" and is not
// empty: the providers' rule for tool names and ids.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return s != ""
}
