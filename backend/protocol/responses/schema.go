package responses

import (
	"github.com/tidwall/gjson"
)

// isStrict reports whether a schema is in the subset to which the API can hold a
// model: every object lists all its properties as required and allows no other.
// A schema outside of it is refused with strict set.
func isStrict(schema []byte) bool {
	root := gjson.ParseBytes(schema)
	return root.Get("type").Str == "object" && strictSchema(root)
}

func strictSchema(v gjson.Result) bool {
	if !v.IsObject() {
		return true
	}
	if v.Get("patternProperties").Exists() || v.Get("default").Exists() {
		return false
	}
	properties := v.Get("properties")
	if v.Get("type").Str == "object" || properties.Exists() {
		if v.Get("additionalProperties").Type != gjson.False || !requiresAll(v, properties) {
			return false
		}
	}
	return strictEach(properties) && strictEach(v.Get("$defs")) && strictEach(v.Get("definitions")) &&
		strictEach(v.Get("anyOf")) && strictSchema(v.Get("items"))
}

func requiresAll(v, properties gjson.Result) bool {
	required := map[string]bool{}
	for _, name := range v.Get("required").Array() {
		required[name.Str] = true
	}
	all := true
	properties.ForEach(func(name, _ gjson.Result) bool {
		all = required[name.Str]
		return all
	})
	return all
}

func strictEach(list gjson.Result) bool {
	ok := true
	list.ForEach(func(_, v gjson.Result) bool {
		ok = strictSchema(v)
		return ok
	})
	return ok
}
