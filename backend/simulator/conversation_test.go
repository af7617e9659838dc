package simulator_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/simulator"
)

// post sends a body and returns the answer, which must be a success.
func (s *service) post(path, body string) gjson.Result {
	s.Helper()
	return s.ok(call{path: path, body: body})
}

// TestToolLoops goes through a step of tools in every dialect, with thinking.
func TestToolLoops(t *testing.T) {
	s := startService(t, simulator.Options{})
	const ask = "get_weather for both Paris and Rome"

	user := `{"role":"user","content":"` + ask + `"}`
	more := `"model":"gpt-4o","tools":[` + chatTool + `]`
	first := s.post("/v1/chat/completions", `{`+more+`,"messages":[`+user+`]}`)
	msg := first.Get("choices.0.message")
	if msg.Get("tool_calls.#").Int() != 2 || msg.Get("tool_calls.1.function.arguments").String() != `{"city":"Rome"}` {
		t.Fatalf("chat: %s", first.Raw)
	}
	turns := user + "," + msg.Raw
	for _, c := range msg.Get("tool_calls").Array() {
		turns += `,{"role":"tool","tool_call_id":"` + c.Get("id").String() + `","content":"sunny"}`
	}
	if got := s.post("/v1/chat/completions", `{`+more+`,"messages":[`+turns+`]}`).Get("choices.0"); !strings.Contains(got.Get("message.content").String(), "sunny; sunny") {
		t.Errorf("chat: %s", got.Raw)
	}

	more = `"model":"gpt-5","store":false,"include":["reasoning.encrypted_content"],"tools":[` + responseTool + `]`
	first = s.post("/v1/responses", `{`+more+`,"input":[`+user+`]}`)
	items := user
	for _, item := range first.Get("output").Array() {
		items += "," + item.Raw
	}
	for _, item := range first.Get(`output.#(type=="function_call")#`).Array() {
		items += `,{"type":"function_call_output","call_id":"` + item.Get("call_id").String() + `","output":"sunny"}`
	}
	if got := s.post("/v1/responses", `{`+more+`,"input":[`+items+`]}`); !strings.Contains(got.Get("output.1.content.0.text").String(), "sunny; sunny") {
		t.Errorf("responses: %s", got.Raw)
	}

	more = `"model":"claude-sonnet-4-5","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2000},"tools":[` + messageTool + `]`
	first = s.post("/v1/messages", `{`+more+`,"messages":[`+user+`]}`)
	var results []string
	for _, b := range first.Get(`content.#(type=="tool_use")#`).Array() {
		results = append(results, `{"type":"tool_result","tool_use_id":"`+b.Get("id").String()+`","content":"sunny"}`)
	}
	turns = user + `,{"role":"assistant","content":` + first.Get("content").Raw + `},{"role":"user","content":[` + strings.Join(results, ",") + `]}`
	if got := s.post("/v1/messages", `{`+more+`,"messages":[`+turns+`]}`); !strings.Contains(got.Get("content.1.text").String(), "sunny; sunny") {
		t.Errorf("messages: %s", got.Raw)
	}

	more = `"tools":[` + geminiTool + `]`
	question := `{"role":"user","parts":[{"text":"` + ask + `"}]}`
	const path = "/v1beta/models/gemini-3-pro-preview:generateContent"
	first = s.post(path, `{`+more+`,"contents":[`+question+`]}`)
	results = nil
	for range first.Get("candidates.0.content.parts").Array() {
		results = append(results, `{"functionResponse":{"name":"get_weather","response":{"output":"sunny"}}}`)
	}
	turns = question + "," + first.Get("candidates.0.content").Raw + `,{"role":"user","parts":[` + strings.Join(results, ",") + `]}`
	if got := s.post(path, `{`+more+`,"contents":[`+turns+`]}`); !strings.Contains(got.Get("candidates.0.content.parts.0.text").String(), "sunny; sunny") {
		t.Errorf("gemini: %s", got.Raw)
	}
}

