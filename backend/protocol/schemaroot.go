package protocol

import (
	"encoding/json"

	"github.com/tidwall/gjson"
)

// FlattenRoot takes combinations off the root of a tool's schema, where some
// services refuse them. The properties of the branches become properties of the
// whole, none of them required.
func FlattenRoot(raw json.RawMessage) json.RawMessage {
	root := gjson.ParseBytes(raw)
	combined := false
	for _, key := range combinations {
		combined = combined || root.Get(key).Exists()
	}
	if !combined {
		return raw
	}
	o := BeginObject(nil)
	root.ForEach(func(key, v gjson.Result) bool {
		if key.Str != "properties" && !isCombination(key.Str) {
			o.Raw(key.Str, []byte(v.Raw))
		}
		return true
	})
	o.Value("properties", func(dst []byte) []byte { return appendUnion(dst, root) })
	return o.End()
}

var combinations = []string{"anyOf", "oneOf", "allOf"}

func isCombination(key string) bool {
	return key == "anyOf" || key == "oneOf" || key == "allOf"
}

func appendUnion(dst []byte, root gjson.Result) []byte {
	o := BeginObject(dst)
	seen := map[string]bool{}
	add := func(properties gjson.Result) {
		properties.ForEach(func(key, v gjson.Result) bool {
			if !seen[key.Str] {
				seen[key.Str] = true
				o.Raw(key.Str, []byte(v.Raw))
			}
			return true
		})
	}
	add(root.Get("properties"))
	for _, key := range combinations {
		for _, branch := range root.Get(key).Array() {
			add(branch.Get("properties"))
		}
	}
	return o.End()
}
