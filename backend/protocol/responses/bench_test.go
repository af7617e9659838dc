package responses

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// longRequest looks like a coding agent's: tools, a long history of calls, and
// results of some kilobytes.
func longRequest() []byte {
	var b strings.Builder
	b.WriteString(`{"model":"gpt-6","stream":true,"reasoning":{"effort":"high","summary":"auto"},"instructions":"` + strings.Repeat("Be careful. ", 800) + `","tools":[`)
	for i := range 15 {
		fmt.Fprintf(&b, `{"type":"function","name":"tool_%d","description":"%s","parameters":{"type":"object","properties":{"path":{"type":"string"},"limit":{"type":"integer"}},"required":["path"]}},`, i, strings.Repeat("It reads a file. ", 40))
	}
	b.WriteString(`{"type":"custom","name":"exec"}],"input":[{"role":"user","content":"Fix the bug."}`)
	for i := range 60 {
		fmt.Fprintf(&b, `,{"type":"reasoning","id":"rs_%d","summary":[{"type":"summary_text","text":"%s"}],"encrypted_content":"%s"}`, i, strings.Repeat("Let me see. ", 20), strings.Repeat("gAAA", 200))
		fmt.Fprintf(&b, `,{"type":"function_call","call_id":"call_%d","name":"tool_1","arguments":"{\"path\":\"/src/main.go\"}"}`, i)
		fmt.Fprintf(&b, `,{"type":"function_call_output","call_id":"call_%d","output":"%s"}`, i, strings.Repeat(`line of code\n\tanother(\"one\")\n`, 150))
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

func longEvents() []llm.Event {
	events := []llm.Event{{Kind: llm.EventStart, ID: "resp_1", Model: "m"}, {Kind: llm.EventBlockStart, Block: &llm.Block{Kind: llm.Text}}}
	for range 2000 {
		events = append(events, llm.Event{Kind: llm.EventDelta, Delta: "a few words of it "})
	}
	return append(events, llm.Event{Kind: llm.EventBlockStop}, llm.Event{Kind: llm.EventStop, Stop: llm.Stop{Reason: llm.StopEndTurn}})
}

func BenchmarkDecodeRequest(b *testing.B) {
	body := longRequest()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, e := (Format{}).DecodeRequest(body, protocol.Head{}); e != nil {
			b.Fatal(e)
		}
	}
}

func BenchmarkEncodeRequest(b *testing.B) {
	body := longRequest()
	r, e := Format{}.DecodeRequest(body, protocol.Head{})
	if e != nil {
		b.Fatal(e)
	}
	r.Origin = llm.OpenAI
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, e := (Format{}).EncodeRequest(r, protocol.Target{Model: gpt6}); e != nil {
			b.Fatal(e)
		}
	}
}

func benchmarkStream(b *testing.B, stops ...string) {
	raw := encodeStream(longEvents(), &llm.Request{})
	b.SetBytes(int64(len(raw)))
	var events []llm.Event
	for b.Loop() {
		d := Format{}.StreamDecoder(encoded(stops...))
		var r sse.Reader
		r.Feed(raw, func(e sse.Event) { events = d.Next(events[:0], e) })
	}
}

func BenchmarkStreamDecoder(b *testing.B)         { benchmarkStream(b) }
func BenchmarkStreamDecoderWithStop(b *testing.B) { benchmarkStream(b, "\n\nHuman:", "###") }

func BenchmarkStreamEncoder(b *testing.B) {
	events := longEvents()
	b.SetBytes(int64(len(encodeStream(events, &llm.Request{}))))
	var out []byte
	for b.Loop() {
		enc := Format{}.StreamEncoder(&llm.Request{}, false)
		for _, e := range events {
			out = enc.Append(out[:0], e)
		}
	}
}

func BenchmarkStripReasoning(b *testing.B) {
	body := longRequest()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, ok := (Format{}).StripReasoning(body); !ok {
			b.Fatal("nothing stripped")
		}
	}
}
