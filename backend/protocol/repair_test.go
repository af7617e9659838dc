package protocol

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRepairJSON(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"valid", `{"a": 1.0,"b":"<"}`, `{"a": 1.0,"b":"<"}`},
		{"nothing", ``, `{}`},
		{"white space", " \n", `{}`},
		{"null", `null`, `{}`},
		{"open", `{`, `{}`},
		{"cut name", `{"a":1,"b`, `{"a":1}`},
		{"name without value", `{"a":1,"b"`, `{"a":1}`},
		{"colon without value", `{"a":1,"b":`, `{"a":1}`},
		{"cut string", `{"a":"x`, `{"a":"x"}`},
		{"cut escape", `{"a":"x\`, `{"a":"x"}`},
		{"cut code", `{"a":"x\u00e`, `{"a":"x"}`},
		{"escaped quote", `{"a":"x\"`, `{"a":"x\""}`},
		{"cut list", `{"a":[1,{"b":"c"},`, `{"a":[1,{"b":"c"}]}`},
		{"cut word", `{"a":tr`, `{"a":true}`},
		{"cut number", `{"a":1.`, `{"a":1}`},
		{"cut sign", `{"a":1,"b":-`, `{"a":1}`},
		{"number", `{"a":12`, `{"a":12}`},
		{"trailing comma", `{"a":1,`, `{"a":1}`},
		{"brackets in strings", `{"a":"}]{","b":["`, `{"a":"}]{","b":[""]}`},
		{"a string", `"x"`, `{"_raw":"\"x\""}`},
		{"a list", `[1]`, `{"_raw":"[1]"}`},
		{"prose", `call it with <a>`, `{"_raw":"call it with <a>"}`},
		{"crossed", `{"a":[}`, `{"_raw":"{\"a\":[}"}`},
		{"two objects", `{}{}`, `{"_raw":"{}{}"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(RepairJSON(tt.in)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Every beginning of a valid object can be closed.
func TestRepairJSONAnyCut(t *testing.T) {
	whole := `{"path":"a\"b\\c\u00e9","n":-1.5e3,"deep":[{"x":null,"y":[true,false]},[],{}],"z":{"k":"v"}}`
	for i := 1; i < len(whole); i++ {
		got := RepairJSON(whole[:i])
		if !json.Valid(got) || strings.HasPrefix(string(got), `{"_raw"`) {
			t.Errorf("%s became %s", whole[:i], got)
		}
	}
}

func FuzzRepairJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"c\u12`, `{"a":nul`, `[`, `{]`, "\xff", `{"_raw":1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var v map[string]any
		if err := json.Unmarshal(RepairJSON(s), &v); err != nil {
			t.Fatalf("%q became %s: %v", s, RepairJSON(s), err)
		}
	})
}

func TestCustomInput(t *testing.T) {
	tests := []struct{ name, args, want string }{
		{"plain", `{"input":"ls -l"}`, "ls -l"},
		{"spaces", " {\n \"input\" : \"a\" } ", "a"},
		{"escapes", `{"input":"a\"b\\c\/\n\t\r\b\f\u00e9<"}`, "a\"b\\c/\n\t\r\b\fé<"},
		{"surrogates", `{"input":"\ud83d\ude00"}`, "😀"},
		{"half a pair", `{"input":"\ud83dx"}`, "\ufffdx"},
		{"half a pair at the end", `{"input":"\ud83d"}`, "\ufffd"},
		{"two halves", `{"input":"\ud83d\ud83d\ude00\udc00"}`, "\ufffd😀\ufffd"},
		{"half, then an escape", `{"input":"\ud83d\n"}`, "\ufffd\n"},
		{"characters", `{"input":"ü😀"}`, "ü😀"},
		{"empty", `{"input":""}`, ""},
		{"behind others", `{"a":{"input":"no","x":["}\"",1]},"b":null,"input":"yes","c":1}`, "yes"},
		{"cut", `{"input":"ab`, "ab"},
		{"no input", `{"cmd":"ls"}`, `{"cmd":"ls"}`},
		{"not a string", `{"input":{"a":1}}`, `{"input":{"a":1}}`},
		{"not an object", `ls -l`, "ls -l"},
		{"nothing", ``, ""},
		{"an empty object", `{}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := CustomInput(tt.args); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			for n := 1; n < len(tt.args); n++ {
				if got := extract(t, tt.args, n); got != tt.want {
					t.Fatalf("pieces of %d: got %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

func extract(t *testing.T, args string, n int) string {
	t.Helper()
	var x StringExtractor
	var out strings.Builder
	for len(args) > 0 {
		k := min(n, len(args))
		piece := x.Feed(args[:k])
		if !utf8.ValidString(piece) {
			t.Fatalf("%q ends inside a character", piece)
		}
		out.WriteString(piece)
		args = args[k:]
	}
	return out.String() + x.Close()
}

func FuzzCustomInput(f *testing.F) {
	f.Add("ls\n\"é😀", 3)
	f.Fuzz(func(t *testing.T, input string, n int) {
		if !utf8.ValidString(input) || n < 1 {
			return
		}
		if got := extract(t, string(CustomArgs(input)), n); got != input {
			t.Fatalf("%q came back as %q", input, got)
		}
	})
}

func TestCustomSchema(t *testing.T) {
	flat := json.RawMessage(`{"type":"grammar","syntax":"lark","definition":"start: \"a\""}`)
	nested := json.RawMessage(`{"type":"grammar","grammar":{"syntax":"lark","definition":"start: \"a\""}}`)
	for _, format := range []json.RawMessage{flat, nested} {
		if syntax, definition := Grammar(format); syntax != "lark" || definition != `start: "a"` {
			t.Errorf("got %q and %q", syntax, definition)
		}
		if got := string(CustomSchema(format)); !json.Valid([]byte(got)) || !strings.Contains(got, `lark grammar:\nstart: \"a\"`) {
			t.Errorf("got %s", got)
		}
	}
	if got := CustomSchema(nil); string(NormalizeSchema(got)) != string(got) {
		t.Errorf("%s is not normal", got)
	}
}
