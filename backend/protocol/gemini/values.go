package gemini

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// camel is the name of a member in camelCase. Google's JSON takes both that and
// snake_case, and clients mix them.
func camel(name string) string {
	name = strings.TrimLeft(name, "_")
	if strings.IndexByte(name, '_') < 0 {
		return name
	}
	out := make([]byte, 0, len(name))
	up := false
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '_':
			up = true
			continue
		case up && c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		up = false
		out = append(out, c)
	}
	return string(out)
}

// members calls do for every member of an object that says anything, with its
// name in camelCase and as it stands. null counts as absent, as Google has it.
func members(v gjson.Result, do func(name, written string, v gjson.Result) *llm.Error) *llm.Error {
	if !v.IsObject() {
		return protocol.NotAnObject()
	}
	var failed *llm.Error
	v.ForEach(func(key, m gjson.Result) bool {
		if m.Type != gjson.Null {
			failed = do(camel(key.Str), key.Str, m)
		}
		return failed == nil
	})
	return failed
}

// each calls do for every element of a list.
func each(v gjson.Result, field string, do func(i int, v gjson.Result) *llm.Error) *llm.Error {
	if !v.IsArray() {
		return protocol.Fault(field, "must be a list")
	}
	var failed *llm.Error
	i := 0
	v.ForEach(func(_, item gjson.Result) bool {
		failed = protocol.UnderElement(do(i, item), field, i)
		i++
		return failed == nil
	})
	return failed
}

// The readers of single values. Numbers may be written as strings, as Google's
// JSON writes large ones itself.

func readString(v gjson.Result, field string, out *string) *llm.Error {
	if v.Type != gjson.String {
		return protocol.Fault(field, "must be a string")
	}
	*out = v.Str
	return nil
}

// readWord reads a value of an enumeration: its case does not matter, and
// unspecified is as good as absent.
func readWord(v gjson.Result, field string, out *string) *llm.Error {
	if e := readString(v, field, out); e != nil {
		return e
	}
	*out = strings.ToLower(*out)
	if strings.HasSuffix(*out, "unspecified") {
		*out = ""
	}
	return nil
}

func readBool(v gjson.Result, field string, out *bool) *llm.Error {
	if !v.IsBool() {
		return protocol.Fault(field, "must be true or false")
	}
	*out = v.Bool()
	return nil
}

func readFloat(v gjson.Result, field string, out **float64) *llm.Error {
	n, err := v.Num, error(nil)
	if v.Type == gjson.String {
		n, err = strconv.ParseFloat(v.Str, 64)
	}
	if err != nil || v.Type != gjson.Number && v.Type != gjson.String || n != n || n > 1e300 || n < -1e300 {
		return protocol.Fault(field, "must be a number")
	}
	*out = &n
	return nil
}

func readInt(v gjson.Result, field string, out **int64) *llm.Error {
	var f *float64
	if e := readFloat(v, field, &f); e != nil || *f != float64(int64(*f)) {
		return protocol.Fault(field, "must be a whole number")
	}
	n := int64(*f)
	if exact, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
		n = exact
	}
	*out = &n
	return nil
}

func readStrings(v gjson.Result, field string, out *[]string) *llm.Error {
	return each(v, field, func(_ int, item gjson.Result) *llm.Error {
		if item.Type != gjson.String {
			return &llm.Error{Kind: llm.InvalidRequest, Message: "must be a string"}
		}
		*out = append(*out, item.Str)
		return nil
	})
}
