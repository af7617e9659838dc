package simulator

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
)

// snake turns a JSON name into the name of its protocol buffer field.
func snake(name string) string {
	var out strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			out.WriteByte('_')
			r = unicode.ToLower(r)
		}
		out.WriteRune(r)
	}
	return out.String()
}

// sameProto compares names as the JSON form of protocol buffers does: both
// spellings are one field.
func sameProto(key, name string) bool { return key == name || key == snake(name) }

// get reads a field in either spelling.
func get(v gjson.Result, path ...string) gjson.Result {
	for _, name := range path {
		next := v.Get(name)
		if !next.Exists() {
			next = v.Get(snake(name))
		}
		v = next
	}
	return v
}

// violated puts a violation into the words of Google's JSON parser.
func (g *gemini) violated(v *violation) *refusal {
	for i, s := range v.path {
		v.path[i] = snake(s)
	}
	at := v.indexed()
	switch v.breach {
	case unknown:
		return g.unknownName(v)
	case missing, tooShort:
		if at == "contents" {
			return gInvalid("* GenerateContentRequest.contents: contents is not specified\n")
		}
		return gInvalid("* GenerateContentRequest.%s: must not be empty.\n", at)
	case notListed, badTag:
		return violating(at, "Invalid value at '"+at+"', "+v.got.Raw)
	case belowLow, aboveHigh:
		name := camel(v.name())
		return gInvalid("Unable to submit request because it has a %s value of %s but the supported range is from %s (inclusive) to %s (inclusive). Update the value and try again.",
			name, v.got.Raw, bound(v.rule.lo), bound(v.rule.hi))
	case tooLong:
		return gInvalid("* GenerateContentRequest.%s: at most %d items are allowed.\n", at, v.rule.most)
	case noMatch:
		return gInvalid("* GenerateContentRequest.%s: [FIELD_INVALID] %s\n", at, v.rule.pattern)
	}
	return violating(at, "Invalid value at '"+at+"' ("+protoType(v.rule)+"), "+v.got.Raw)
}

func bound(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func camel(name string) string {
	words := strings.Split(name, "_")
	for i := 1; i < len(words); i++ {
		if words[i] != "" {
			words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
		}
	}
	return strings.Join(words, "")
}

func (g *gemini) unknownName(v *violation) *refusal {
	name := v.path[len(v.path)-1]
	v.path = v.path[:len(v.path)-1]
	at := v.indexed()
	message := `Invalid JSON payload received. Unknown name "` + camel(name) + `": Cannot find field.`
	if at != "" {
		message = `Invalid JSON payload received. Unknown name "` + camel(name) + `" at '` + at + `': Cannot find field.`
	}
	return violating(at, message)
}

// violating is a refusal with the violation in its details.
func violating(at, message string) *refusal {
	r := gInvalid("%s", message)
	entry := obj{{"description", message}}
	if at != "" {
		entry = obj{{"field", at}, {"description", message}}
	}
	r.details = arr{obj{{"@type", "type.googleapis.com/google.rpc.BadRequest"}, {"fieldViolations", arr{entry}}}}
	return r
}

func protoType(r *rule) string {
	if len(r.either) > 0 {
		r = r.either[0]
	}
	switch r.kind {
	case textKind:
		return "TYPE_STRING"
	case numberKind:
		return "TYPE_FLOAT"
	case integerKind:
		return "TYPE_INT32"
	case boolKind:
		return "TYPE_BOOL"
	}
	return "TYPE_MESSAGE"
}
