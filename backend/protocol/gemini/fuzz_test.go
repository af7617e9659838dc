package gemini

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/sse"
)

// FuzzDecodeRequest: whatever is understood can be sent on, and the second
// reading understands it too.
func FuzzDecodeRequest(f *testing.F) {
	for _, body := range decodeCases() {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, e := Format{}.DecodeRequest(body, asked)
		if e != nil {
			if e.Message == "" {
				t.Error("refused without a word")
			}
			return
		}
		for _, model := range []string{two, three} {
			x, e := Format{}.EncodeRequest(r, protocol.Target{Model: model})
			if e != nil {
				continue
			}
			if !json.Valid(x.Body) {
				t.Fatalf("no JSON: %q", x.Body)
			}
			if _, e := (Format{}).DecodeRequest(x.Body, asked); e != nil {
				t.Fatalf("%v in %s", e, x.Body)
			}
		}
		if stripped, ok := (Format{}).StripReasoning(body); ok && !json.Valid(stripped) {
			t.Fatalf("stripped: %q", stripped)
		}
	})
}

// FuzzStreamDecoder: any bytes in any chunks keep the grammar, and what comes of
// them can be worded for a client.
func FuzzStreamDecoder(f *testing.F) {
	for _, path := range streams(f) {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, 7)
	}
	f.Fuzz(func(t *testing.T, raw []byte, n int) {
		d := Format{}.StreamDecoder(encoded())
		var r sse.Reader
		var events []llm.Event
		for chunk := range slices.Chunk(raw, max(1, n&1023)) {
			r.Feed(chunk, func(e sse.Event) { events = d.Next(events, e) })
		}
		events = d.Close(events)
		check(t, events)
		if out := encodeEvents(events, true); !json.Valid(out) {
			t.Fatalf("no JSON: %q", out)
		}
	})
}

// FuzzSchema: any schema becomes a smaller one that is JSON.
func FuzzSchema(f *testing.F) {
	f.Add([]byte(`{"type":["object","null"],"properties":{"a":{"$ref":"#"}},"anyOf":[{"type":"null"},{"allOf":[{"const":1}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		for _, got := range [][]byte{answerSchema(raw), functionSchema(raw), plainSchema(raw)} {
			if len(got) > 0 && !json.Valid(got) {
				t.Fatalf("no JSON: %q", got)
			}
		}
	})
}

func long() llm.Request {
	text := llm.Block{Kind: llm.Text}
	for range 2000 {
		text.Text += "The quick brown fox jumps over \"the lazy dog\".\n"
	}
	r := llm.Request{Model: three, Tools: []llm.Tool{tool("f"), tool("g")}}
	for range 10 {
		r.Turns = append(r.Turns, user(text), assistant(text, call("a", "f", `{"q":"x"}`)), user(result("a", text)))
	}
	return r
}

func BenchmarkDecodeRequest(b *testing.B) {
	r := long()
	x, _ := Format{}.EncodeRequest(&r, protocol.Target{Model: three})
	b.SetBytes(int64(len(x.Body)))
	for b.Loop() {
		if _, e := (Format{}).DecodeRequest(x.Body, asked); e != nil {
			b.Fatal(e)
		}
	}
}

func BenchmarkEncodeRequest(b *testing.B) {
	r := long()
	x, _ := Format{}.EncodeRequest(&r, protocol.Target{Model: three})
	b.SetBytes(int64(len(x.Body)))
	for b.Loop() {
		if _, e := (Format{}).EncodeRequest(&r, protocol.Target{Model: three}); e != nil {
			b.Fatal(e)
		}
	}
}

func streamed() []llm.Event {
	var r llm.Response
	for _, blocks := range long().Turns[1:2] {
		r.Blocks, r.Stop.Reason = blocks.Blocks, llm.StopToolUse
	}
	return protocoltest.EventsOf(&r, 12)
}

func BenchmarkStreamDecoder(b *testing.B) {
	raw := encodeEvents(streamed(), false)
	b.SetBytes(int64(len(raw)))
	var events []llm.Event
	for b.Loop() {
		d := Format{}.StreamDecoder(encoded())
		var r sse.Reader
		events = events[:0]
		r.Feed(raw, func(e sse.Event) { events = d.Next(events, e) })
		d.Close(events)
	}
}

func BenchmarkStreamEncoder(b *testing.B) {
	events := streamed()
	b.SetBytes(int64(len(encodeEvents(events, false))))
	for b.Loop() {
		encodeEvents(events, false)
	}
}
