package protocol

import (
	"encoding/json"

	"github.com/tidwall/gjson"
)

// Grammar reads the format of a custom tool in the words of Chat Completions
// (nested) or of Responses (flat). syntax is lark or regex; both are empty for
// free text.
func Grammar(format json.RawMessage) (syntax, definition string) {
	v := gjson.ParseBytes(format)
	if nested := v.Get("grammar"); nested.IsObject() {
		v = nested
	}
	return v.Get("syntax").String(), v.Get("definition").String()
}

// CustomSchema is the schema of the function that stands for a custom tool
// toward a format without them: an object with one string, "input". The grammar
// of the tool is told in words, as nothing enforces it there.
func CustomSchema(format json.RawMessage) json.RawMessage {
	text := "The raw text of the tool's input."
	if syntax, definition := Grammar(format); definition != "" {
		text += " It must follow this " + syntax + " grammar:\n" + definition
	}
	out := []byte(`{"type":"object","properties":{"input":{"type":"string","description":`)
	out = AppendString(out, text)
	return append(out, `}},"required":["input"]}`...)
}

// CustomArgs is the arguments of the wrapped tool for an input.
func CustomArgs(input string) json.RawMessage {
	return append(AppendString([]byte(`{"input":`), input), '}')
}

// CustomInput is the input in the arguments of a wrapped tool. Arguments of
// another shape are handed on as they are, since the tool can make more of them
// than nobody.
func CustomInput(args string) string {
	var x StringExtractor
	return x.Feed(args) + x.Close()
}
