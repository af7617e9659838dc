package anthropic

import "testing"

func TestStripReasoning(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{
			"thoughts", `{"model":"m", "messages":[{"role":"user","content":"a thinking\" b"}, {"role":"assistant","content":[ {"type":"thinking","thinking":"x","signature":"s"}, {"type":"text","text":"b"} ,{"type":"redacted_thinking","data":"d"}],"k":1}],"thinking":{"type":"adaptive"}}`,
			`{"model":"m", "messages":[{"role":"user","content":"a thinking\" b"},{"role":"assistant","content":[{"type":"text","text":"b"}],"k":1}],"thinking":{"type":"adaptive"}}`,
		},
		{
			"nothing but thoughts", `{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"s"}]},{"role":"user","content":"b"}]}`,
			`{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}`,
		},
		{
			"thoughts in arguments stay", `{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"content":[{"type":"thinking"}]}},{"type":"thinking","thinking":""}]}]}`,
			`{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"content":[{"type":"thinking"}]}}]}]}`,
		},
		{"none", `{"messages":[{"role":"user","content":[{"type":"text","text":"the thinking\""}]}],"thinking":{"type":"adaptive"}}`, ""},
		{"only thoughts", `{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":""}]}]}`, ""},
		{"no messages", `{"thinking":{}}`, ""},
		{"no JSON", `{"thinking"`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := Format{}.StripReasoning([]byte(tt.body))
			if want := tt.want; ok != (want != "") || ok && string(got) != want || !ok && string(got) != tt.body {
				t.Errorf("%v\n%s", ok, got)
			}
		})
	}
}
