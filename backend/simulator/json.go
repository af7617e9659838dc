package simulator

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// obj is a JSON object that keeps the order of its keys, as the real services
// do. Values are what appendJSON takes.
type obj []pair

type pair struct {
	key   string
	value any
}

// with returns o with one more key; o itself stays as it is.
func (o obj) with(key string, value any) obj { return append(o[:len(o):len(o)], pair{key, value}) }

// arr is a JSON array; unlike a nil slice it never becomes null.
type arr []any

// raw is JSON that is written as it is.
type raw string

// encode returns v as JSON without HTML escaping.
func encode(v any) []byte { return appendJSON(make([]byte, 0, 512), v) }

func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case obj:
		return appendObject(dst, v)
	case arr:
		return appendArray(dst, v)
	case string:
		return appendString(dst, v)
	case raw:
		return append(dst, v...)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic("simulator: value that JSON cannot hold: " + err.Error())
	}
	return append(dst, b...)
}

func appendObject(dst []byte, o obj) []byte {
	dst = append(dst, '{')
	for i, p := range o {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, p.key), ':')
		dst = appendJSON(dst, p.value)
	}
	return append(dst, '}')
}

func appendArray(dst []byte, a arr) []byte {
	dst = append(dst, '[')
	for i, v := range a {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, v)
	}
	return append(dst, ']')
}

func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default: // an invalid byte decodes to U+FFFD and is written as that
			dst = utf8.AppendRune(dst, r)
		}
		s = s[n:]
	}
	return append(dst, '"')
}
