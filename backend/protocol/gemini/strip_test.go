package gemini

import "testing"

func TestStripReasoning(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", `{"contents": [{"parts":[{"text":"a \"thought\""}]}]}`, ""},
		{"only the bypass", contents(`{"parts":[{"functionCall":{"name":"f"},"thoughtSignature":"skip_thought_signature_validator"}]}`), ""},
		{"not JSON", `{"contents":[{"thought"`, ""},
		{
			"a call", contents(`{"role":"model", "parts":[ {"functionCall":{"name":"f","args":{"thoughtSignature":"data"}},"thoughtSignature":"x"} ]}`),
			contents(`{"role":"model", "parts":[{"functionCall":{"name":"f","args":{"thoughtSignature":"data"}},"thoughtSignature":"skip_thought_signature_validator"}]}`),
		},
		{
			"snake case", contents(`{"parts":[{"function_call":{"name":"f"},"thought_signature":"x"}]}`),
			contents(`{"parts":[{"function_call":{"name":"f"},"thoughtSignature":"skip_thought_signature_validator"}]}`),
		},
		{"texts", contents(`{"parts":[{"text":"a","thoughtSignature":"x"},{"text":"","thoughtSignature":"y"},{"text":"t","thought":true},{"thoughtSignature":"z"}]}`), contents(`{"parts":[{"text":"a"}]}`)},
		{"a content of thoughts", contents(`{"parts":[{"text":"q"}]},{"role":"model","parts":[{"text":"t","thought":true}]}`), contents(`{"parts":[{"text":"q"}]}`)},
		{"the rest stays", `{"a" : 1,"contents":[{"parts":[{"text":"t","thoughtSignature":"x"}]}],"z":"thought"}`, `{"a" : 1,"contents":[{"parts":[{"text":"t"}]}],"z":"thought"}`},
	} {
		got, ok := Format{}.StripReasoning([]byte(tt.in))
		want := tt.want
		if want == "" {
			want = tt.in
		}
		if string(got) != want || ok != (tt.want != "") {
			t.Errorf("%s: %v %s", tt.name, ok, got)
		}
	}
}
