package responses

import (
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const stream = `event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress","output":[],"usage":null}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":1,"delta":"response.completed"}

event: response.completed
data: {"type":"response.completed","sequence_number":2,"response":{"id":"resp_1","status":"completed","error":null,"output":[],"usage":{"input_tokens":12,"input_tokens_details":{"cached_tokens":4},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":21}}}

`

func TestStreamMeter(t *testing.T) {
	want := llm.Usage{Input: 12, CacheRead: 4, Output: 9, Reasoning: 5, Source: llm.Reported}
	unnamed := strings.NewReplacer("event: response.created\n", "", "event: response.output_text.delta\n", "", "event: response.completed\n", "").Replace(stream)
	for _, text := range []string{stream, unnamed} {
		for n := 1; n < len(text); n++ {
			m := Format{}.Meter(protocol.Chat, protocol.Events)
			for chunk := range slices.Chunk([]byte(text), n) {
				m.Feed(chunk)
			}
			if u, ok := m.Usage(); !ok || u != want || !m.Ended() || m.Err() != nil {
				t.Fatalf("chunks of %d: %+v %v, ended %v, %v", n, u, ok, m.Ended(), m.Err())
			}
		}
	}
}

func TestStreamErrorHasBothForms(t *testing.T) {
	raw := string(Format{}.StreamError(&llm.Error{Kind: llm.Overloaded, Message: "busy"}, "req_1"))
	for _, part := range []string{"event: error\n", "event: response.failed\n", `"code":"server_is_overloaded"`, `"status":"failed"`, `"sequence_number":`} {
		if !strings.Contains(raw, part) {
			t.Errorf("%s is missing in %s", part, raw)
		}
	}
	m := Format{}.Meter(protocol.Chat, protocol.Events)
	m.Feed([]byte(raw))
	if e := m.Err(); e == nil || e.Kind != llm.Overloaded || e.Message != "busy" || !m.Ended() {
		t.Errorf("got %v, ended %v", e, m.Ended())
	}
}

func TestBodyMeter(t *testing.T) {
	m := Format{}.Meter(protocol.Chat, protocol.Document)
	m.Feed([]byte(`{"output":[],"usage":{"input_tokens":3,"output_tokens":4}}`))
	if u, ok := m.Usage(); !ok || u.Input != 3 || u.Output != 4 {
		t.Errorf("%+v %v", u, ok)
	}
}
