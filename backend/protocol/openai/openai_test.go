package openai

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const stream = `data: {"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

data: {"id":"c1","choices":[{"index":0,"delta":{"content":"say ,\"usage\":null now"},"finish_reason":null}],"usage":null}

data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

data: {"id":"c1","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}}

data: [DONE]

`

func TestStreamMeter(t *testing.T) {
	want := llm.Usage{Input: 11, Output: 7, CacheRead: 3, Reasoning: 2, Source: llm.Reported}
	for n := 1; n < len(stream); n++ {
		m := Format{}.Meter(protocol.Chat, protocol.Events)
		for chunk := range slices.Chunk([]byte(stream), n) {
			m.Feed(chunk)
		}
		u, ok := m.Usage()
		if !ok || u != want || !m.Ended() || m.Output() != 6 || m.Err() != nil {
			t.Fatalf("chunks of %d: %+v %v, ended %v, %d tokens, %v", n, u, ok, m.Ended(), m.Output(), m.Err())
		}
	}
}

func TestStreamMeterSeesTheEnd(t *testing.T) {
	tests := []struct {
		name, stream string
		whole, ended bool
		err          string
	}{
		{"cut", `data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}]}` + "\n\n", false, false, ""},
		{"no DONE", `data: {"choices":[{"delta":{},"finish_reason":"length"}]}` + "\n\n", true, false, ""},
		{"DONE only", "data: [DONE]\n\n", true, true, ""},
		{"error", `data: {"error":{"message":"busy","type":"server_error","code":"server_is_overloaded"}}` + "\n\n", false, false, "overloaded: busy"},
		{"the word error", `data: {"choices":[{"delta":{"content":"\"error\""},"finish_reason":null}]}` + "\n\n", false, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Format{}.Meter(protocol.Chat, protocol.Events)
			m.Feed([]byte(tt.stream))
			err := ""
			if e := m.Err(); e != nil {
				err = e.Error()
			}
			if m.Whole() != tt.whole || m.Ended() != tt.ended || err != tt.err {
				t.Errorf("whole %v, ended %v, error %q", m.Whole(), m.Ended(), err)
			}
		})
	}
}

