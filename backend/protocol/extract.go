package protocol

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// StringExtractor reads the string "input" out of the arguments of a wrapped
// custom tool while they stream, so that the client sees the input grow. The
// zero value is ready.
type StringExtractor struct {
	state  extractState
	depth  int             // of brackets inside a member that is skipped
	inStr  bool            // inside a string of a member that is skipped
	escape bool            // behind a backslash there, or in a name
	name   []byte          // of the member that is being read
	raw    strings.Builder // everything, as long as no input was found
	held   []byte          // an escape or a character that is not complete
	high   rune            // the first half of a surrogate pair, or 0
}

type extractState uint8

const (
	beforeObject extractState = iota
	beforeName
	inName
	beforeValue
	inOther // a value that is not the input's string
	inInput
	afterInput
	notObject
)

// Feed takes the next piece of the arguments and returns what it adds to the
// input; often that is nothing. It never ends inside a character.
func (x *StringExtractor) Feed(piece string) string {
	if x.state < inInput || x.state == notObject {
		x.raw.WriteString(piece)
	}
	out := make([]byte, 0, len(piece))
	for i := 0; i < len(piece) && x.state != afterInput && x.state != notObject; i++ {
		if x.state == inInput {
			out = x.content(out, piece[i])
		} else {
			x.outside(piece[i])
		}
	}
	return string(out)
}

// Close returns what is still missing at the end: the arguments themselves, when
// there was no input in them that could be read. An empty object gives nothing.
func (x *StringExtractor) Close() string {
	if x.state == inInput || x.state == afterInput {
		if x.high != 0 {
			x.high = 0
			return "\ufffd"
		}
		return ""
	}
	if raw := strings.TrimSpace(x.raw.String()); raw != "{}" {
		return raw
	}
	return ""
}

// outside passes a byte outside the input's string.
func (x *StringExtractor) outside(c byte) {
	space := c == ' ' || c == '\t' || c == '\n' || c == '\r'
	switch x.state {
	case inName:
		x.nameByte(c)
	case inOther:
		x.skip(c)
	case beforeObject:
		if c == '{' {
			x.state = beforeName
		} else if !space {
			x.state = notObject
		}
	case beforeName:
		if c == '"' {
			x.state, x.name = inName, x.name[:0]
		}
	case beforeValue:
		if !space && c != ':' {
			x.value(c)
		}
	}
}

func (x *StringExtractor) nameByte(c byte) {
	switch {
	case x.escape:
		x.escape = false
	case c == '\\':
		x.escape = true
	case c == '"':
		x.state = beforeValue
		return
	}
	x.name = append(x.name, c)
}

// value begins a member's value with the byte c.
func (x *StringExtractor) value(c byte) {
	if c == '"' && string(x.name) == "input" {
		x.state = inInput
		return
	}
	x.state = inOther
	x.skip(c)
}

// skip passes a byte of a value that is not wanted.
func (x *StringExtractor) skip(c byte) {
	switch {
	case x.escape:
		x.escape = false
	case x.inStr && c == '\\':
		x.escape = true
	case c == '"':
		x.inStr = !x.inStr
	case x.inStr:
	case c == '{' || c == '[':
		x.depth++
	case (c == '}' || c == ']') && x.depth > 0:
		x.depth--
	case c == ',' && x.depth == 0:
		x.state = beforeName
	}
}

// content decodes a byte of the input's string.
func (x *StringExtractor) content(out []byte, c byte) []byte {
	switch {
	case len(x.held) > 0 && x.held[0] == '\\':
		return x.escaped(out, c)
	case len(x.held) > 0:
		x.held = append(x.held, c)
		if !utf8.FullRune(x.held) {
			return out
		}
		out = append(out, strings.ToValidUTF8(string(x.held), "\ufffd")...)
		x.held = x.held[:0]
		return out
	case c == '\\':
		x.held = append(x.held, c)
		return out
	}
	if x.high != 0 { // a half without its partner
		out, x.high = utf8.AppendRune(out, utf8.RuneError), 0
	}
	switch {
	case c == '"':
		x.state = afterInput
	case c >= utf8.RuneSelf:
		x.held = append(x.held, c)
	default:
		out = append(out, c)
	}
	return out
}

// escaped takes the next byte of an escape.
func (x *StringExtractor) escaped(out []byte, c byte) []byte {
	x.held = append(x.held, c)
	if x.held[1] != 'u' {
		if x.high != 0 {
			out, x.high = utf8.AppendRune(out, utf8.RuneError), 0
		}
		x.held = x.held[:0]
		return append(out, unescape(c))
	}
	if len(x.held) < 6 {
		return out
	}
	var r rune
	for _, d := range x.held[2:] {
		r = r<<4 | rune(max(unhex(d), 0))
	}
	x.held = x.held[:0]
	switch high := x.high; {
	case high != 0 && utf16.DecodeRune(high, r) != utf8.RuneError:
		x.high = 0
		return utf8.AppendRune(out, utf16.DecodeRune(high, r))
	case high != 0:
		out, x.high = utf8.AppendRune(out, utf8.RuneError), 0
	}
	if utf16.IsSurrogate(r) && r < 0xdc00 {
		x.high = r
		return out
	}
	return utf8.AppendRune(out, r)
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	}
	return c
}
