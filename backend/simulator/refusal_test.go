package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/simulator"
)

// refusalCase is a request that must be refused with a status and with texts
// at places of the body.
type refusalCase struct {
	name   string
	call   call
	status int
	want   map[string]string // gjson path -> a part of the value
}

func checkRefusals(t *testing.T, cases []refusalCase) {
	t.Helper()
	s := startService(t, simulator.Options{})
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := s.do(c.call)
			if a.status != c.status {
				t.Errorf("status %d, want %d", a.status, c.status)
			}
			for path, part := range c.want {
				if got := gjson.Get(a.body, path); !got.Exists() || !strings.Contains(got.String(), part) {
					t.Errorf("%s is %q, want something with %q", path, got.String(), part)
				}
			}
			if t.Failed() {
				t.Log(a.body)
			}
		})
	}
}

// chatBody is a chat request with other messages and fields.
func chatBody(model, messages, more string) call {
	return call{path: "/v1/chat/completions", body: `{"model":"` + model + `","messages":` + messages + more + `}`}
}

func TestOpenAIRefuses(t *testing.T) {
	const hi = `[{"role":"user","content":"hi"}]`
	const called = `{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]}`
	bad := func(model, messages, more, param, code, message string) refusalCase {
		return refusalCase{message, chatBody(model, messages, more), 400, map[string]string{
			"error.type": "invalid_request_error", "error.param": param, "error.code": code, "error.message": message,
		}}
	}
	checkRefusals(t, []refusalCase{
		{"no key", call{path: "/v1/chat/completions", key: "-"}, 401, map[string]string{"error.message": "You didn't provide an API key", "error.type": "invalid_request_error"}},
		{"key in a foreign header", call{path: "/v1/chat/completions", key: "-", header: map[string]string{"X-Api-Key": "k"}}, 401, nil},
		{"invalid key", call{path: "/v1/chat/completions", key: "sk-invalid-1234567"}, 401, map[string]string{"error.code": "invalid_api_key", "error.message": "sk-inva*******4567"}},
		{"revoked key", call{path: "/v1/chat/completions", key: "sk-revoked-1"}, 401, map[string]string{"error.code": "account_deactivated"}},
		{"unknown path", call{path: "/v1/nothing"}, 404, map[string]string{"error.message": "Invalid URL (POST /v1/nothing)"}},
		{"wrong method", call{method: "GET", path: "/v1/chat/completions"}, 405, map[string]string{"error.code": "method_not_supported"}},
		{"websocket", call{method: "GET", path: "/v1/responses", header: map[string]string{"Connection": "Upgrade", "Upgrade": "websocket"}}, 426, nil},
		{"no json", call{path: "/v1/chat/completions", body: `{"model":`}, 400, map[string]string{"error.message": "could not parse the JSON body"}},
		{"json list", call{path: "/v1/chat/completions", body: `[]`}, 400, map[string]string{"error.message": "could not parse the JSON body"}},
		{"no model", call{path: "/v1/chat/completions", body: `{"messages":` + hi + `}`}, 400, map[string]string{"error.message": "you must provide a model parameter"}},
		{"empty model", chatBody("", hi, ""), 400, map[string]string{"error.message": "you must provide a model parameter"}},
		{"unknown model", chatBody("gpt-nope", hi, ""), 404, map[string]string{"error.code": "model_not_found", "error.message": "`gpt-nope` does not exist"}},
		{"foreign model", chatBody("claude-opus-5-5", hi, ""), 404, map[string]string{"error.code": "model_not_found"}},
		{"no chat model", chatBody("text-embedding-3-small", hi, ""), 404, map[string]string{"error.message": "not a chat model"}},
		{"no messages", call{path: "/v1/chat/completions", body: `{"model":"gpt-4o"}`}, 400, map[string]string{"error.code": "missing_required_parameter", "error.param": "messages"}},
		bad("gpt-4o", `[]`, "", "messages", "empty_array", "Invalid 'messages': empty array"),
		bad("gpt-4o", `"hi"`, "", "messages", "invalid_type", "expected an array of objects, but got a string"),
		bad("gpt-4o", `[{"role":"robot","content":"hi"}]`, "", "messages[0].role", "invalid_value", "'robot'"),
		bad("gpt-4o", `[{"role":"user"}]`, "", "messages[0].content", "missing_required_parameter", "messages[0].content"),
		bad("gpt-4o", `[{"role":"user","content":[{"type":"video"}]}]`, "", "messages[0].content[0].type", "invalid_value", "Supported values are: 'text'"),
		bad("gpt-4o", `[{"role":"user","content":[{"type":"image_url","image_url":{"url":"cat.png"}}]}]`, "", "messages[0].content[0].image_url.url", "invalid_value", "does not match pattern"),
		bad("gpt-4o", hi, `,"temperature":3`, "temperature", "decimal_above_max_value", "<= 2, but got 3"),
		bad("gpt-4o", hi, `,"temperature":"hot"`, "temperature", "invalid_type", "expected a decimal number, but got a string"),
		bad("gpt-4o", hi, `,"max_tokens":0`, "max_tokens", "integer_below_min_value", ">= 1, but got 0"),
		bad("gpt-4o", hi, `,"max_tokens":1.5`, "max_tokens", "invalid_type", "expected an integer"),
		bad("gpt-4o", hi, `,"max_tokens":99999`, "max_tokens", "invalid_value", "supports at most 16384"),
		bad("gpt-4o", hi, `,"top_k":4`, "", "", "Unrecognized request argument supplied: top_k"),
		bad("gpt-4o", hi, `,"stop":["a","b","c","d","e"]`, "stop", "array_above_max_length", "maximum length 4"),
		bad("gpt-4o", hi, `,"stream_options":{}`, "stream_options", "", "only allowed when 'stream' is enabled"),
		bad("gpt-4o", hi, `,"tool_choice":"auto"`, "tool_choice", "", "only allowed when 'tools' are specified"),
		bad("gpt-4o", hi, `,"tools":[{"type":"function","function":{"name":"a b"}}]`, "tools[0].function.name", "invalid_value", "does not match pattern"),
		bad("gpt-4o", hi, `,"tools":[{"type":"function","function":{"name":"a","parameters":{"type":"object"}}}]`, "tools[0].function.parameters", "invalid_function_parameters", "missing properties"),
		bad("gpt-4o", hi, `,"tools":[{"type":"function","function":{"name":"a","strict":true,"parameters":{"type":"object","properties":{"b":{"type":"string"}}}}}]`, "tools[0].function.parameters", "invalid_function_parameters", "'additionalProperties' is required"),
		bad("gpt-4o", hi, `,"tools":[`+chatTool+`],"tool_choice":{"type":"function","function":{"name":"other"}}`, "tool_choice", "", "'other' not found"),
		bad("gpt-4o", hi, `,"response_format":{"type":"json_object"}`, "messages", "", "must contain the word 'json'"),
		bad("gpt-4o", hi, `,"reasoning_effort":"low"`, "reasoning_effort", "unsupported_parameter", "not supported with this model"),
		bad("gpt-5", hi, `,"temperature":0.5`, "temperature", "unsupported_value", "Only the default (1) value is supported"),
		bad("gpt-5", hi, `,"max_tokens":100`, "max_tokens", "unsupported_parameter", "Use 'max_completion_tokens' instead"),
		bad("gpt-5", hi, `,"stop":"x"`, "stop", "unsupported_parameter", "'stop' is not supported"),
		bad("gpt-6", hi, `,"reasoning_effort":"low","tools":[`+chatTool+`]`, "reasoning_effort", "unsupported_parameter", "/v1/responses instead"),
		bad("gpt-4o", `[`+called+`,{"role":"user","content":"?"}]`, "", "messages.[2].role", "", "did not have response messages: call_1"),
		bad("gpt-4o", `[`+called+`]`, "", "messages.[2].role", "", "did not have response messages: call_1"),
		bad("gpt-4o", `[`+called+`,{"role":"tool","tool_call_id":"call_2","content":"r"}]`, "", "messages.[2].role", "", "must be a response to a preceding message"),
		bad("gpt-4o", `[{"role":"tool","tool_call_id":"call_1","content":"r"}]`, "", "messages.[0].role", "", "must be a response to a preceding message"),
		bad("gpt-4o", `[{"role":"user","content":"q"},{"role":"assistant","content":null}]`, "", "messages.[1].content", "", "expected a string, got null"),
		bad("gpt-4o", `[{"role":"assistant","tool_calls":[{"id":"`+strings.Repeat("x", 65)+`","type":"function","function":{"name":"f","arguments":"{}"}}]}]`, "", "messages[0].tool_calls[0].id", "string_above_max_length", "maximum length 64"),
		bad("gpt-4", `[{"role":"user","content":"`+strings.Repeat("word ", 9000)+`"}]`, "", "messages", "context_length_exceeded", "maximum context length is 8192"),
		{"embedding dimensions", call{path: "/v1/embeddings", body: `{"model":"text-embedding-3-small","input":"a","dimensions":9999}`}, 400, map[string]string{"error.param": "dimensions"}},
		{"embedding without input", call{path: "/v1/embeddings", body: `{"model":"text-embedding-3-small"}`}, 400, map[string]string{"error.param": "input"}},
		{"no form", call{path: "/v1/audio/transcriptions", body: `{}`}, 400, map[string]string{"error.message": "multipart form"}},
		{"unknown model by id", call{method: "GET", path: "/v1/models/nope"}, 404, map[string]string{"error.code": "model_not_found"}},
	})
}

