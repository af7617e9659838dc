package gemini

import (
	"encoding/json"
	"strconv"
	"testing"
)

func TestFunctionSchema(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"none", ``, ``},
		{"no properties", `{"type":"object","properties":{}}`, ``},
		{
			"plain", `{"type":"object","properties":{"b":{"type":"string","description":"d"},"a":{"type":"integer","minimum":1}},"required":["a"]}`,
			`{"type":"object","properties":{"b":{"type":"string","description":"d"},"a":{"type":"integer","minimum":1}},"required":["a"]}`,
		},
		{
			"members that look like words of a schema", `{"type":"object","properties":{"title":{"type":"string"},"format":{"type":"string"},"const":{"type":"string"},"required":{"type":"string"}}}`,
			`{"type":"object","properties":{"title":{"type":"string"},"format":{"type":"string"},"const":{"type":"string"},"required":{"type":"string"}}}`,
		},
		{
			"references", `{"type":"object","properties":{"p":{"$ref":"#/$defs/P","description":"mine"}},"$defs":{"P":{"type":"object","description":"its","properties":{"x":{"$ref":"#/definitions/a~1b"}}}},"definitions":{"a/b":{"type":"number"}}}`,
			`{"type":"object","properties":{"p":{"type":"object","description":"mine","properties":{"x":{"type":"number"}}}}}`,
		},
		{
			"a reference in a circle", `{"type":"object","properties":{"n":{"$ref":"#/$defs/Node"}},"$defs":{"Node":{"type":"object","properties":{"next":{"$ref":"#/$defs/Node"},"all":{"type":"array","items":{"$ref":"#"}}}}}}`,
			`{"type":"object","properties":{"n":{"type":"object","properties":{"next":{"type":"object","description":"recursive Node"},"all":{"type":"array","items":{"type":"object","description":"recursive"}}}}}}`,
		},
		{"a reference to nowhere", `{"properties":{"n":{"$ref":"other.json"}}}`, `{"type":"object","properties":{"n":{"type":"object","description":"recursive other.json"}}}`},
		{"const", `{"properties":{"a":{"const":"x"},"b":{"const":1}}}`, `{"type":"object","properties":{"a":{"type":"string","enum":["x"]},"b":{"enum":[1]}}}`},
		{
			"types with null", `{"properties":{"a":{"type":["string","null"]},"b":{"type":["string","integer","null"],"minimum":1}}}`,
			`{"type":"object","properties":{"a":{"type":"string","nullable":true},"b":{"nullable":true,"anyOf":[{"type":"string"},{"type":"integer","minimum":1}]}}}`,
		},
		{
			"allOf", `{"properties":{"a":{"allOf":[{"type":"object","properties":{"x":{"type":"string"}},"required":["x"]},{"properties":{"y":{"type":"string"}},"required":["y"]}]}}}`,
			`{"type":"object","properties":{"a":{"type":"object","properties":{"x":{"type":"string"},"y":{"type":"string"}},"required":["x","y"]}}}`,
		},
		{
			"oneOf with null", `{"properties":{"a":{"oneOf":[{"type":"string"},{"type":"null"}]},"b":{"oneOf":[{"type":"string"},{"type":"number"},{"type":"null"}],"description":"d"}}}`,
			`{"type":"object","properties":{"a":{"type":"string","nullable":true},"b":{"nullable":true,"description":"d","anyOf":[{"type":"string"},{"type":"number"}]}}}`,
		},
		{
			"alternatives beside properties", `{"properties":{"a":{"type":"string"}},"anyOf":[{"required":["a"]},{"properties":{"b":{"type":"string"}},"required":["b"]}]}`,
			`{"type":"object","description":"(one way requires: a; one way requires: b)","properties":{"a":{"type":"string"},"b":{"type":"string"}}}`,
		},
		{
			"alternatives at the root", `{"oneOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"object","properties":{"b":{"type":"string"}}}]}`,
			`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}`,
		},
		{
			"enums", `{"properties":{"a":{"enum":["x","",null]},"n":{"type":"integer","enum":[1,2]}}}`,
			`{"type":"object","properties":{"a":{"type":"string","nullable":true,"enum":["x"]},"n":{"type":"integer","enum":[1,2]}}}`,
		},
		{
			"constraints", `{"properties":{"a":{"type":"string","description":"d","minLength":3,"maxLength":9,"pattern":"^a","format":"uri"},"n":{"type":"number","exclusiveMinimum":0,"multipleOf":2,"format":"double"},
			"l":{"type":"array","items":{"type":"string","format":"date-time"},"minItems":1,"maxItems":2,"uniqueItems":true},"o":{"type":"object","minProperties":1}}}`,
			`{"type":"object","properties":{"a":{"type":"string","description":"d (minLength: 3; maxLength: 9; pattern: ^a; format: uri)"},"n":{"type":"number","format":"double","description":"(exclusiveMinimum: 0; multipleOf: 2)"},` +
				`"l":{"type":"array","description":"(minItems: 1; maxItems: 2; uniqueItems: true)","items":{"type":"string","format":"date-time"}},"o":{"type":"object","description":"(minProperties: 1)"}}}`,
		},
		{
			"what is deleted", `{"$schema":"s","$id":"i","$comment":"c","properties":{"a":{"type":"string","examples":["e"],"readOnly":true,"deprecated":true,"contentEncoding":"base64","x-y":1,"title":"T","default":"z"}},
			"additionalProperties":false,"patternProperties":{"^x":{}},"propertyNames":{},"unevaluatedProperties":false,"if":{},"then":{},"else":{},"not":{},"contains":{},"dependentRequired":{}}`,
			`{"type":"object","properties":{"a":{"type":"string","title":"T","default":"z"}}}`,
		},
		{
			"tuples", `{"properties":{"a":{"type":"array","prefixItems":[{"type":"string"},{"type":"number"}]},"b":{"type":"array","items":[{"type":"string"}]}}}`,
			`{"type":"object","properties":{"a":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"number"}]}},"b":{"type":"array","items":{"type":"string"}}}}`,
		},
		{"required that is not there", `{"properties":{"a":{"type":"string"}},"required":["a","b","a"]}`, `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`},
		{"only what is not there", `{"properties":{"a":{"type":"string"}},"required":["b"]}`, `{"type":"object","properties":{"a":{"type":"string"}}}`},
		{
			"a list of nothing", `{"properties":{"a":{"type":"array"},"b":{"items":true,"type":"array"}}}`,
			`{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}},"b":{"type":"array","items":{"type":"string"}}}}`,
		},
		{"nested objects without properties", `{"properties":{"a":{"type":"object"},"b":true}}`, `{"type":"object","properties":{"a":{"type":"object"},"b":{}}}`},
		{"large types", `{"properties":{"a":{"type":"STRING"}}}`, `{"type":"object","properties":{"a":{"type":"string"}}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := tt.in
			got := functionSchema(json.RawMessage(tt.in))
			if string(got) != tt.want || tt.in != before {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if again := functionSchema(got); len(got) > 0 && string(again) != string(got) && tt.name != "constraints" {
				t.Errorf("the second time it is\n%s\nof\n%s", again, got)
			}
		})
	}
}

// References may not let a small schema grow without bound.
func TestReferencesAreBounded(t *testing.T) {
	in := `{"type":"object","properties":{"a":{"$ref":"#/$defs/0"}},"$defs":{`
	for i := range 30 {
		ref := `{"$ref":"#/$defs/` + strconv.Itoa(i+1) + `"}`
		in += `"` + strconv.Itoa(i) + `":{"type":"object","properties":{"x":` + ref + `,"y":` + ref + `,"z":` + ref + `}},`
	}
	in += `"_":{}}}`
	if got := functionSchema(json.RawMessage(in)); !json.Valid(got) || len(got) > 1<<20 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestAnswerSchema(t *testing.T) {
	for in, want := range map[string]string{
		`{"type":"object"}`: `{"type":"object"}`,
		`{"type":"array","items":{"$ref":"#/$defs/a"},"$defs":{"a":{"type":"string"}}}`: `{"type":"array","items":{"type":"string"}}`,
		`{"type":"null"}`: `{"type":"null"}`,
		`{}`:              `{}`,
	} {
		if got := string(answerSchema(json.RawMessage(in))); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