func TestForceUsage(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"absent", `{"model":"m","stream":true}`, `{"stream_options":{"include_usage":true},"model":"m","stream":true}`},
		{"null", `{"model":"m","stream":true,"stream_options":null}`, `{"model":"m","stream":true,"stream_options":{"include_usage":true}}`},
		{"empty", `{"model":"m","stream":true,"stream_options":{}}`, `{"model":"m","stream":true,"stream_options":{"include_usage":true}}`},
		{"other member", `{"stream_options":{"x":1},"model":"m","stream":true}`, `{"stream_options":{"include_usage":true,"x":1},"model":"m","stream":true}`},
		{"false", `{"stream_options": {"include_usage" : false},"model":"m","stream":true}`, `{"stream_options": {"include_usage" : true},"model":"m","stream":true}`},
		{"asked for", `{"stream_options":{"include_usage":true},"model":"m","stream":true}`, ""},
		{"not a stream", `{"model":"m"}`, ""},
		{"wrong type", `{"model":"m","stream":true,"stream_options":7}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			head, bad := protocol.Inspect([]byte(tt.body))
			if bad != nil {
				t.Fatal(bad)
			}
			got, changed := Format{}.ForceUsage(protocol.Chat, head, []byte(tt.body))
			if changed != (tt.want != "") || changed && string(got) != tt.want {
				t.Errorf("changed %v: %s", changed, got)
			}
		})
	}
}

// A line without an end is not kept for ever, and what follows it is filtered
// again.
func TestUsageFilterPassesEndlessLines(t *testing.T) {
	f := Format{}.UsageFilter()
	piece := bytes.Repeat([]byte("x"), 64<<10)
	var in, out []byte
	for range 40 {
		in = append(in, piece...)
		out = f.Filter(out, piece)
		if held := len(in) - len(out); held > maxHeldLine {
			t.Fatalf("%d bytes are held back", held)
		}
	}
	rest := "y\n\n" + `data: {"choices":[{}],"usage":null}` + "\n\n"
	out = f.Flush(f.Filter(out, []byte(rest)))
	if want := string(in) + "y\n\n" + `data: {"choices":[{}]}` + "\n\n"; string(out) != want {
		t.Errorf("%d bytes, want %d", len(out), len(want))
	}
}

func TestUsageFilterHidesOnlyWhatWasForced(t *testing.T) {
	want := strings.ReplaceAll(stream, `],"usage":null}`, `]}`)
	i := strings.Index(want, `data: {"id":"c1","choices":[],`)
	want = want[:i] + "data: [DONE]\n\n"
	for n := 1; n < len(stream); n++ {
		f := Format{}.UsageFilter()
		var got []byte
		for chunk := range slices.Chunk([]byte(stream), n) {
			got = f.Filter(got, chunk)
		}
		if got = f.Flush(got); string(got) != want {
			t.Fatalf("chunks of %d: got\n%s\nwant\n%s", n, got, want)
		}
	}
}

func TestBodyMeter(t *testing.T) {
	tests := []struct {
		name, body string
		want       llm.Usage
		metered    bool
	}{
		{"chat", `{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6}}`, llm.Usage{Input: 5, Output: 6, Source: llm.Reported}, true},
		{"embeddings", `{"data":[],"usage":{"prompt_tokens":5,"total_tokens":5}}`, llm.Usage{Input: 5, Source: llm.Reported}, true},
		{"images", `{"data":[],"usage":{"input_tokens":9,"output_tokens":100}}`, llm.Usage{Input: 9, Output: 100, Source: llm.Reported}, true},
		{"none", `{"choices":[]}`, llm.Usage{}, false},
		{"in the text only", `{"choices":[{"message":{"content":"\"usage\":{\"prompt_tokens\":1}"}}]}`, llm.Usage{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Format{}.Meter(protocol.Chat, protocol.Document)
			m.Feed([]byte(tt.body))
			if u, ok := m.Usage(); u != tt.want || ok != tt.metered {
				t.Errorf("got %+v %v", u, ok)
			}
		})
	}
}

func TestBodyMeterOfAHugeAnswer(t *testing.T) {
	m := Format{}.Meter(protocol.Images, protocol.Document)
	m.Feed([]byte(`{"data":[{"b64_json":"`))
	piece := []byte(strings.Repeat("A", 1<<16))
	for range 200 {
		m.Feed(piece)
	}
	m.Feed([]byte(`"}],"usage":{"input_tokens":9,"output_tokens":100}}`))
	if u, ok := m.Usage(); !ok || u.Output != 100 {
		t.Errorf("got %+v %v", u, ok)
	}
}

func TestErrors(t *testing.T) {
	status, body := Format{}.Error(&llm.Error{Kind: llm.NotFound, Code: "model_not_found", Param: "model", Message: "no"}, "req_1")
	if status != 404 || string(body) != `{"error":{"code":"model_not_found","message":"no","param":"model","type":"invalid_request_error"}}` {
		t.Errorf("%d %s", status, body)
	}
	got := string(Format{}.StreamError(&llm.Error{Kind: llm.BadUpstream, Message: "broke"}, "req_1"))
	want := `data: {"error":{"code":null,"message":"broke","param":null,"type":"server_error"}}` + "\n\ndata: [DONE]\n\n"
	if got != want {
		t.Errorf("got %q", got)
	}
	e := Format{}.ParseError(429, []byte(`{"error":{"message":"pay","type":"insufficient_quota","code":"insufficient_quota"}}`))
	if e.Kind != llm.Billing || e.Message != "pay" {
		t.Errorf("got %+v", e)
	}
	if e := (Format{}).ParseError(502, []byte("<html>")); e.Kind != llm.BadUpstream || e.Message == "" {
		t.Errorf("got %+v", e)
	}
}
