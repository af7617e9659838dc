package responses

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

func TestDecodeResponse(t *testing.T) {
	const usage = `"usage":{"input_tokens":3,"input_tokens_details":{"cached_tokens":1},"output_tokens":4,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":7}`
	whole := func(output, more string) string {
		return `{"id":"resp_1","object":"response","created_at":1700000000,"model":"gpt-6","status":"completed","service_tier":"flex","error":null,"output":[` + output + `],` + usage + more + `}`
	}
	for _, tt := range []struct{ name, body string }{
		{"text", whole(`{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"hi","annotations":[{"type":"url_citation","url":"u"}]},{"type":"refusal","refusal":"no"}]}`, "")},
		{"reasoning", whole(`{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"gAAA"},{"id":"rs_2","type":"reasoning","summary":[]},{"id":"rs_3","type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"raw"}]}`, "")},
		{"calls", whole(`{"id":"fc_1","type":"function_call","call_id":"call_1","name":"look","arguments":"{\"a\": 1}"},{"id":"fc_2","type":"function_call","name":"cut","arguments":"{\"a\": [1"},{"id":"ctc_1","type":"custom_tool_call","call_id":"call_3","name":"exec","namespace":"functions","input":"ls"},{"type":"function_call","arguments":"nameless"}`, "")},
		{"hosted", whole(`{"id":"ws_1","type":"web_search_call","status":"completed"}`, "")},
		{"max tokens", strings.Replace(whole("", `,"incomplete_details":{"reason":"max_output_tokens"}`), `"completed"`, `"incomplete"`, 1)},
		{"content filter", strings.Replace(whole("", `,"incomplete_details":{"reason":"content_filter"}`), `"completed"`, `"incomplete"`, 1)},
		{"steered", strings.Replace(whole("", `,"incomplete_details":{"reason":"steered"}`), `"completed"`, `"incomplete"`, 1)},
		{"cancelled", strings.Replace(whole("", ""), `"completed"`, `"cancelled"`, 1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Format{}.DecodeResponse([]byte(tt.body), encoded())
			if err != nil {
				t.Fatal(err)
			}
			protocoltest.Golden(t, "answer/"+tt.name+".json", protocoltest.Dump(t, r))
		})
	}
}

func TestDecodeResponseRefuses(t *testing.T) {
	for _, tt := range []struct {
		body string
		kind llm.ErrorKind
		says string
	}{
		{`{"status":"failed","output":[],"error":{"code":"rate_limit_exceeded","message":"slow"}}`, llm.RateLimited, "slow"},
		{`{"status":"failed","output":[],"error":null}`, llm.BadUpstream, "without saying why"},
		{`{"error":{"message":"no credit","code":"insufficient_quota"}}`, llm.Billing, "no credit"},
		{`<html>`, llm.BadUpstream, "cannot be read"},
		{`{}`, llm.BadUpstream, "no output"},
	} {
		if _, err := (Format{}).DecodeResponse([]byte(tt.body), nil); err == nil || err.Kind != tt.kind || !strings.Contains(err.Message, tt.says) {
			t.Errorf("%s: %v", tt.body, err)
		}
	}
}

// A client of another format sees no items that only this one knows.
func TestHostedItemsStayHere(t *testing.T) {
	e := encoded()
	e.Request.Origin = llm.Anthropic
	r, err := Format{}.DecodeResponse([]byte(`{"status":"completed","output":[{"type":"web_search_call","id":"ws_1"}]}`), e)
	if err != nil || len(r.Blocks) > 0 {
		t.Errorf("%v %+v", err, r)
	}
}