func TestResponsesRefuses(t *testing.T) {
	bad := func(model, rest, param, code, message string) refusalCase {
		return refusalCase{message, call{path: "/v1/responses", body: `{"model":"` + model + `",` + rest + `}`}, 400, map[string]string{
			"error.type": "invalid_request_error", "error.param": param, "error.code": code, "error.message": message,
		}}
	}
	checkRefusals(t, []refusalCase{
		{"no model", call{path: "/v1/responses", body: `{"input":"hi"}`}, 400, map[string]string{"error.param": "model", "error.code": "missing_required_parameter"}},
		{"no input", call{path: "/v1/responses", body: `{"model":"gpt-5"}`}, 400, map[string]string{"error.param": "input"}},
		{"unknown reasoning item", call{path: "/v1/responses", body: `{"model":"gpt-5","input":[{"type":"reasoning","id":"rs_1","summary":[]}]}`}, 404, map[string]string{"error.message": "Item with id 'rs_1' not found"}},
		{"unknown reference", call{path: "/v1/responses", body: `{"model":"gpt-5","input":[{"type":"item_reference","id":"msg_1"}]}`}, 404, nil},
		{"unknown stored response", call{method: "GET", path: "/v1/responses/resp_1"}, 404, nil},
		bad("gpt-5", `"input":"hi","foo":1`, "foo", "unknown_parameter", "Unknown parameter: 'foo'."),
		bad("gpt-5", `"input":[{"role":"user","content":"hi","foo":1}]`, "input[0].foo", "unknown_parameter", "Unknown parameter: 'input[0].foo'."),
		bad("gpt-5", `"input":"hi","previous_response_id":"resp_1"`, "previous_response_id", "previous_response_not_found", "'resp_1' not found"),
		bad("gpt-5", `"input":"hi","max_output_tokens":2`, "max_output_tokens", "integer_below_min_value", ">= 16"),
		bad("gpt-5", `"input":"hi","temperature":0.5`, "temperature", "unsupported_parameter", "'temperature' is not supported"),
		bad("gpt-4o", `"input":"hi","reasoning":{"effort":"low"}`, "reasoning.effort", "unsupported_parameter", "'reasoning.effort' is not supported"),
		bad("gpt-5", `"input":"hi","tools":[{"type":"function","function":{"name":"f"}}]`, "tools[0].function", "unknown_parameter", "tools[0].function"),
		bad("gpt-5", `"input":[{"type":"function_call_output","call_id":"call_1","output":"x"}]`, "input", "", "No tool call found for function call output with call_id call_1"),
		bad("gpt-5", `"input":[{"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"}]`, "input", "", "No tool output found for function call call_1"),
		bad("gpt-5", `"input":[{"type":"message","id":"toolu_1","role":"user","content":"x"}]`, "input[0].id", "invalid_value", "begins with 'msg'"),
		bad("gpt-5", `"input":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAAnonsense"},{"role":"assistant","content":"x"}]`, "", "invalid_encrypted_content", "could not be verified"),
		bad("gpt-5", `"input":"hi","tool_choice":{"type":"function","name":"f"}`, "tool_choice", "", "'f' not found"),
		bad("gpt-5", `"input":[{"type":"function_call","call_id":"`+strings.Repeat("x", 65)+`","name":"f","arguments":"{}"}]`, "input[0].call_id", "string_above_max_length", "maximum length 64"),
	})
}

