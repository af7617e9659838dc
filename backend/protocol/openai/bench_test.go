package openai

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// conversation is a request of an agent in the middle of its work.
func conversation(turns int) []byte {
	var b strings.Builder
	b.WriteString(`{"model":"gpt-5","stream":true,"messages":[{"role":"system","content":"`)
	b.WriteString(strings.Repeat("You are careful. ", 500))
	b.WriteString(`"},{"role":"user","content":"go"}`)
	for i := range turns {
		fmt.Fprintf(&b, `,{"role":"assistant","content":null,"tool_calls":[{"id":"call_%d","type":"function","function":{"name":"read","arguments":"{\"path\":\"main.go\"}"}}]}`, i)
		fmt.Fprintf(&b, `,{"role":"tool","tool_call_id":"call_%d","content":"%s"}`, i, strings.Repeat(`func main() {\n\tprintln(\"hi\")\n}\n`, 60))
	}
	b.WriteString(`],"tools":[{"type":"function","function":{"name":"read","parameters":{"type":"object","properties":{"path":{"type":"string"}}}}}]}`)
	return []byte(b.String())
}

func BenchmarkDecodeRequest(b *testing.B) {
	body := conversation(200)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, e := (Format{}).DecodeRequest(body, protocol.Head{}); e != nil {
			b.Fatal(e)
		}
	}
}

func BenchmarkEncodeRequest(b *testing.B) {
	req, e := Format{}.DecodeRequest(conversation(200), protocol.Head{})
	if e != nil {
		b.Fatal(e)
	}
	req.Origin = llm.Anthropic
	out, _ := Format{}.EncodeRequest(req, protocol.Target{Model: "gpt-5"})
	b.SetBytes(int64(len(out.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, e := (Format{}).EncodeRequest(req, protocol.Target{Model: "gpt-5"}); e != nil {
			b.Fatal(e)
		}
	}
}

func benchEvents() ([]sse.Event, int) {
	var events []sse.Event
	size := 0
	for i := range 1000 {
		data := fmt.Appendf(nil, `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-5","choices":[{"index":0,"delta":{"content":" word %d"},"logprobs":null,"finish_reason":null}],"usage":null}`, i)
		size += len(data)
		events = append(events, sse.Event{Data: data})
	}
	return append(events, sse.Event{Data: []byte(`[DONE]`)}), size
}

func BenchmarkStreamDecoder(b *testing.B) {
	events, size := benchEvents()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var out []llm.Event
	for b.Loop() {
		d := Format{}.StreamDecoder(&protocol.Encoded{})
		for _, e := range events {
			out = d.Next(out[:0], e)
		}
	}
}

func BenchmarkStreamEncoder(b *testing.B) {
	events, _ := benchEvents()
	d := Format{}.StreamDecoder(&protocol.Encoded{})
	var canonical []llm.Event
	for _, e := range events {
		canonical = d.Next(canonical, e)
	}
	var out []byte
	run := func() int {
		size := 0
		enc := Format{}.StreamEncoder(&llm.Request{}, false)
		for _, e := range canonical {
			out = enc.Append(out[:0], e)
			size += len(out)
		}
		return size
	}
	b.SetBytes(int64(run()))
	b.ReportAllocs()
	for b.Loop() {
		run()
	}
}

func BenchmarkEncodeResponse(b *testing.B) {
	resp := &llm.Response{ID: "chatcmpl-1", Blocks: []llm.Block{
		{Kind: llm.Text, Text: strings.Repeat("A line of <code> & text.\n", 2000)},
		{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "c", Name: "f", Args: json.RawMessage(`{"a":1}`)}},
	}}
	req := &llm.Request{Model: "m"}
	b.SetBytes(int64(len(Format{}.EncodeResponse(resp, req))))
	b.ReportAllocs()
	for b.Loop() {
		Format{}.EncodeResponse(resp, req)
	}
}
