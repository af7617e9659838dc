package anthropic

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
	b.WriteString(`{"model":"claude-opus-5","max_tokens":32000,"stream":true,"thinking":{"type":"adaptive"},"system":[{"type":"text","text":"` + strings.Repeat("Be careful. ", 800) + `"}],"tools":[`)
	for i := range 15 {
		fmt.Fprintf(&b, `%s{"name":"tool_%d","description":"%s","input_schema":{"type":"object","properties":{"path":{"type":"string"},"limit":{"type":"integer"}},"required":["path"]}}`, comma(strings.Repeat(" ", min(i, 1)))[:min(i, 1)], i, strings.Repeat("It reads a file. ", 40))
	}
	b.WriteString(`],"messages":[{"role":"user","content":"Fix the bug."}`)
	for i := range 60 {
		fmt.Fprintf(&b, `,{"role":"assistant","content":[{"type":"thinking","thinking":"%s","signature":"%s"},{"type":"tool_use","id":"toolu_%d","name":"tool_1","input":{"path":"/src/main.go"}}]}`, strings.Repeat("Let me see. ", 20), strings.Repeat("Eq", 200), i)
		fmt.Fprintf(&b, `,{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_%d","content":"%s"}]}`, i, strings.Repeat(`line of code\n\tanother(\"one\")\n`, 150))
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

func longStream() []byte {
	events := []llm.Event{{Kind: llm.EventStart, ID: "msg_1", Model: "m"}, {Kind: llm.EventBlockStart, Block: &llm.Block{Kind: llm.Text}}}
	for range 2000 {
		events = append(events, llm.Event{Kind: llm.EventDelta, Delta: "a few words of it "})
	}
	events = append(events, llm.Event{Kind: llm.EventBlockStop}, llm.Event{Kind: llm.EventStop, Stop: llm.Stop{Reason: llm.StopEndTurn}})
	return encodeStream(events)
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
		if _, e := (Format{}).EncodeRequest(r, protocol.Target{Model: opus5}); e != nil {
			b.Fatal(e)
		}
	}
}

func BenchmarkStreamDecoder(b *testing.B) {
	raw := longStream()
	b.SetBytes(int64(len(raw)))
	var events []llm.Event
	for b.Loop() {
		d := Format{}.StreamDecoder(&protocol.Encoded{})
		var r sse.Reader
		r.Feed(raw, func(e sse.Event) { events = d.Next(events[:0], e) })
	}
}

func BenchmarkStreamEncoder(b *testing.B) {
	raw := longStream()
	d := Format{}.StreamDecoder(&protocol.Encoded{})
	var events []llm.Event
	var r sse.Reader
	r.Feed(raw, func(e sse.Event) { events = d.Next(events, e) })
	b.SetBytes(int64(len(raw)))
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
