package anthropic

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

// fault is an error of the client at a field of the object at hand; the callers
// put the way to that object in front (see under).
func fault(field, message string) *llm.Error {
	return &llm.Error{Kind: llm.InvalidRequest, Param: field, Message: field + ": " + message}
}

// under puts the way to an object in front of the field that e names, so that
// the good case costs nothing: "text" becomes "messages.0.content.1.text".
func under(e *llm.Error, way string) *llm.Error {
	if e == nil {
		return nil
	}
	detail := strings.TrimPrefix(e.Message, e.Param)
	if e.Param == "" {
		e.Param, detail = way, ": "+detail
	} else {
		e.Param = way + "." + e.Param
	}
	e.Message = e.Param + detail
	return e
}

func underIndex(e *llm.Error, list string, i int) *llm.Error {
	if e == nil {
		return nil
	}
	return under(e, list+"."+strconv.Itoa(i))
}

// The readers of single values. null counts as absent, as the API has it.

func isSet(v gjson.Result) bool { return v.Exists() && v.Type != gjson.Null }

func readString(v gjson.Result, field string, out *string) *llm.Error {
	switch {
	case !isSet(v):
		return nil
	case v.Type != gjson.String:
		return fault(field, "must be a string")
	}
	*out = v.Str
	return nil
}

func readBool(v gjson.Result, field string, out **bool) *llm.Error {
	switch {
	case !isSet(v):
		return nil
	case !v.IsBool():
		return fault(field, "must be true or false")
	}
	b := v.Bool()
	*out = &b
	return nil
}

func readInt(v gjson.Result, field string, out **int64) *llm.Error {
	if !isSet(v) {
		return nil
	}
	n := v.Int()
	if v.Type != gjson.Number || float64(n) != v.Num {
		return fault(field, "must be a whole number")
	}
	*out = &n
	return nil
}

func readFloat(v gjson.Result, field string, out **float64) *llm.Error {
	switch {
	case !isSet(v):
		return nil
	case v.Type != gjson.Number:
		return fault(field, "must be a number")
	}
	f := v.Num
	*out = &f
	return nil
}

func readStrings(v gjson.Result, field string, out *[]string) *llm.Error {
	if !isSet(v) {
		return nil
	}
	if !v.IsArray() {
		return fault(field, "must be a list of strings")
	}
	for i, item := range v.Array() {
		if item.Type != gjson.String {
			return underIndex(&llm.Error{Kind: llm.InvalidRequest, Message: "must be a string"}, field, i)
		}
		*out = append(*out, item.Str)
	}
	return nil
}