func TestAnthropicRefuses(t *testing.T) {
	const hi = `"messages":[{"role":"user","content":"hi"}]`
	const use = `{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]}`
	result := func(id string) string { return `{"type":"tool_result","tool_use_id":"` + id + `","content":"r"}` }
	post := func(model, rest string) call {
		if !strings.Contains(rest, "max_tokens") {
			rest = `"max_tokens":100,` + rest
		}
		return call{path: "/v1/messages", body: `{"model":"` + model + `",` + rest + `}`}
	}
	bad := func(model, rest, message string) refusalCase {
		return refusalCase{message, post(model, rest), 400, map[string]string{"type": "error", "error.type": "invalid_request_error", "error.message": message, "request_id": "req_"}}
	}
	const any45, new55 = "claude-sonnet-4-5", "claude-opus-5-5"
	checkRefusals(t, []refusalCase{
		{"no key", call{path: "/v1/messages", key: "-"}, 401, map[string]string{"error.type": "authentication_error", "error.message": "x-api-key header is required"}},
		{"invalid key", call{path: "/v1/messages", key: "sk-invalid-1"}, 401, map[string]string{"error.message": "invalid x-api-key"}},
		{"no version", call{path: "/v1/messages", header: map[string]string{"Anthropic-Version": ""}}, 400, map[string]string{"error.message": "anthropic-version: header is required"}},
		{"wrong method", call{method: "GET", path: "/v1/messages"}, 405, map[string]string{"error.message": "Method Not Allowed"}},
		{"unknown path", call{path: "/v1/messages/nothing"}, 404, map[string]string{"error.type": "not_found_error"}},
		{"too large", call{path: "/v1/messages", body: strings.Repeat("x", 32<<20+1)}, 413, map[string]string{"error.type": "request_too_large"}},
		{"unknown model", post("claude-nope", hi), 404, map[string]string{"error.type": "not_found_error", "error.message": "model: claude-nope"}},
		{"no max_tokens", call{path: "/v1/messages", body: `{"model":"` + any45 + `",` + hi + `}`}, 400, map[string]string{"error.message": "max_tokens: Field required"}},
		{"no messages", call{path: "/v1/messages", body: `{"model":"` + any45 + `","max_tokens":9}`}, 400, map[string]string{"error.message": "messages: Field required"}},
		{"count with max_tokens", call{path: "/v1/messages/count_tokens", body: `{"model":"` + any45 + `","max_tokens":9,` + hi + `}`}, 400, map[string]string{"error.message": "max_tokens: Extra inputs are not permitted"}},
		bad(any45, `"messages":[]`, "messages: at least one message is required"),
		bad(any45, hi+`,"foo":1`, "foo: Extra inputs are not permitted"),
		bad(any45, hi+`,"context_management":{}`, "context_management: Extra inputs are not permitted"),
		bad(any45, hi+`,"temperature":1.5`, "temperature: Input should be less than or equal to 1"),
		bad(any45, hi+`,"temperature":"x"`, "temperature: Input should be a valid number"),
		bad(any45, hi+`,"temperature":1,"top_p":0.5`, "cannot both be specified"),
		bad(new55, hi+`,"temperature":0.5`, "temperature: `temperature` is not supported"),
		bad(new55, hi+`,"top_k":3`, "top_k"),
		bad(new55, hi+`,"thinking":{"type":"enabled","budget_tokens":1024}`, `"enabled" is not supported for this model`),
		bad(new55, hi+`,"thinking":{"type":"disabled"}`, `"disabled" is not supported for this model`),
		bad(new55, hi+`,"tools":[`+messageTool+`],"tool_choice":{"type":"any"}`, "tool_choice: type 'any' is not supported"),
		bad(any45, hi+`,"thinking":{"type":"adaptive"}`, `"adaptive" is not supported`),
		bad(any45, hi+`,"thinking":{"type":"enabled","budget_tokens":10}`, "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"),
		bad(any45, hi+`,"thinking":{"type":"enabled","budget_tokens":2000}`, "`max_tokens` must be greater than `thinking.budget_tokens`"),
		bad(any45, hi+`,"output_config":{"effort":"high"}`, "does not support the effort parameter"),
		bad("claude-3-opus-20240229", hi+`,"max_tokens":5000`, "max_tokens: 5000 > 4096"),
		bad(any45, `"messages":[{"role":"assistant","content":"hi"}]`, `first message must use the "user" role`),
		bad(any45, `"messages":[{"role":"tool","content":"hi"}]`, "messages.0.role: Input should be 'user', 'assistant' or 'system'"),
		bad(any45, `"messages":[{"role":"user","content":[{"type":"video"}]}]`, "messages.0.content.0: Input tag 'video' found using 'type'"),
		bad(any45, `"messages":[{"role":"user","content":[{"type":"text","text":""}]}]`, "text content blocks must be non-empty"),
		bad(any45, `"messages":[{"role":"user","content":"  "}]`, "must contain non-whitespace text"),
		bad(any45, `"messages":[{"role":"user","content":""}]`, "user messages must have non-empty content"),
		bad(any45, `"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/bmp","data":"AA"}}]}]`, "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg'"),
		bad(any45, `"messages":[`+use+`]`, "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1"),
		bad(any45, `"messages":[`+use+`,{"role":"user","content":"?"}]`, "messages.1: `tool_use` ids were found without"),
		bad(any45, `"messages":[`+use+`,{"role":"user","content":[{"type":"text","text":"x"},`+result("toolu_1")+`]}]`, "messages.1: `tool_use` ids were found without"),
		bad(any45, `"messages":[`+use+`,{"role":"user","content":[`+result("toolu_1")+`,`+result("toolu_2")+`]}]`, "messages.2.content.1: unexpected `tool_use_id` found in `tool_result` blocks: toolu_2"),
		bad(any45, `"messages":[`+use+`,{"role":"user","content":[`+result("toolu_1")+`,`+result("toolu_1")+`]}]`, "each tool_use must have a single result"),
		bad(any45, `"messages":[`+use+`,{"role":"user","content":[`+result("toolu_1")+`]},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]}]`, "`tool_use` ids must be unique"),
		bad(any45, `"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"a b","name":"f","input":{}}]}]`, "messages.1.content.0.tool_use.id: String should match pattern"),
		bad(any45, `"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"RWFzeQ=="}]},{"role":"user","content":"q"}]`, "Invalid `signature` in `thinking` block"),
		bad(any45, `"messages":[`+use+`,{"role":"user","content":[`+result("toolu_1")+`]}],"max_tokens":3000,"thinking":{"type":"enabled","budget_tokens":1024}`, "Expected `thinking` or `redacted_thinking`, but found `tool_use`"),
		bad(new55, `"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"I"}]`, "does not support assistant message prefill"),
		bad(any45, `"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"I "}]`, "cannot end with trailing whitespace"),
		bad(any45, `"messages":[{"role":"user","content":"q"},{"role":"system","content":"s"},{"role":"user","content":"q"}]`, "a `system` message must directly follow a `user` message"),
		bad(any45, hi+`,"tools":[{"name":"a b","input_schema":{"type":"object"}}]`, "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
		bad(any45, hi+`,"tools":[{"name":"a"}]`, "tools.0.custom.input_schema: Field required"),
		bad(any45, hi+`,"tools":[{"name":"a","input_schema":{}}]`, "tools.0.custom.input_schema.type: Field required"),
		bad(any45, hi+`,"tools":[`+messageTool+`,`+messageTool+`]`, "Tool names must be unique"),
		bad(any45, hi+`,"tools":[`+messageTool+`],"tool_choice":{"type":"tool","name":"other"}`, "Tool 'other' not found"),
		bad(any45, hi+`,"tool_choice":{"type":"auto"}`, "may only be specified while providing tools"),
		bad(any45, hi+`,"stop_sequences":[" "]`, "stop_sequences.0: String should match pattern"),
		bad(any45, hi+`,"system":[`+strings.Repeat(`{"type":"text","text":"s","cache_control":{"type":"ephemeral"}},`, 4)+`{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}]`, "A maximum of 4 blocks with cache_control may be provided. Found 5."),
		bad(any45, `"messages":[{"role":"user","content":"`+strings.Repeat("word ", 200_001)+`"}]`, "prompt is too long: 200"),
		bad(new55, hi+`,"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}`, "'additionalProperties' must be explicitly set to false"),
	})
}

func TestGeminiRefuses(t *testing.T) {
	const hi = `"contents":[{"role":"user","parts":[{"text":"hi"}]}]`
	const callPart = `{"functionCall":{"name":"f","args":{}}}`
	const resultPart = `{"functionResponse":{"name":"f","response":{"output":"x"}}}`
	post := func(model, body string) call {
		return call{path: "/v1beta/models/" + model + ":generateContent", body: `{` + body + `}`}
	}
	bad := func(model, body, message string) refusalCase {
		return refusalCase{message, post(model, body), 400, map[string]string{"error.status": "INVALID_ARGUMENT", "error.code": "400", "error.message": message}}
	}
	turn := func(calls, results string) string {
		return `"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[` + calls + `]},{"role":"user","parts":[` + results + `]}]`
	}
	const flash, pro3 = "gemini-2.5-flash", "gemini-3-pro-preview"
	checkRefusals(t, []refusalCase{
		{"no key", call{path: "/v1beta/models/" + flash + ":generateContent", key: "-"}, 403, map[string]string{"error.status": "PERMISSION_DENIED", "error.message": "unregistered callers"}},
		{"invalid key", call{path: "/v1beta/models/" + flash + ":generateContent?key=sk-invalid-1", key: "-"}, 400, map[string]string{"error.details.0.reason": "API_KEY_INVALID"}},
		{"unknown model", post("gemini-nope", hi), 404, map[string]string{"error.status": "NOT_FOUND", "error.message": "models/gemini-nope is not found for API version v1beta"}},
		{"embedding model", post("gemini-embedding-001", hi), 404, nil},
		{"unknown verb", call{path: "/v1beta/models/" + flash + ":fly"}, 404, nil},
		{"unknown cached content", post(flash, hi+`,"cachedContent":"cachedContents/x"`), 403, map[string]string{"error.status": "PERMISSION_DENIED"}},
		bad(flash, `"contents":[]`, "contents is not specified"),
		bad(flash, ``, "contents is not specified"),
		bad(flash, hi+`,"foo":1`, `Unknown name "foo": Cannot find field.`),
		bad(flash, hi+`,"generationConfig":{"foo":1}`, `Unknown name "foo" at 'generation_config': Cannot find field.`),
		bad(flash, hi+`,"generationConfig":{"temperature":3}`, "temperature value of 3"),
		bad(flash, hi+`,"generationConfig":{"temperature":"x"}`, "generation_config.temperature"),
		bad(flash, hi+`,"generationConfig":{"maxOutputTokens":100000}`, "maxOutputTokens value of 100000"),
		bad(flash, hi+`,"generationConfig":{"stopSequences":["a","b","c","d","e","f"]}`, "at most 5 items"),
		bad(flash, hi+`,"generationConfig":{"responseSchema":{"type":"STRING"}}`, "response_mime_type: application/json"),
		bad(flash, hi+`,"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}`, "Thinking level is not supported"),
		bad("gemini-2.5-pro", hi+`,"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}`, "Budget 0 is invalid"),
		bad(pro3, hi+`,"generationConfig":{"thinkingConfig":{"thinkingLevel":"MEDIUM"}}`, "Thinking level MEDIUM is not supported"),
		bad(pro3, hi+`,"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW","thinkingBudget":5}}`, "only one of thinking budget and thinking level"),
		bad(pro3, hi+`,"generationConfig":{"candidateCount":2}`, "Multiple candidates is not enabled"),
		bad(flash, `"contents":[{"role":"assistant","parts":[{"text":"hi"}]}]`, "Please use a valid role: user, model."),
		bad(flash, `"contents":[{"role":"user","parts":[]}]`, "contents[0].parts: contents.parts must not be empty"),
		bad(flash, `"contents":[{"role":"user","parts":[{"text":""}]}]`, "contents[0].parts[0].data: required oneof field 'data' must have one initialized field"),
		bad(flash, turn(callPart, `{"text":"x"}`), "number of function response parts is equal"),
		bad(flash, turn(callPart+`,`+callPart, resultPart), "number of function response parts is equal"),
		bad(flash, turn(`{"text":"x"}`, resultPart), "function response turn comes immediately after a function call turn"),
		bad(pro3, turn(callPart, resultPart), "missing a thought_signature"),
		bad(pro3, turn(`{"functionCall":{"name":"f","args":{}},"thoughtSignature":"Q29ycnVwdA=="}`, resultPart), "Corrupted thought signature"),
		bad(flash, hi+`,"tools":[{"functionDeclarations":[{"name":"1f"}]}]`, "Invalid function name"),
		bad(flash, hi+`,"tools":[{"functionDeclarations":[{"name":"f"},{"name":"f"}]}]`, "Duplicate function declaration found: f"),
		bad(flash, hi+`,"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","additionalProperties":false}}]}]`,
			`Unknown name "additionalProperties" at 'tools[0].function_declarations[0].parameters'`),
		bad(flash, hi+`,"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT"}}]}]`, "should be non-empty for OBJECT type"),
		bad(flash, hi+`,"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"ARRAY"}}}}]}]`, "properties[a].items: missing field"),
		bad(flash, hi+`,"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["g"]}},"tools":[`+geminiTool+`]`, "function 'g' is not declared"),
		bad("gemini-pro-vision", `"contents":[{"role":"user","parts":[{"text":"`+strings.Repeat("word ", 17_000)+`"}]}]`, "The input token count (17"),
	})
}

// TestUnknownFields shows the ways by which an unknown field may pass.
func TestUnknownFields(t *testing.T) {
	strict := startService(t, simulator.Options{AllowFields: []string{"top_k"}})
	for _, c := range []call{
		chatCall("hi", `,"x_trace":1`), chatCall("hi", `,"top_k":1`), chatCall("hi [sim:lenient]", `,"foo":1`),
		messageCall("hi", `,"x_trace":1`), geminiCall("generateContent", "hi", `,"x_trace":1`),
	} {
		strict.ok(c)
	}
	if a := startService(t, simulator.Options{Lenient: true}).do(chatCall("hi", `,"foo":1`)); a.status != http.StatusOK {
		t.Errorf("lenient: %d %s", a.status, a.body)
	}
}
