package simulator

import (
	"strconv"
	"strings"

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

// filled demands a list or a text that is not empty, atMost bounds its length.
func (r *rule) filled() *rule      { c := *r; c.least = 1; return &c }
func (r *rule) atMost(n int) *rule { c := *r; c.most = n; return &c }

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

// isName reports whether s is made of letters, digits, "_" and "-" and is not
// empty: the providers' rule for tool names and ids.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}