// TestForeignReasoning shows that signatures are good for one account only,
// and encrypted reasoning for one model.
func TestForeignReasoning(t *testing.T) {
	s := startService(t, simulator.Options{})
	const user = `{"role":"user","content":"hi"}`
	thought := s.post("/v1/messages", `{"model":"claude-sonnet-4-5","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2000},"messages":[`+user+`]}`).Get("content").Raw
	messages := func(content string) call {
		return call{path: "/v1/messages", body: `{"model":"claude-opus-4-5","max_tokens":99,"messages":[` + user + `,{"role":"assistant","content":` + content + `},` + user + `]}`}
	}
	reasoned := s.post("/v1/responses", `{"model":"gpt-5","store":false,"include":["reasoning.encrypted_content"],"input":[`+user+`]}`)
	response := func(model string) call {
		return call{path: "/v1/responses", body: `{"model":"` + model + `","input":[` + user + `,` + reasoned.Get("output.0").Raw + `,` + reasoned.Get("output.1").Raw + `,` + user + `]}`}
	}
	const path = "/v1beta/models/gemini-3-pro-preview:generateContent"
	const question = `{"role":"user","parts":[{"text":"hi"}]}`
	signed := s.post(path, `{"contents":[`+question+`]}`).Get("candidates.0.content").Raw
	gemini := call{path: path, body: `{"contents":[` + question + `,` + signed + `,` + question + `]}`}
	foreign := func(c call) call {
		c.key = "sk-other-0123456789"
		return c
	}
	cases := []struct {
		name   string
		call   call
		status int
	}{
		{"thinking", messages(thought), 200},
		{"thinking of another account", foreign(messages(thought)), 400},
		{"thinking that was changed", messages(strings.Replace(thought, `"thinking":"`, `"thinking":"No. `, 1)), 400},
		{"reasoning", response("gpt-5"), 200},
		{"reasoning of another account", foreign(response("gpt-5")), 400},
		{"reasoning of another model", response("gpt-5-mini"), 400},
		{"thought", gemini, 200},
		{"thought of another account", foreign(gemini), 400},
	}
	for _, c := range cases {
		if a := s.do(c.call); a.status != c.status {
			t.Errorf("%s: status %d\n%s", c.name, a.status, a.body)
		}
	}
}

// TestGeminiBypass accepts calls without a signature by the documented literal.
func TestGeminiBypass(t *testing.T) {
	s := startService(t, simulator.Options{})
	s.post("/v1beta/models/gemini-3-pro-preview:generateContent", `{"contents":[{"role":"user","parts":[{"text":"q"}]},`+
		`{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"},{"functionCall":{"name":"g","args":{}}}]},`+
		`{"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}},{"functionResponse":{"name":"g","response":{}}}]}]}`)
}

// TestSteps shows [sim:next]: a second step of tools after the first results.
func TestSteps(t *testing.T) {
	s := startService(t, simulator.Options{})
	text := `[sim:tool=get_weather args={\"city\":\"A [x]\"}][sim:next][sim:tool=get_weather][sim:tool=get_weather]`
	turns := `{"role":"user","content":"` + text + `"}`
	for step, want := range []int64{1, 2, 0} {
		msg := s.post("/v1/chat/completions", `{"model":"gpt-4o","tools":[`+chatTool+`],"messages":[`+turns+`]}`).Get("choices.0.message")
		calls := msg.Get("tool_calls").Array()
		if int64(len(calls)) != want {
			t.Fatalf("step %d: %s", step, msg.Raw)
		}
		if step == 0 && calls[0].Get("function.arguments").String() != `{"city":"A [x]"}` {
			t.Errorf("arguments: %s", calls[0].Raw)
		}
		turns += "," + msg.Raw
		for _, c := range calls {
			turns += `,{"role":"tool","tool_call_id":"` + c.Get("id").String() + `","content":"ok"}`
		}
	}
}

// TestVerbatimArguments gives a custom tool its input, and a function broken
// JSON.
func TestVerbatimArguments(t *testing.T) {
	s := startService(t, simulator.Options{})
	got := s.ok(chatCall(`[sim:tool=exec args=\"ls -l\"][sim:tool=get_weather args=\"{broken\"]`, `,"tools":[{"type":"custom","custom":{"name":"exec"}},`+chatTool+`]`)).Get("choices.0.message.tool_calls")
	if got.Get("0.custom.input").String() != "ls -l" || got.Get("1.function.arguments").String() != "{broken" {
		t.Errorf("%s", got.Raw)
	}
}

