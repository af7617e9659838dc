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

// TestModelLists decides by the headers whose list is asked for.
func TestModelLists(t *testing.T) {
	s := startService(t, simulator.Options{})
	cases := []struct {
		name   string
		path   string
		header map[string]string
		want   string // path of an id of the provider's own
	}{
		{"openai", "/v1/models", nil, `data.#(id=="gpt-4-turbo").object`},
		{"anthropic", "/v1/models?limit=1000", map[string]string{"Anthropic-Version": "2026-10-21"}, `data.#(id=="claude-opus-5-5").display_name`},
		{"gemini by header", "/v1/models", map[string]string{"X-Goog-Api-Key": "k"}, `models.#(name=="models/gemini-pro").version`},
		{"gemini by query", "/v1/models?key=k", nil, `models.#(name=="models/gemini-pro-vision").version`},
		{"gemini by version", "/v1beta/models", nil, `models.#(name=="models/gemini-2.5-pro").thinking`},
	}
	for _, c := range cases {
		if got := s.ok(call{method: "GET", path: c.path, header: c.header}); !got.Get(c.want).Exists() {
			t.Errorf("%s: %s", c.name, got.Raw)
		}
	}
}

// TestModelNames shows which names are known.
func TestModelNames(t *testing.T) {
	s := startService(t, simulator.Options{Models: []string{"house-*"}})
	for _, name := range []string{
		"gpt-4", "gpt-4-turbo", "gpt-4-turbo-2024-04-09", "gpt-3.5-turbo", "gpt-4o", "gpt-4o-mini-2024-07-18", "gpt-5.6", "gpt-6-astra", "o3-mini", "house-model",
	} {
		s.ok(chatBody(name, `[{"role":"user","content":"hi"}]`, ""))
	}
	for _, name := range []string{
		"claude-3-opus-20240229", "claude-3-5-sonnet-latest", "claude-3-haiku-20240307", "claude-haiku-4-5-20251001", "claude-sonnet-5-5", "claude-fable-5-1", "house-model",
	} {
		s.post("/v1/messages", `{"model":"`+name+`","max_tokens":50,"messages":[{"role":"user","content":"hi"}]}`)
	}
	for _, name := range []string{"gemini-pro", "gemini-pro-vision", "gemini-2.0-flash-001", "gemini-3.8-flash", "gemini-2.5-flash-preview-09-2025", "house-model"} {
		s.post("/v1/models/"+name+":generateContent", `{"contents":[{"parts":[{"text":"hi"}]}]}`)
	}
}

// TestPictures serves the pictures that image answers link to.
func TestPictures(t *testing.T) {
	s := startService(t, simulator.Options{})
	url := s.post("/v1/images/generations", `{"model":"dall-e-2","prompt":"a cat","size":"256x256"}`).Get("data.0.url").String()
	a := s.do(call{method: "GET", path: strings.TrimPrefix(url, s.url)})
	if a.status != 200 || !strings.HasPrefix(a.body, "\x89PNG") {
		t.Errorf("%s: status %d", url, a.status)
	}
}

// TestAudio makes speech and hears it.
func TestAudio(t *testing.T) {
	s := startService(t, simulator.Options{})
	for format, magic := range map[string]string{"mp3": "\xff\xfb", "wav": "RIFF", "pcm": "\x00\x00"} {
		a := s.do(call{path: "/v1/audio/speech", body: `{"model":"tts-1","voice":"alloy","input":"hello there","response_format":"` + format + `"}`})
		if a.status != 200 || !strings.HasPrefix(a.body, magic) {
			t.Errorf("%s: status %d, begins with %q", format, a.status, a.body[:min(len(a.body), 8)])
		}
	}
	form := "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nMODEL\r\n--b\r\nContent-Disposition: form-data; name=\"MORE\"\r\n\r\nVALUE\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFFdata\r\n--b--\r\n"
	for _, c := range []struct{ model, name, value, want string }{
		{"whisper-1", "response_format", "json", `"type":"duration"`},
		{"whisper-1", "response_format", "srt", "-->"},
		{"whisper-1", "response_format", "vtt", "WEBVTT"},
		{"whisper-1", "response_format", "verbose_json", `"segments":[`},
		{"gpt-4o-transcribe", "language", "en", `"type":"tokens"`},
		{"gpt-4o-transcribe", "stream", "true", `"type":"transcript.text.done"`},
		{"gpt-4o-transcribe", "response_format", "doc", "Supported values are"},
	} {
		body := strings.NewReplacer("MODEL", c.model, "MORE", c.name, "VALUE", c.value).Replace(form)
		a := s.do(call{path: "/v1/audio/transcriptions", body: body, header: map[string]string{"Content-Type": "multipart/form-data; boundary=b"}})
		if !strings.Contains(a.body, c.want) {
			t.Errorf("%s %s: %d %s", c.name, c.value, a.status, a.body)
		}
	}
}
