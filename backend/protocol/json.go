package protocol

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Object appends a JSON object to a buffer, member by member in the order of the
// calls. It exists because encoding/json neither keeps an order given at run
// time nor leaves raw values untouched.
//
//	o := protocol.BeginObject(dst)
//	o.String("role", "user")
//	dst = o.End()
type Object struct {
	dst  []byte
	some bool
}

// BeginObject begins an object behind dst.
func BeginObject(dst []byte) Object { return Object{dst: append(dst, '{')} }

// End ends the object and returns the buffer.
func (o *Object) End() []byte { return append(o.dst, '}') }

// Empty reports whether the object has no member yet.
func (o *Object) Empty() bool { return !o.some }

func (o *Object) key(name string) {
	if o.some {
		o.dst = append(o.dst, ',')
	}
	o.some = true
	o.dst = AppendString(o.dst, name)
	o.dst = append(o.dst, ':')
}

// Raw adds a value that is JSON already; nothing when it is empty.
func (o *Object) Raw(name string, value []byte) {
	if len(value) == 0 {
		return
	}
	o.key(name)
	o.dst = append(o.dst, value...)
}

// String adds a string.
func (o *Object) String(name, value string) {
	o.key(name)
	o.dst = AppendString(o.dst, value)
}

// StringIf adds a string unless it is empty.
func (o *Object) StringIf(name, value string) {
	if value != "" {
		o.String(name, value)
	}
}

// Strings adds a list of strings.
func (o *Object) Strings(name string, values []string) {
	o.key(name)
	o.dst = append(o.dst, '[')
	for i, v := range values {
		if i > 0 {
			o.dst = append(o.dst, ',')
		}
		o.dst = AppendString(o.dst, v)
	}
	o.dst = append(o.dst, ']')
}

// Int adds a whole number.
func (o *Object) Int(name string, value int64) {
	o.key(name)
	o.dst = strconv.AppendInt(o.dst, value, 10)
}

// Float adds a number.
func (o *Object) Float(name string, value float64) {
	o.key(name)
	o.dst = AppendFloat(o.dst, value)
}

// Bool adds true or false.
func (o *Object) Bool(name string, value bool) {
	o.key(name)
	o.dst = strconv.AppendBool(o.dst, value)
}

// Null adds null.
func (o *Object) Null(name string) {
	o.key(name)
	o.dst = append(o.dst, "null"...)
}

// Value adds a value that write appends to the buffer; it must append exactly
// one.
func (o *Object) Value(name string, write func(dst []byte) []byte) {
	o.key(name)
	o.dst = write(o.dst)
}

// List appends a JSON array to a buffer, element by element.
type List struct {
	dst  []byte
	some bool
}

// BeginList begins an array behind dst.
func BeginList(dst []byte) List { return List{dst: append(dst, '[')} }

// End ends the array and returns the buffer.
func (a *List) End() []byte { return append(a.dst, ']') }

// Empty reports whether the array has no element yet.
func (a *List) Empty() bool { return !a.some }

func (a *List) next() {
	if a.some {
		a.dst = append(a.dst, ',')
	}
	a.some = true
}

// Raw adds an element that is JSON already.
func (a *List) Raw(value []byte) {
	a.next()
	a.dst = append(a.dst, value...)
}

// String adds a string.
func (a *List) String(value string) {
	a.next()
	a.dst = AppendString(a.dst, value)
}

// Value adds an element that write appends to the buffer; it must append
// exactly one.
func (a *List) Value(write func(dst []byte) []byte) {
	a.next()
	a.dst = write(a.dst)
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Unlike encoding/json it leaves <, >
// and & as they are, which models and caches see. Bytes that are not UTF-8
// become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		dst = appendEscape(append(dst, s[from:i]...), c)
		i += size
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// appendEscape appends what stands for a byte that cannot stand for itself.
func appendEscape(dst []byte, c byte) []byte {
	switch {
	case c >= utf8.RuneSelf:
		return append(dst, "\ufffd"...)
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c == '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// AppendFloat appends a finite number the way encoding/json writes it; a number
// that JSON cannot hold becomes null.
func AppendFloat(dst []byte, f float64) []byte {
	raw, err := json.Marshal(f)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, raw...)
}

// Compact returns raw without white space between its tokens; the order of the
// members and the spelling of numbers and strings stay. What is not valid JSON
// comes back as it is.
func Compact(raw json.RawMessage) json.RawMessage {
	if bytes.IndexByte(raw, ' ') < 0 && bytes.IndexByte(raw, '\n') < 0 &&
		bytes.IndexByte(raw, '\t') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	var out bytes.Buffer
	out.Grow(len(raw))
	if json.Compact(&out, raw) != nil {
		return raw
	}
	return out.Bytes()
}
