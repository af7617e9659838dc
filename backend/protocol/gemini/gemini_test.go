package gemini

import (
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	first = `{"candidates":[{"content":{"role":"model","parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":9,"totalTokenCount":9}}`
	last  = `{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"toolUsePromptTokenCount":1,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":6,"totalTokenCount":21}}`
)

// Google's candidatesTokenCount leaves out the thoughts; our output holds them.
var want = llm.Usage{Input: 10, CacheRead: 4, Output: 11, Reasoning: 6, Source: llm.Reported}

func TestStreamMeter(t *testing.T) {
	stream := "data: " + first + "\r\n\r\ndata: " + last + "\r\n\r\n"
	for n := 1; n < len(stream); n++ {
		m := Format{}.Meter(protocol.Chat, protocol.Events)
		for chunk := range slices.Chunk([]byte(stream), n) {
			m.Feed(chunk)
		}
		if u, ok := m.Usage(); !ok || u != want || !m.Whole() || m.Ended() || m.Err() != nil {
			t.Fatalf("chunks of %d: %+v %v, whole %v, %v", n, u, ok, m.Whole(), m.Err())
		}
	}
}

func TestArrayMeter(t *testing.T) {
	m := Format{}.Meter(protocol.Chat, protocol.Array)
	m.Feed([]byte("[" + first))
	if m.Whole() {
		t.Error("whole before its end")
	}
	m.Feed([]byte(",\r\n" + last + "]\n"))
	if u, ok := m.Usage(); !ok || u != want || !m.Whole() || m.Output() != 2 {
		t.Errorf("%+v %v, whole %v, %d tokens", u, ok, m.Whole(), m.Output())
	}
	m = Format{}.Meter(protocol.Chat, protocol.Array)
	m.Feed([]byte("[" + first + `,{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}]`))
	if e := m.Err(); e == nil || e.Kind != llm.Overloaded || e.Message != "busy" {
		t.Errorf("got %v", e)
	}
}

func TestBlockedPromptIsAWholeAnswer(t *testing.T) {
	m := Format{}.Meter(protocol.Chat, protocol.Events)
	m.Feed([]byte(`data: {"promptFeedback":{"blockReason":"SAFETY"}}` + "\n\n"))
	if !m.Whole() {
		t.Error("not whole")
	}
}

func TestErrors(t *testing.T) {
	status, body := Format{}.Error(&llm.Error{Kind: llm.RateLimited, Message: "slow down", RetryAfter: 7}, "")
	if status != 429 || !strings.Contains(string(body), `"retryDelay":"7s"`) || !strings.Contains(string(body), `"RESOURCE_EXHAUSTED"`) {
		t.Errorf("%d %s", status, body)
	}
	if e := (Format{}).ParseError(429, body); e.Kind != llm.RateLimited || e.RetryAfter != 7 {
		t.Errorf("%+v", e)
	}
	invalid := `{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}`
	if e := (Format{}).ParseError(400, []byte(invalid)); e.Kind != llm.Unauthorized {
		t.Errorf("%+v", e)
	}
	long := `{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}`
	if e := (Format{}).ParseError(400, []byte(long)); e.Kind != llm.ContextLength {
		t.Errorf("%+v", e)
	}
	m := Format{}.Meter(protocol.Chat, protocol.Events)
	m.Feed(Format{}.StreamError(&llm.Error{Kind: llm.Overloaded, Message: "busy"}, ""))
	if e := m.Err(); e == nil || e.Kind != llm.Overloaded {
		t.Errorf("%v", e)
	}
}
