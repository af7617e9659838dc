package kiro

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/protocol"
)

// progress is how far a text has a form.
type progress int

const (
	never progress = iota
	partly
	wholly
)

// The words of the forms in which calls leak.
const (
	plainOpening   = "[Called "
	listOpening    = "<function_calls>"
	listClosing    = "</function_calls>"
	invokeOpening  = `<invoke name="`
	invokeClosing  = "</invoke>"
	paramOpening   = `<parameter name="`
	paramClosing   = "</parameter>"
	objectOpening  = "<tool_call>"
	objectClosing  = "</tool_call>"
	longestOpening = paramOpening
)

// read reads the calls at the beginning of s, which take up n bytes.
func (f *leakFilter) read(s string) (found []leak, n int, state progress) {
	for _, form := range []func(*cursor) []leak{f.plain, f.list, f.invoke, f.object} {
		c := cursor{rest: s, state: wholly}
		list := form(&c)
		if c.state == wholly && len(list) > 0 {
			return list, len(s) - len(c.rest), wholly
		}
		if c.state == partly {
			state = partly
		}
	}
	return nil, 0, state
}

// plain reads "[Called name with args: {…}]".
func (f *leakFilter) plain(c *cursor) []leak {
	c.expect(plainOpening)
	name := f.name(c)
	c.expect(" with args: ")
	args := c.object()
	c.space()
	c.expect("]")
	return []leak{{name, args}}
}

// object reads "<tool_call>{"name":…,"arguments":{…}}</tool_call>".
func (f *leakFilter) object(c *cursor) []leak {
	c.expect(objectOpening)
	c.space()
	v := gjson.Parse(c.object())
	c.space()
	c.expect(objectClosing)
	args := v.Get("arguments")
	l := leak{name: v.Get("name").Str, args: args.Raw}
	if args.Type == gjson.String {
		l.args = args.Str
	}
	if c.state == wholly && (f.tools[l.name] == nil || !gjson.Parse(l.args).IsObject() || !gjson.Valid(l.args)) {
		c.state = never
	}
	return []leak{l}
}

// list reads invocations between "<function_calls>" and its end.
func (f *leakFilter) list(c *cursor) []leak {
	var out []leak
	c.expect(listOpening)
	for c.state == wholly {
		c.space()
		if c.either(listClosing, invokeOpening) {
			return out
		}
		out = append(out, f.invoke(c)...)
	}
	return nil
}

// invoke reads one invocation with its parameters.
func (f *leakFilter) invoke(c *cursor) []leak {
	c.expect(invokeOpening)
	name := f.name(c)
	c.expect(`">`)
	properties := gjson.ParseBytes(f.tools[name]).Get("properties")
	o := protocol.BeginObject(nil)
	for c.state == wholly {
		c.space()
		if c.either(invokeClosing, paramOpening) {
			return []leak{{name, string(o.End())}}
		}
		c.expect(paramOpening)
		param := c.until(`"`)
		c.until(">")
		value := c.until(paramClosing)
		if kind := properties.Get(gjson.Escape(param)).Get("type").Str; kind != "string" && gjson.Valid(value) {
			o.Raw(param, []byte(value))
		} else {
			o.String(param, value)
		}
	}
	return nil
}

// name reads the name of a tool of the request.
func (f *leakFilter) name(c *cursor) string {
	if c.state != wholly {
		return ""
	}
	n := strings.IndexFunc(c.rest, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	})
	switch {
	case n < 0 && len(c.rest) <= maxName:
		c.state = partly
		return ""
	case n <= 0 || f.tools[c.rest[:n]] == nil:
		c.state = never
		return ""
	}
	name := c.rest[:n]
	c.rest = c.rest[n:]
	return name
}

// cursor reads a text from the front as long as it has a form.
type cursor struct {
	rest  string
	state progress
}

// expect passes a word.
func (c *cursor) expect(word string) {
	if c.state != wholly {
		return
	}
	rest, ok := strings.CutPrefix(c.rest, word)
	switch {
	case ok:
		c.rest = rest
	case strings.HasPrefix(word, c.rest):
		c.state = partly
	default:
		c.state = never
	}
}

// either passes the end of a list, or reports that the other word comes next.
func (c *cursor) either(end, other string) (ended bool) {
	if strings.HasPrefix(c.rest, other) {
		return false
	}
	if strings.HasPrefix(other, c.rest) {
		c.state = partly
		return false
	}
	c.expect(end)
	return c.state == wholly
}

func (c *cursor) space() {
	if c.state == wholly {
		c.rest = strings.TrimLeft(c.rest, " \t\r\n")
	}
}

// until reads up to a word and passes it.
func (c *cursor) until(word string) string {
	if c.state != wholly {
		return ""
	}
	text, rest, ok := strings.Cut(c.rest, word)
	if !ok {
		c.state = partly
		return ""
	}
	c.rest = rest
	return text
}

// object reads a JSON object.
func (c *cursor) object() string {
	if c.state != wholly {
		return "{}"
	}
	n, quoted, depth := 0, false, 0
	for n < len(c.rest) {
		b := c.rest[n]
		n++
		switch {
		case quoted && b == '\\':
			n++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{':
			depth++
		case b == '}':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	switch {
	case c.rest != "" && c.rest[0] != '{':
		c.state = never
	case depth > 0 || n == 0 || n > len(c.rest):
		c.state = partly
	case !gjson.Valid(c.rest[:n]):
		c.state = never
	default:
		out := c.rest[:n]
		c.rest = c.rest[n:]
		return out
	}
	return "{}"
}
