package protocol

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

// Fault is an error of the client at a field of the object at hand; the callers
// put the way to that object in front (see Under).
func Fault(field, message string) *llm.Error {
	return &llm.Error{Kind: llm.InvalidRequest, Param: field, Message: field + ": " + message}
}

// NotAnObject is the error at an element that should be an object.
func NotAnObject() *llm.Error {
	return &llm.Error{Kind: llm.InvalidRequest, Message: "must be an object"}
}

// Under puts the way to an object in front of the field that e names, so that
// the good case costs nothing: "text" becomes "messages.0.content.1.text".
func Under(e *llm.Error, way string) *llm.Error {
	if e == nil {
		return nil
	}
	detail := strings.TrimPrefix(e.Message, e.Param)
	switch {
	case e.Param == "":
		e.Param, detail = way, ": "+detail
	case e.Param[0] == '[':
		e.Param = way + e.Param
	default:
		e.Param = way + "." + e.Param
	}
	e.Message = e.Param + detail
	return e
}

// UnderIndex is Under for an element of a list, written as "messages.0".
func UnderIndex(e *llm.Error, list string, i int) *llm.Error {
	if e == nil {
		return nil
	}
	return Under(e, list+"."+strconv.Itoa(i))
}

// UnderElement is Under for an element of a list, written as "input[0]". The
// name of the list may be empty where a caller further up knows it.
func UnderElement(e *llm.Error, list string, i int) *llm.Error {
	if e == nil {
		return nil
	}
	return Under(e, list+"["+strconv.Itoa(i)+"]")
}

// IsSet reports whether a value says anything: null counts as absent.
func IsSet(v gjson.Result) bool { return v.Exists() && v.Type != gjson.Null }

// Holds reports whether a member that was kept as it came says anything: what is
// null, false or empty is not missed.
func Holds(raw json.RawMessage) bool {
	v := gjson.ParseBytes(raw)
	return v.Type != gjson.Null && v.Type != gjson.False && v.Raw != "{}" && v.Raw != "[]" && v.Raw != `""`
}

// ReadString reads a string. Like the other readers it leaves out alone where
// the value is not set.
func ReadString(v gjson.Result, field string, out *string) *llm.Error {
	switch {
	case !IsSet(v):
		return nil
	case v.Type != gjson.String:
		return Fault(field, "must be a string")
	}
	*out = v.Str
	return nil
}

// ReadBool reads true or false.
func ReadBool(v gjson.Result, field string, out **bool) *llm.Error {
	switch {
	case !IsSet(v):
		return nil
	case !v.IsBool():
		return Fault(field, "must be true or false")
	}
	b := v.Bool()
	*out = &b
	return nil
}

// ReadInt reads a whole number.
func ReadInt(v gjson.Result, field string, out **int64) *llm.Error {
	if !IsSet(v) {
		return nil
	}
	n := v.Int()
	if v.Type != gjson.Number || float64(n) != v.Num {
		return Fault(field, "must be a whole number")
	}
	*out = &n
	return nil
}

// ReadFloat reads a number.
func ReadFloat(v gjson.Result, field string, out **float64) *llm.Error {
	switch {
	case !IsSet(v):
		return nil
	case v.Type != gjson.Number:
		return Fault(field, "must be a number")
	}
	f := v.Num
	*out = &f
	return nil
}

// ReadObject keeps an object as it came.
func ReadObject(v gjson.Result, field string, out *json.RawMessage) *llm.Error {
	switch {
	case !IsSet(v):
		return nil
	case !v.IsObject():
		return Fault(field, "must be an object")
	}
	*out = json.RawMessage(v.Raw)
	return nil
}

// ReadStrings appends the strings of a list to out. The format says with under
// how it writes the place of an element: UnderIndex or UnderElement.
func ReadStrings(v gjson.Result, field string, out *[]string, under func(*llm.Error, string, int) *llm.Error) *llm.Error {
	if !IsSet(v) {
		return nil
	}
	if !v.IsArray() {
		return Fault(field, "must be a list of strings")
	}
	for i, item := range v.Array() {
		if item.Type != gjson.String {
			return under(&llm.Error{Kind: llm.InvalidRequest, Message: "must be a string"}, field, i)
		}
		*out = append(*out, item.Str)
	}
	return nil
}

// Keep adds a member that the canonical form has no place for.
func Keep(extra map[string]json.RawMessage, key string, v gjson.Result) map[string]json.RawMessage {
	if extra == nil {
		extra = map[string]json.RawMessage{}
	}
	extra[key] = json.RawMessage(v.Raw)
	return extra
}
