package protocol

import (
	"encoding/json"
	"strings"
)

// RepairJSON makes an object of the arguments that a model wrote: a valid object
// comes back as it is, nothing becomes {}, a text that was cut is closed where
// it can be, and anything else is wrapped as {"_raw":"…"}. A call is never lost
// for its arguments.
func RepairJSON(raw string) json.RawMessage {
	trimmed := strings.TrimSpace(raw)
	if trimmed == "" || trimmed == "null" {
		return json.RawMessage("{}")
	}
	if trimmed[0] == '{' {
		if json.Valid([]byte(trimmed)) {
			return json.RawMessage(trimmed)
		}
		if closed := closeJSON(trimmed); json.Valid(closed) {
			return closed
		}
	}
	return append(AppendString([]byte(`{"_raw":`), raw), '}')
}

// closer reads JSON as far as it goes and remembers how it could end.
type closer struct {
	s    string
	open []byte // the brackets that would close what is open, outermost first
	key  bool   // a string that comes now is a member's name
	safe int    // s[:safe]+tail is whole but for the brackets open there
	tail string
	deep int // how many brackets are open there
}

// closeJSON closes the strings and brackets of a text that was cut, and leaves
// out what cannot be completed, such as a name without a value. It does not
// check the rest; the result may be invalid.
func closeJSON(s string) []byte {
	c := closer{s: s}
	for i := 0; i < len(s); {
		if i = c.token(i); i < 0 {
			return nil
		}
	}
	out := append([]byte(s[:c.safe]), c.tail...)
	for d := c.deep - 1; d >= 0; d-- {
		out = append(out, c.open[d])
	}
	return out
}

// token passes the token that begins at i and returns its end; -1 for a bracket
// that closes nothing.
func (c *closer) token(i int) int {
	switch b := c.s[i]; b {
	case '{', '[':
		c.open = append(c.open, b+2) // '{'+2 == '}', '['+2 == ']'
		c.key = b == '{'
		c.mark(i + 1)
	case '}', ']':
		if len(c.open) == 0 || c.open[len(c.open)-1] != b {
			return -1
		}
		c.open = c.open[:len(c.open)-1]
		c.mark(i + 1)
	case ',':
		c.key = len(c.open) > 0 && c.open[len(c.open)-1] == '}'
	case ':':
		c.key = false
	case ' ', '\t', '\n', '\r':
	case '"':
		return c.str(i)
	default:
		return c.literal(i)
	}
	return i + 1
}

// mark notes that the text could end at i.
func (c *closer) mark(i int) { c.safe, c.tail, c.deep = i, "", len(c.open) }

func (c *closer) str(from int) int {
	for i := from + 1; i < len(c.s); i++ {
		switch c.s[i] {
		case '"':
			if !c.key {
				c.mark(i + 1)
			}
			return i + 1
		case '\\':
			size := 2
			if i+1 < len(c.s) && c.s[i+1] == 'u' {
				size = 6
			}
			if i+size > len(c.s) {
				c.cut(i, `"`)
				return len(c.s)
			}
			i += size - 1
		}
	}
	c.cut(len(c.s), `"`)
	return len(c.s)
}

// cut notes that a value was cut and would be whole with tail behind s[:i].
func (c *closer) cut(i int, tail string) {
	if !c.key {
		c.safe, c.tail, c.deep = i, tail, len(c.open)
	}
}

func (c *closer) literal(from int) int {
	end := len(c.s)
	if n := strings.IndexAny(c.s[from:], ",}] \t\r\n"); n >= 0 {
		end = from + n
	}
	text := c.s[from:end]
	if end < len(c.s) || json.Valid([]byte(text)) {
		c.mark(end)
		return end
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(word, text) {
			c.cut(from, word)
			return end
		}
	}
	for text != "" && !json.Valid([]byte(text)) {
		text = text[:len(text)-1]
	}
	if text != "" {
		c.cut(from, text)
	}
	return end
}
