package anthropic

import (
	"slices"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const stream = `event: message_start
data: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":10,"cache_read_input_tokens":100,"cache_creation_input_tokens":20,"output_tokens":1}}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"event: error"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":42,"output_tokens_details":{"thinking_tokens":30}}}

event: message_stop
data: {"type":"message_stop"}

`

func TestStreamMeter(t *testing.T) {
	// Anthropic's input_tokens leaves out the cache; ours holds it.
	want := llm.Usage{Input: 130, CacheRead: 100, CacheWrite: 20, Output: 42, Reasoning: 30, Source: llm.Reported}
	for n := 1; n < len(stream); n++ {
		m := Format{}.Meter(protocol.Chat, protocol.Events)
		for chunk := range slices.Chunk([]byte(stream), n) {
			m.Feed(chunk)
		}
		if u, ok := m.Usage(); !ok || u != want || !m.Ended() || m.Err() != nil {
			t.Fatalf("chunks of %d: %+v %v, ended %v, %v", n, u, ok, m.Ended(), m.Err())
		}
	}
}

func TestStreamMeterOfAnAbortedAnswer(t *testing.T) {
	m := Format{}.Meter(protocol.Chat, protocol.Events)
	m.Feed([]byte(stream[:len(stream)/2]))
	u, ok := m.Usage()
	if !ok || u.Input != 130 || u.Output != 1 || m.Whole() {
		t.Errorf("%+v %v, whole %v", u, ok, m.Whole())
	}
}

func TestStreamErrorIsSeenAndWorded(t *testing.T) {
	raw := Format{}.StreamError(&llm.Error{Kind: llm.Overloaded, Message: "busy"}, "req_1")
	want := "event: error\ndata: " + `{"error":{"message":"busy","type":"overloaded_error"},"request_id":"req_1","type":"error"}` + "\n\n"
	if string(raw) != want {
		t.Errorf("got %q", raw)
	}
	m := Format{}.Meter(protocol.Chat, protocol.Events)
	m.Feed(raw)
	if e := m.Err(); e == nil || e.Kind != llm.Overloaded || e.Message != "busy" {
		t.Errorf("got %v", e)
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		status int
		body   string
		kind   llm.ErrorKind
	}{
		{401, `{"type":"error","error":{"type":"authentication_error","message":"m"}}`, llm.Unauthorized},
		{429, `{"type":"error","error":{"type":"rate_limit_error","message":"m"}}`, llm.RateLimited},
		{400, `{"type":"error","error":{"type":"invalid_request_error","message":"m"}}`, llm.InvalidRequest},
		{529, `{"type":"error","error":{"type":"overloaded_error","message":"m"}}`, llm.Overloaded},
		{500, `nonsense`, llm.BadUpstream},
	}
	for _, tt := range tests {
		if e := (Format{}).ParseError(tt.status, []byte(tt.body)); e.Kind != tt.kind || e.Message == "" {
			t.Errorf("%d: %+v", tt.status, e)
		}
	}
	for kind := range kinds {
		if status, _ := (Format{}).Error(&llm.Error{Kind: kind, Message: "m"}, ""); status < 400 {
			t.Errorf("%s has status %d", kind, status)
		}
	}
}

func TestBodyMeter(t *testing.T) {
	m := Format{}.Meter(protocol.Chat, protocol.Document)
	m.Feed([]byte(`{"content":[],"usage":{"input_tokens":3,"output_tokens":4,"cache_read_input_tokens":5}}`))
	if u, ok := m.Usage(); !ok || u.Input != 8 || u.CacheRead != 5 || u.Output != 4 {
		t.Errorf("%+v %v", u, ok)
	}
}