// TestToolChoice obeys what the client says about tools.
func TestToolChoice(t *testing.T) {
	s := startService(t, simulator.Options{})
	two := `"tools":[` + chatTool + `,{"type":"function","function":{"name":"other_tool"}}]`
	cases := []struct{ name, text, more, want string }{
		{"not named", "hello", "", "[]"},
		{"named", "use get_weather", "", `["get_weather"]`},
		{"named with spaces", "Get Weather please", "", `["get_weather"]`},
		{"both named", "get_weather, then other_tool", "", `["get_weather","other_tool"]`},
		{"serial", "get_weather, then other_tool", `,"parallel_tool_calls":false`, `["get_weather"]`},
		{"part of a word", "forget_weather_now", "", "[]"},
		{"in a note", "<system-reminder>use get_weather</system-reminder> hello", "", "[]"},
		{"none", "use get_weather", `,"tool_choice":"none"`, "[]"},
		{"required", "hello", `,"tool_choice":"required"`, `["get_weather"]`},
		{"one", "hello", `,"tool_choice":{"type":"function","function":{"name":"other_tool"}}`, `["other_tool"]`},
		{"allowed", "get_weather and other_tool", `,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"other_tool"}}]}}`, `["other_tool"]`},
	}
	for _, c := range cases {
		got := s.ok(chatCall(c.text, ","+two+c.more)).Get("choices.0.message.tool_calls.#.function.name").Raw
		if got == "" {
			got = "[]"
		}
		if got != c.want {
			t.Errorf("%s: calls %s, want %s", c.name, got, c.want)
		}
	}
}

// TestPromptCache reads back what was fed before, for the same account only.
func TestPromptCache(t *testing.T) {
	s := startService(t, simulator.Options{})
	long := strings.Repeat("word ", 2000)
	cached := func(v gjson.Result) int64 { return usageOf(v).CacheRead }

	chat := `{"model":"gpt-4o","messages":[{"role":"system","content":"` + long + `"},{"role":"user","content":"TEXT"}]}`
	if n := cached(s.post("/v1/chat/completions", strings.Replace(chat, "TEXT", "a", 1))); n != 0 {
		t.Errorf("chat: %d cached at first", n)
	}
	if n := cached(s.post("/v1/chat/completions", strings.Replace(chat, "TEXT", "b", 1))); n != 1920 {
		t.Errorf("chat: %d cached", n)
	}
	foreign := call{path: "/v1/chat/completions", body: chat, key: "sk-other-0123456789"}
	if n := cached(s.ok(foreign)); n != 0 {
		t.Errorf("chat: %d cached of another account", n)
	}

	claude := `{"model":"claude-sonnet-4-5","max_tokens":9,"system":[{"type":"text","text":"` + long + `","cache_control":{"type":"ephemeral","ttl":"1h"}}],` +
		`"messages":[{"role":"user","content":[{"type":"text","text":"TEXT"MARK}]}]}`
	body := func(text, mark string) string { return strings.NewReplacer("TEXT", text, "MARK", mark).Replace(claude) }
	first := s.post("/v1/messages", body("a", "")).Get("usage")
	if first.Get("cache_creation.ephemeral_1h_input_tokens").Int() != 2005 || first.Get("input_tokens").Int() > 20 {
		t.Errorf("claude: %s", first.Raw)
	}
	second := s.post("/v1/messages", body("b", `,"cache_control":{"type":"ephemeral"}`)).Get("usage")
	if second.Get("cache_read_input_tokens").Int() != 2005 || second.Get("cache_creation.ephemeral_5m_input_tokens").Int() == 0 {
		t.Errorf("claude: %s", second.Raw)
	}
}

// TestStoredResponses continues a conversation by the id of its last answer.
func TestStoredResponses(t *testing.T) {
	s := startService(t, simulator.Options{})
	first := s.ok(responseCall("Tell me about rivers", ""))
	id := first.Get("id").String()
	if got := s.ok(call{method: "GET", path: "/v1/responses/" + id}); got.Raw != first.Raw {
		t.Errorf("found %s", got.Raw)
	}
	next := s.ok(responseCall("more", `,"previous_response_id":"`+id+`"`))
	if next.Get("usage.input_tokens").Int() <= first.Get("usage.input_tokens").Int() {
		t.Errorf("the history was not fed: %s", next.Get("usage").Raw)
	}
	foreign := responseCall("more", `,"previous_response_id":"`+id+`"`)
	foreign.key = "sk-other-0123456789"
	if a := s.do(foreign); a.status != 400 {
		t.Errorf("another account: status %d", a.status)
	}
	if got := s.ok(call{method: "DELETE", path: "/v1/responses/" + id}); !got.Get("deleted").Bool() {
		t.Errorf("%s", got.Raw)
	}
	if a := s.do(responseCall("more", `,"previous_response_id":"`+id+`"`)); a.status != 400 {
		t.Errorf("deleted: status %d", a.status)
	}
}
