package anthropic

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

// request is a request with the given members beside a model and a message.
func request(members string) string {
	if !strings.Contains(members, `"messages"`) {
		members = `"messages":[{"role":"user","content":"hi"}]` + comma(members)
	}
	return `{"model":"m","max_tokens":10,` + members + `}`
}

func comma(members string) string {
	if members == "" {
		return ""
	}
	return "," + members
}

func messages(list string) string { return request(`"messages":[` + list + `]`) }

// content is a request with one message of the user.
func content(blocks string) string { return messages(`{"role":"user","content":[` + blocks + `]}`) }

func reply(blocks string) string {
	return messages(`{"role":"user","content":"hi"},{"role":"assistant","content":[` + blocks + `]}`)
}

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

func decodeCases() []struct{ name, body string } {
	foreign := protocol.PackSignature(&llm.Signature{Origin: llm.Gemini, Account: "a:1", Value: "sig"})
	tools := `"tools":[{"name":"f","input_schema":{"type":"object"}}]`
	return []struct{ name, body string }{
		{"minimal", request("")},
		{"system string", request(`"system":"be brief"`)},
		{"system blocks", request(`"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=1"},{"type":"text","text":"b","cache_control":{"type":"ephemeral","ttl":"1h"}}]`)},
		{"sampling", request(`"temperature":0.5,"top_p":0.9,"top_k":40,"stop_sequences":["a","b"],"stream":true`)},
		{"metadata", request(`"metadata":{"user_id":"u"},"service_tier":"standard_only"`)},
		{"unknown members", request(`"container":"c","context_management":{"edits":[]},"safeguards":[{"a":1}],"betas":["x"]`)},
		{"cache of all", request(`"cache_control":{"type":"ephemeral"}`)},
		{"thinking adaptive", request(`"thinking":{"type":"adaptive","display":"omitted"},"output_config":{"effort":"xhigh"}`)},
		{"thinking budget", request(`"thinking":{"type":"enabled","budget_tokens":31999}`)},
		{"thinking budget of opencode", request(`"thinking":{"type":"enabled","budget_tokens":-1}`)},
		{"thinking disabled", request(`"thinking":{"type":"disabled"},"output_config":{"effort":"high"}`)},
		{"thinking between tools", request(`"thinking":{"type":"between_tools"}`)},
		{"effort alone", request(`"output_config":{"effort":"low"}`)},
		{"format", request(`"output_config":{"format":{"type":"json_schema","schema":{"type":"object","b":1,"a":2}}}`)},
		{"format of the beta", request(`"output_format":{"type":"json_schema","schema":{"type":"object"}}`)},
		{"system in the middle", messages(`{"role":"user","content":"a"},{"role":"system","content":[{"type":"text","text":"s"}],"output_config":{"effort":"medium"},"clear_at":1},{"role":"assistant","content":"b"}`)},
		{"system first in messages", messages(`{"role":"system","content":"s"},{"role":"user","content":"a"}`)},
		{"image base64", content(`{"type":"image","source":{"type":"base64","media_type":"image/png","data":"` + png + `"}}`)},
		{"image url", content(`{"type":"image","source":{"type":"url","url":"https://x/y.png"}},{"type":"image","source":{"type":"url","url":"data:image/gif;base64,R0lG"}}`)},
		{"image file", content(`{"type":"image","source":{"type":"file","file_id":"file_1"}}`)},
		{"document pdf", content(`{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0x"},"title":"t","context":"c"}`)},
		{"document text", content(`{"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}}`)},
		{"document content", content(`{"type":"document","source":{"type":"content","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"url","url":"https://x"}},{"type":"text","text":"b"}]},"cache_control":{"type":"ephemeral"}}`)},
		{"document url", content(`{"type":"document","source":{"type":"url","url":"https://x/y.pdf"}}`)},
		{"document file", content(`{"type":"document","source":{"type":"file","file_id":"f"}}`)},
		{"search result", content(`{"type":"search_result","title":"t","source":"https://s","content":[{"type":"text","text":"found"}]}`)},
		{"thinking", reply(`{"type":"thinking","thinking":"hm","signature":"EqQB"},{"type":"text","text":"a","citations":[{"type":"char_location"}]}`)},
		{"thinking without signature", reply(`{"type":"thinking","thinking":"hm","signature":""}`)},
		{"thinking of another provider", reply(`{"type":"thinking","thinking":"hm","signature":"` + foreign + `"}`)},
		{"redacted", reply(`{"type":"redacted_thinking","data":"Em"},{"type":"redacted_thinking","data":"` + foreign + `"}`)},
		{"carriers", reply(`{"type":"thinking","thinking":"","signature":"` + foreign + `.next"},{"type":"tool_use","id":"t1","name":"f","input":{}},{"type":"tool_use","id":"t2","name":"f","input":{}},{"type":"thinking","thinking":"","signature":"` + foreign + `.previous"}`)},
		{"tool use", reply(`{"type":"tool_use","id":"t1","name":"f","input":{"b":12345678901234567890,"a":[1, 2]},"caller":{"type":"direct"}},{"type":"tool_use","id":"t2","name":"f"}`)},
		{"tool result", content(`{"type":"tool_result","tool_use_id":"t1","content":"ok"},{"type":"tool_result","tool_use_id":"t2","is_error":true,"content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"url","url":"https://x"}}],"cache_control":{"type":"ephemeral"}},{"type":"tool_result","tool_use_id":"t3"}`)},
		{"server tools", reply(`{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"container_upload","file_id":"f"}`)},
		{"tools", request(`"tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{}},"strict":true,"cache_control":{"type":"ephemeral"}},{"type":"custom","name":"g"}]`)},
		{"typed tools", request(`"tools":[{"type":"bash_20250124","name":"bash"},{"type":"text_editor_20250728","name":"str_replace_based_edit_tool"},{"type":"memory_20250818","name":"memory"},{"type":"web_search_20260318","name":"web_search","max_uses":3},{"type":"computer_20251124","name":"computer"}]`)},
		{"deferred tools", `{"model":"m","tools":[{"name":"a","input_schema":{"type":"object"},"defer_loading":true},{"name":"b","input_schema":{"type":"object"},"defer_loading":true},{"name":"DeferredToolPlaceholder","input_schema":{"type":"object"},"defer_loading":true}],"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"tool_reference","tool_name":"a"}]}]}]}`},
		{"choice auto", request(tools + `,"tool_choice":{"type":"auto","disable_parallel_tool_use":true}`)},
		{"choice any", request(tools + `,"tool_choice":{"type":"any","disable_parallel_tool_use":false}`)},
		{"choice tool", request(tools + `,"tool_choice":{"type":"tool","name":"f"}`)},
		{"choice none", request(tools + `,"tool_choice":{"type":"none"}`)},
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

func TestDecodeRequestRefuses(t *testing.T) {
	tests := []struct{ name, body, param, says string }{
		{"no JSON", `{"model":`, "", "JSON"},
		{"bad literal", `{"model":"m","messages":[nul]}`, "", "JSON"},
		{"a list", `[]`, "", "object"},
		{"no model", `{"messages":[{"role":"user","content":"a"}]}`, "model", "required"},
		{"model of a wrong type", `{"model":1}`, "model", "string"},
		{"no messages", `{"model":"m"}`, "messages", "required"},
		{"messages of a wrong type", `{"model":"m","messages":{}}`, "messages", "list"},
		{"empty messages", `{"model":"m","messages":[]}`, "messages", "at least one"},
		{"message of a wrong type", messages(`"a"`), "messages.0", "object"},
		{"role", messages(`{"role":"tool","content":"a"}`), "messages.0.role", "user, assistant"},
		{"no role", messages(`{"content":"a"}`), "messages.0.role", "required"},
		{"no content", messages(`{"role":"user"}`), "messages.0.content", "required"},
		{"content", messages(`{"role":"user","content":1}`), "messages.0.content", "list"},
		{"block", content(`1`), "messages.0.content.0", "object"},
		{"block without type", content(`{"text":"a"}`), "messages.0.content.0.type", "required"},
		{"text", content(`{"type":"text"}`), "messages.0.content.0.text", "required"},
		{"text of a wrong type", content(`{"type":"text","text":1}`), "messages.0.content.0.text", "string"},
		{"source", content(`{"type":"image","source":{"type":"ftp"}}`), "messages.0.content.0.source.type", "base64"},
		{"data", content(`{"type":"image","source":{"type":"base64","media_type":"image/png"}}`), "messages.0.content.0.source.data", "base64"},
		{"media type", content(`{"type":"image","source":{"type":"base64","data":"AAAA"}}`), "messages.0.content.0.source.media_type", "required"},
		{"url", content(`{"type":"image","source":{"type":"url"}}`), "messages.0.content.0.source.url", "required"},
		{"file", content(`{"type":"image","source":{"type":"file"}}`), "messages.0.content.0.source.file_id", "required"},
		{"call id", reply(`{"type":"tool_use","name":"f","input":{}}`), "messages.1.content.0.id", "required"},
		{"call name", reply(`{"type":"tool_use","id":"t","input":{}}`), "messages.1.content.0.name", "required"},
		{"call input", reply(`{"type":"tool_use","id":"t","name":"f","input":"x"}`), "messages.1.content.0.input", "object"},
		{"result id", content(`{"type":"tool_result","content":"x"}`), "messages.0.content.0.tool_use_id", "required"},
		{"result error", content(`{"type":"tool_result","tool_use_id":"t","is_error":"no"}`), "messages.0.content.0.is_error", "true or false"},
		{"result content", content(`{"type":"tool_result","tool_use_id":"t","content":[{"type":"text"}]}`), "messages.0.content.0.content.0.text", "required"},
		{"cache", content(`{"type":"text","text":"a","cache_control":{"type":"forever"}}`), "messages.0.content.0.cache_control.type", "ephemeral"},
		{"system", request(`"system":1`), "system", "string"},
		{"system image", request(`"system":[{"type":"image"}]`), "system.0.type", "text"},
		{"max_tokens", `{"model":"m","max_tokens":1.5,"messages":[]}`, "max_tokens", "whole"},
		{"negative max_tokens", `{"model":"m","max_tokens":-1,"messages":[]}`, "max_tokens", "negative"},
		{"temperature", request(`"temperature":"hot"`), "temperature", "number"},
		{"stream", request(`"stream":"yes"`), "stream", "true or false"},
		{"stop", request(`"stop_sequences":"a"`), "stop_sequences", "list"},
		{"stop item", request(`"stop_sequences":["a",1]`), "stop_sequences.1", "string"},
		{"thinking", request(`"thinking":{"type":"on"}`), "thinking.type", "adaptive"},
		{"budget", request(`"thinking":{"type":"enabled","budget_tokens":0}`), "thinking.budget_tokens", "1024"},
		{"output_config", request(`"output_config":1`), "output_config", "object"},
		{"format", request(`"output_config":{"format":{"type":"xml"}}`), "output_config.format.type", "json_schema"},
		{"schema", request(`"output_config":{"format":{"type":"json_schema"}}`), "output_config.format.schema", "schema"},
		{"metadata", request(`"metadata":{"user_id":1}`), "metadata.user_id", "string"},
		{"tools", request(`"tools":{}`), "tools", "list"},
		{"tool", request(`"tools":[1]`), "tools.0", "object"},
		{"tool name", request(`"tools":[{"input_schema":{"type":"object"}}]`), "tools.0.name", "required"},
		{"tool schema", request(`"tools":[{"name":"f","input_schema":[]}]`), "tools.0.input_schema", "schema"},
		{"same names", request(`"tools":[{"name":"f"},{"name":"f"}]`), "tools.1.name", "unique"},
		{"choice", request(`"tool_choice":{"type":"some"}`), "tool_choice.type", "auto"},
		{"choice name", request(`"tool_choice":{"type":"tool"}`), "tool_choice.name", "required"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, e := Format{}.DecodeRequest([]byte(tt.body), protocol.Head{})
			if e == nil || e.Kind != llm.InvalidRequest || e.Param != tt.param || !strings.Contains(e.Message, tt.says) {
				t.Fatalf("got %+v", e)
			}
			if !strings.HasPrefix(e.Message, tt.param) {
				t.Errorf("%q does not name the field", e.Message)
			}
		})
	}
}

func TestModelOfThePath(t *testing.T) {
	r, e := Format{}.DecodeRequest([]byte(`{"messages":[{"role":"user","content":"a"}]}`), protocol.Head{Model: "m", Stream: true})
	if e != nil || r.Model != "m" || !r.Stream {
		t.Errorf("%+v %v", r, e)
	}
}

// A request comes out as it went in, apart from what the format may word in
// two ways.
func TestRequestRoundTrip(t *testing.T) {
	for _, tt := range decodeCases() {
		t.Run(tt.name, func(t *testing.T) {
			first, e := Format{}.DecodeRequest([]byte(tt.body), protocol.Head{})
			if e != nil {
				t.Fatal(e)
			}
			enc, e := Format{}.EncodeRequest(first, protocol.Target{Model: "claude-opus-5"})
			if e != nil {
				t.Fatal(e)
			}
			if !json.Valid(enc.Body) {
				t.Fatalf("invalid: %s", enc.Body)
			}
			protocoltest.Golden(t, "roundtrip/"+tt.name+".json", protocoltest.Indented(t, enc.Body))
			if _, e := (Format{}).DecodeRequest(enc.Body, protocol.Head{}); e != nil {
				t.Errorf("does not read its own request: %v", e)
			}
		})
	}
}
