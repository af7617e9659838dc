package responses

import (
	"os"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

type decodeCase struct{ name, body string }

// request completes the members of a body.
func request(members string) string {
	if !strings.Contains(members, `"input"`) {
		members += `,"input":"hi"`
	}
	return `{"model":"m",` + strings.TrimPrefix(members, ",") + `}`
}

func items(list string) string { return request(`"input":[` + list + `]`) }

const (
	hello = `{"role":"user","content":"hi"},`
)

func decodeCases() []decodeCase {
	gemini := protocol.PackSignature(&llm.Signature{Origin: llm.Gemini, Value: "Ci"})
	claude := protocol.PackSignature(&llm.Signature{Origin: llm.Anthropic, Account: "a:b", Value: "Eq"})
	return append(memberCases(), []decodeCase{
		{"untyped messages", items(`{"role":"system","content":"s"},{"role":"developer","content":[{"type":"input_text","text":"d"}]},{"role":"user","content":"u"},{"role":"assistant","content":"a"},{"role":"developer","content":"later"}`)},
		{"parts", items(`{"type":"message","role":"user","content":[{"type":"input_text","text":"t","prompt_cache_breakpoint":{"mode":"explicit","ttl":"30m"}},{"type":"input_image","image_url":"data:image/png;base64,aGk=","detail":"low"},{"type":"input_image","image_url":"https://a.example/x.png"},{"type":"input_image","file_id":"file-1"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="},{"type":"input_file","filename":"a.txt","file_data":"aGk="},{"type":"input_file","file_url":"https://a.example/a.pdf"},{"type":"input_audio","input_audio":{"data":"SUQz","format":"mp3"}},{"type":"input_video","v":1}]}`)},
		{"assistant parts", items(hello + `{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"see","annotations":[{"type":"url_citation","url":"u"}],"logprobs":[]},{"type":"refusal","refusal":"no"}]}`)},
		{"calls", items(hello + `{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"one"},{"type":"summary_text","text":"two"}],"encrypted_content":"gAAA"},{"type":"message","role":"assistant","phase":"commentary","content":"I look"},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"look","arguments":"{\"a\": 1}"},{"type":"function_call","call_id":"call_2","name":"look","arguments":"{\"a\""},{"type":"function_call_output","id":"fco_1","call_id":"call_1","output":"found"},{"type":"function_call_output","call_id":"call_2","output":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"https://a.example/x.png"}]},{"type":"message","role":"assistant","phase":"commentary","content":"more"},{"type":"message","role":"assistant","phase":"final_answer","content":"done"}`)},
		{"custom calls", items(hello + `{"type":"custom_tool_call","call_id":"c1","name":"exec","input":"ls -l","namespace":"functions"},{"type":"custom_tool_call_output","call_id":"c1","output":[{"type":"input_text","text":"a"}]},{"type":"custom_tool_call_output","call_id":"c0","output":""}`)},
		{"careless calls", items(hello + `{"type":"function_call","call_id":"c1","name":"look","arguments":{"a":1}},{"type":"function_call_output","call_id":"c1","output":{"b":2}}`)},
		{"reasoning of the gateway", items(hello + `{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"` + claude + `"},{"type":"reasoning","summary":[],"encrypted_content":"` + claude + `.redacted"},{"type":"reasoning","summary":[],"encrypted_content":"` + gemini + `.next"},{"type":"function_call","call_id":"c1","name":"look","arguments":""},{"type":"function_call","call_id":"c2","name":"look","arguments":"{}"},{"type":"reasoning","summary":[],"encrypted_content":"` + gemini + `.previous"},{"type":"reasoning","summary":[],"encrypted_content":"gw1:broken"}`)},
		{"reasoning of open models", items(hello + `{"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text","text":"raw"}]},{"type":"reasoning","id":"rs_2","summary":[]},{"role":"assistant","content":"a"}`)},
		{"hosted items", items(hello + `{"type":"web_search_call","id":"ws_1","status":"completed"},{"role":"assistant","content":"a"},{"type":"shell_call_output","call_id":"x","output":[]},{"type":"compaction","encrypted_content":"c"}`)},
		{"additional tools", items(`{"type":"additional_tools","role":"developer","tools":[{"type":"namespace","name":"functions","description":"local","tools":[{"type":"custom","name":"exec","format":{"type":"grammar","syntax":"lark","definition":"x"}},{"type":"function","name":"wait","parameters":{"type":"object"}}]},{"type":"namespace","name":"team","tools":[{"type":"function","name":"list_agents"}]}]},` + hello + `{"type":"custom_tool_call","call_id":"c1","name":"exec","input":"ls"},{"type":"function_call","call_id":"c2","name":"list_agents","namespace":"team","arguments":"{}"}`)},
	}...)
}

func memberCases() []decodeCase {
	return []decodeCase{
		{"text", request(`"input":"hi"`)},
		{"instructions", request(`"instructions":"be kind"`)},
		{"sampling", request(`"max_output_tokens":99,"temperature":0.5,"top_p":0.9,"top_logprobs":3,"include":["message.output_text.logprobs","reasoning.encrypted_content"]`)},
		{"reasoning summary", request(`"reasoning":{"effort":"high","summary":"auto","context":"all_turns"}`)},
		{"reasoning detailed", request(`"reasoning":{"generate_summary":"detailed","mode":"pro"}`)},
		{"reasoning hidden", request(`"reasoning":{"effort":"low"}`)},
		{"format schema", request(`"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true,"description":"d"},"verbosity":"low"}`)},
		{"format json", request(`"text":{"format":{"type":"json_object"}}`)},
		{"owner", request(`"user":"u","safety_identifier":"s","metadata":{"a":"b"},"service_tier":"flex","prompt_cache_key":"k","store":true,"stream":true`)},
		{"dropped quietly", request(`"client_metadata":{"cwd":"/home"},"stream_options":{"include_obfuscation":false},"background":false,"previous_response_id":null,"conversation":null,"truncation":"disabled","prompt":null`)},
		{"unknown members", request(`"max_tool_calls":3,"truncation":"auto","prompt_cache_options":{"mode":"explicit"},"future":[1]`)},
		{"tools", request(`"tools":[{"type":"function","name":"look","description":"d","parameters":{"type":"object"},"strict":true,"defer_loading":true,"output_schema":{"type":"object"}},{"type":"function","name":"bare","parameters":null},{"type":"custom","name":"exec","description":"runs"},{"type":"namespace","name":"ns","description":"nd","tools":[{"type":"function","name":"look"}]},{"type":"web_search","external_web_access":false},{"type":"function","name":"bare","description":"the last counts"}]`)},
		{"choice auto", request(`"tool_choice":"auto","parallel_tool_calls":true`)},
		{"choice required", request(`"tool_choice":"required"`)},
		{"choice none", request(`"tool_choice":"none"`)},
		{"choice function", request(`"tool_choice":{"type":"function","name":"look"},"tools":[{"type":"namespace","name":"ns","tools":[{"type":"function","name":"look"}]}]`)},
		{"choice custom", request(`"tool_choice":{"type":"custom","name":"exec"}`)},
		{"choice allowed", request(`"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"a"},{"type":"custom","name":"b"}]}`)},
		{"choice hosted", request(`"tool_choice":{"type":"web_search"}`)},
	}
}

func TestDecodeRequest(t *testing.T) {
	for _, tt := range decodeCases() {
		t.Run(tt.name, func(t *testing.T) {
			r, e := Format{}.DecodeRequest([]byte(tt.body), protocol.Head{})
			if e != nil {
				t.Fatal(e)
			}
			protocoltest.Golden(t, "decode/"+tt.name+".json", protocoltest.Dump(t, r))
		})
	}
}

// The two forms in which Codex asks reach the canonical language, and another
// provider's client reads them all.
func TestDecodeCodex(t *testing.T) {
	for _, form := range []string{"codex-lite", "codex-classic"} {
		body, err := os.ReadFile("../protocoltest/testdata/clients/responses_" + form + ".json")
		if err != nil {
			t.Fatal(err)
		}
		r, e := Format{}.DecodeRequest(body, protocol.Head{})
		if e != nil {
			t.Fatal(e)
		}
		protocoltest.Golden(t, "decode/"+form+".json", protocoltest.Dump(t, r))
		enc, e := Format{}.EncodeRequest(r, protocol.Target{Model: gpt6})
		if e != nil {
			t.Fatal(e)
		}
		protocoltest.Golden(t, "encode/"+form+".txt", protocoltest.Indented(t, enc.Body))
	}
}

func TestDecodeRequestRefuses(t *testing.T) {
	for _, tt := range []struct{ name, body, param, says string }{
		{"no JSON", `{`, "", "JSON"},
		{"no model", `{"input":"hi"}`, "model", "required"},
		{"no input", `{"model":"m"}`, "input", "required"},
		{"empty input", `{"model":"m","input":[]}`, "input", "at least one"},
		{"input of another type", request(`"input":3`), "input", "list of items"},
		{"previous response", request(`"previous_response_id":"resp_1"`), "previous_response_id", "keeps no responses"},
		{"conversation", request(`"conversation":{"id":"c"}`), "conversation", "keeps no conversations"},
		{"background", request(`"background":true`), "background", "not supported"},
		{"stored prompt", request(`"prompt":{"id":"p"}`), "prompt", "stored prompts"},
		{"reference", items(`{"type":"item_reference","id":"msg_1"}`), "input[0].id", "keeps no items"},
		{"item without a type", items(`{}`), "input[0].type", "required"},
		{"item that is none", items(`3`), "input[0]", "object"},
		{"role", items(`{"role":"tool","content":"x"}`), "input[0].role", "must be"},
		{"content", items(`{"role":"user"}`), "input[0].content", "must be"},
		{"part", items(hello + `{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_text"}]}`), "input[1].content[1].text", "required"},
		{"image", items(`{"role":"user","content":[{"type":"input_image"}]}`), "input[0].content[0].image_url", "required"},
		{"file", items(`{"role":"user","content":[{"type":"input_file"}]}`), "input[0].content[0].file_data", "required"},
		{"sound", items(`{"role":"user","content":[{"type":"input_audio"}]}`), "input[0].content[0].input_audio.data", "required"},
		{"call without an id", items(`{"type":"function_call","name":"x","arguments":"{}"}`), "input[0].call_id", "required"},
		{"call without a name", items(`{"type":"custom_tool_call","call_id":"x"}`), "input[0].name", "required"},
		{"output without an id", items(`{"type":"function_call_output","output":"x"}`), "input[0].call_id", "required"},
		{"output of another type", items(`{"type":"function_call_output","call_id":"x","output":[3]}`), "input[0].output[0]", "object"},
		{"tool without a name", request(`"tools":[{"type":"function"}]`), "tools[0].name", "required"},
		{"tool in a namespace", request(`"tools":[{"type":"namespace","name":"n","tools":[{}]}]`), "tools[0].tools[0].type", "required"},
		{"schema", request(`"tools":[{"type":"function","name":"n","parameters":3}]`), "tools[0].parameters", "schema"},
		{"additional tool", items(`{"type":"additional_tools","tools":[{"type":"function"}]}`), "input[0].tools[0].name", "required"},
		{"choice", request(`"tool_choice":"any"`), "tool_choice", "must be"},
		{"choice without a name", request(`"tool_choice":{"type":"function"}`), "tool_choice.name", "required"},
		{"choice mode", request(`"tool_choice":{"type":"allowed_tools","mode":"none"}`), "tool_choice.mode", "must be"},
		{"format", request(`"text":{"format":{"type":"xml"}}`), "text.format.type", "must be"},
		{"format schema", request(`"text":{"format":{"type":"json_schema"}}`), "text.format.schema", "schema"},
		{"limit", request(`"max_output_tokens":0`), "max_output_tokens", "at least"},
		{"number", request(`"temperature":"hot"`), "temperature", "number"},
		{"flag", request(`"store":"yes"`), "store", "true or false"},
		{"list", request(`"include":["a",1]`), "include[1]", "string"},
		{"metadata", request(`"metadata":[]`), "metadata", "object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, e := Format{}.DecodeRequest([]byte(tt.body), protocol.Head{})
			if e == nil || r != nil || e.Kind != llm.InvalidRequest || e.Param != tt.param || !strings.Contains(e.Message, tt.says) {
				t.Errorf("got %+v (%+v)", e, r)
			}
		})
	}
}
