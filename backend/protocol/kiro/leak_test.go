package kiro

import (
	"encoding/json"
	"strings"
	"testing"
)

func leakTools() map[string]json.RawMessage {
	schema := json.RawMessage(`{"type":"object","properties":{"path":{"type":"string"},"n":{"type":"integer"},"list":{"type":"array"}}}`)
	return map[string]json.RawMessage{"read": schema, "mcp__a-b": schema}
}

// splitLeaks feeds a text in pieces of n bytes and returns calls as «name args».
func splitLeaks(s string, n int) string {
	f := leakFilter{tools: leakTools()}
	var out strings.Builder
	say := func(s string) { out.WriteString(s) }
	for ; s != ""; s = s[min(n, len(s)):] {
		f.feed(s[:min(n, len(s))], say, func(l leak) { out.WriteString("«" + l.name + " " + l.args + "»") })
	}
	f.close(say)
	return out.String()
}

func TestLeaks(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"none", "if a[0] < b {\n<div>\n[x]", "if a[0] < b {\n<div>\n[x]"},
		{"plain", `[Called read with args: {"path":"a]\"}"}]`, `«read {"path":"a]\"}"}»`},
		{"behind text", "Now:\n[Called mcp__a-b with args: {} ]\nso", "Now:\n«mcp__a-b {}»\nso"},
		{"two in a row", `[Called read with args: {}][Called read with args: {"n":1}]`, `«read {}»«read {"n":1}»`},
		{"in the middle of a line", "say [Called read with args: {}]", "say [Called read with args: {}]"},
		{"another tool", `[Called write with args: {}]`, `[Called write with args: {}]`},
		{"no object", `[Called read with args: [1]]`, `[Called read with args: [1]]`},
		{"no JSON", `[Called read with args: {a:1}]`, `[Called read with args: {a:1}]`},
		{"cut", `[Called read with args: {"path":"a`, `[Called read with args: {"path":"a`},
		{"not closed", "[Called read with args: {}, please]", "[Called read with args: {}, please]"},
		{"invocation", `<invoke name="read"><parameter name="path">a<b</parameter></invoke> ok`, `«read {"path":"a<b"}» ok`},
		{"types by the schema", "<invoke name=\"read\">\n<parameter name=\"path\">12</parameter>\n<parameter name=\"n\">12</parameter>\n<parameter name=\"list\">[1]</parameter>\n<parameter name=\"other\">x y</parameter>\n</invoke>", `«read {"path":"12","n":12,"list":[1],"other":"x y"}»`},
		{"attributes", `<invoke name="read"><parameter name="n" string="false">1</parameter></invoke>`, `«read {"n":1}»`},
		{"list", "<function_calls>\n<invoke name=\"read\">\n</invoke>\n<invoke name=\"mcp__a-b\"></invoke>\n</function_calls>\nDone", "«read {}»«mcp__a-b {}»\nDone"},
		{"an empty list", "<function_calls></function_calls>", "<function_calls></function_calls>"},
		{"a list with another tool", `<function_calls><invoke name="write"></invoke></function_calls>`, `<function_calls><invoke name="write"></invoke></function_calls>`},
		{"a list that is cut", `<function_calls><invoke name="read"><parameter name="path">x`, `<function_calls><invoke name="read"><parameter name="path">x`},
		{"object", `<tool_call>{"name":"read","arguments":{"n":1}}</tool_call>`, `«read {"n":1}»`},
		{"object with text", "<tool_call>\n{\"name\":\"read\",\"arguments\":\"{\\\"n\\\":1}\"}\n</tool_call>", `«read {"n":1}»`},
		{"object of another tool", `<tool_call>{"name":"write","arguments":{}}</tool_call>`, `<tool_call>{"name":"write","arguments":{}}</tool_call>`},
		{"object without arguments", `<tool_call>{"name":"read"}</tool_call>`, `<tool_call>{"name":"read"}</tool_call>`},
		{"half a beginning", "x\n<function_", "x\n<function_"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for n := 1; n <= len(tt.in); n++ {
				if got := splitLeaks(tt.in, n); got != tt.want {
					t.Fatalf("pieces of %d: %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

// What only looks like a call is not held back for ever.
func TestLeakBound(t *testing.T) {
	f := leakFilter{tools: leakTools()}
	said := 0
	f.feed(`[Called read with args: {"path":"`, func(s string) { said += len(s) }, nil)
	for range 3 * maxLeak / 1000 {
		f.feed(strings.Repeat("x", 1000), func(s string) { said += len(s) }, nil)
	}
	if len(f.held) > maxLeak+1000 || said < maxLeak {
		t.Errorf("%d bytes are held back, %d have passed", len(f.held), said)
	}
}

func FuzzLeaks(f *testing.F) {
	f.Add(`[Called read with args: {"path":"a"}] x`, 3)
	f.Add("<function_calls>\n<invoke name=\"read\"><parameter name=\"n\">1</parameter></invoke></function_calls>", 1)
	f.Add(`<tool_call>{"name":"read","arguments":{}}</tool_call>`, 7)
	f.Fuzz(func(t *testing.T, s string, n int) {
		if len(s) > maxLeak/2 {
			return
		}
		whole, parts := splitLeaks(s, len(s)+1), splitLeaks(s, 1+n&0xff)
		if whole != parts {
			t.Fatalf("%q: in one piece %q, in parts %q", s, whole, parts)
		}
		if !strings.Contains(s, "read") && !strings.Contains(s, "mcp__a-b") && !strings.Contains(s, "\\u") && whole != s {
			t.Fatalf("%q became %q", s, whole)
		}
		check := leakFilter{tools: leakTools()}
		check.feed(s, func(string) {}, func(l leak) {
			if !json.Valid([]byte(l.args)) || l.args[0] != '{' || leakTools()[l.name] == nil {
				t.Fatalf("%q gives %+v", s, l)
			}
		})
	})
}
