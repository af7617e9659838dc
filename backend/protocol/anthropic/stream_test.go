package anthropic

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/sse"
)

// decodeStream decodes a stream that arrives in chunks of n bytes.
func decodeStream(t *testing.T, raw []byte, e *protocol.Encoded, n int) []llm.Event {
	t.Helper()
	d := Format{}.StreamDecoder(e)
	var r sse.Reader
	var out []llm.Event
	for chunk := range slices.Chunk(raw, n) {
		r.Feed(chunk, func(e sse.Event) { out = d.Next(out, e) })
	}
	out = d.Close(out)
	if again := d.Close(d.Next(out, sse.Event{Data: []byte(`{"type":"message_stop"}`)})); len(again) != len(out) {
		t.Error("events after the end")
	}
	check(t, out)
	return out
}

// collect makes a whole answer of a stream.
func collect(t *testing.T, events []llm.Event) *llm.Response {
	t.Helper()
	r := &llm.Response{}
	for _, e := range events {
		switch e.Kind {
		case llm.EventStart:
			r.ID, r.Model = e.ID, e.Model
		case llm.EventBlockStart:
			r.Blocks = append(r.Blocks, *e.Block)
		case llm.EventDelta:
			add(&r.Blocks[e.Index], e)
		case llm.EventUsage:
			r.Usage, r.Metered = e.Usage, true
		case llm.EventStop:
			r.Stop = e.Stop
		case llm.EventFailed:
			t.Fatal(e.Err)
		}
	}
	return r
}

func add(b *llm.Block, e llm.Event) {
	switch {
	case e.Signature != nil:
		b.Signature = e.Signature
	case e.Citations != nil:
		b.Citations, b.Origin = e.Citations, e.Origin
	case b.Call != nil && b.Call.Custom:
		b.Call.Input += e.Delta
	case b.Call != nil:
		b.Call.Args = append(b.Call.Args, e.Delta...)
	default:
		b.Text += e.Delta
	}
}

// encoded is a request with tools whose names had to be changed, a freeform one
// and a forced one for JSON.
func encoded() *protocol.Encoded {
	names := protocol.NewNames(128, false)
	names.Upstream("ns", "in")
	names.SetCustom(names.Upstream("", "exec"))
	return &protocol.Encoded{Names: names, Target: protocol.Target{AccountID: "acc"}, State: state{jsonTool: "json"}}
}

func streams(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("testdata/upstream/*.sse")
	if err != nil || len(list) == 0 {
		t.Fatal("no streams", err)
	}
	return list
}

func TestStreamDecoder(t *testing.T) {
	for _, path := range streams(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".sse")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want []byte
			for n := 1; n <= min(len(raw), 200); n++ {
				got := lines(t, decodeStream(t, raw, encoded(), n))
				if n == 1 {
					want = got
					protocoltest.Golden(t, "upstream/"+name+".events", got)
				}
				if string(got) != string(want) {
					t.Fatalf("chunks of %d:\n%s\nwant\n%s", n, got, want)
				}
			}
		})
	}
}

// lines writes one event per line.
func lines(t *testing.T, events []llm.Event) []byte {
	t.Helper()
	var out []byte
	for _, e := range events {
		if e.Block != nil && e.Block.Call != nil && strings.HasPrefix(e.Block.Call.ID, "toolu_") && len(e.Block.Call.ID) == 30 {
			e.Block.Call.ID = "(made here)"
		}
		line := strings.ReplaceAll(string(protocoltest.Dump(t, e)), "\n", "")
		out = append(append(out, strings.Join(strings.Fields(line), " ")...), '\n')
	}
	return out
}

func TestDecodeResponse(t *testing.T) {
	tests := []struct{ name, body string }{
		{"text", `{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"hi","citations":[{"type":"page_location"}]},{"type":"text","text":""}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"cache_read_input_tokens":100,"cache_creation_input_tokens":20,"output_tokens":5,"output_tokens_details":{"thinking_tokens":3},"service_tier":"standard"}}`},
		{"thinking", `{"content":[{"type":"thinking","thinking":"hm","signature":"Eq"},{"type":"thinking","thinking":"","signature":""},{"type":"redacted_thinking","data":"R"},{"type":"text","text":"a"}],"stop_reason":"end_turn"}`},
		{"calls", `{"content":[{"type":"tool_use","id":"t","name":"ns__in","input":{"b":1,"a":2}},{"type":"tool_use","id":"u","name":"exec","input":{"input":"ls"}},{"type":"tool_use","id":"v","name":"unknown"}],"stop_reason":"end_turn"}`},
		{"json tool", `{"content":[{"type":"tool_use","id":"t","name":"json","input":{"n":1}}],"stop_reason":"tool_use"}`},
		{"server tools", `{"content":[{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]}],"stop_reason":"pause_turn"}`},
		{"refusal", `{"content":[],"stop_reason":"refusal","stop_details":{"type":"refusal","category":"cyber","explanation":"no"}}`},
		{"stop sequence", `{"content":[],"stop_reason":"stop_sequence","stop_sequence":"END"}`},
		{"max tokens", `{"content":[],"stop_reason":"max_tokens"}`},
		{"context", `{"content":[],"stop_reason":"model_context_window_exceeded"}`},
		{"compaction", `{"content":[],"stop_reason":"compaction"}`},
		{"unknown reason", `{"content":[],"stop_reason":"new_one"}`},
		{"no reason", `{"content":[{"type":"text","text":"a"}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Format{}.DecodeResponse([]byte(tt.body), encoded())
			if err != nil {
				t.Fatal(err)
			}
			protocoltest.Golden(t, "answer/"+tt.name+".json", protocoltest.Dump(t, r))
		})
	}
}

func TestDecodeResponseFails(t *testing.T) {
	tests := []struct {
		body string
		kind llm.ErrorKind
	}{
		{`<html>`, llm.BadUpstream},
		{`{}`, llm.BadUpstream},
		{`{"type":"error","error":{"type":"overloaded_error","message":"busy"}}`, llm.Overloaded},
	}
	for _, tt := range tests {
		if _, err := (Format{}).DecodeResponse([]byte(tt.body), encoded()); err == nil || err.Kind != tt.kind {
			t.Errorf("%s: %v", tt.body, err)
		}
	}
}

// The signatures of calls find their way through the client and back.
func TestCarriersComeBack(t *testing.T) {
	signed := call("c1", "f", "{}")
	signed.Signature = &llm.Signature{Origin: llm.Gemini, Account: "g:1", Value: "s"}
	resp := llm.Response{Blocks: []llm.Block{text("a"), signed, call("c2", "f", "{}")}, Stop: llm.Stop{Reason: llm.StopToolUse}}
	streamed, err := json.Marshal(wholeOf(t, encodeStream(eventsOf(&resp))))
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{
		"whole":    string(Format{}.EncodeResponse(&resp, &llm.Request{})),
		"streamed": `{"content":` + string(streamed) + `}`,
	}
	for name, body := range bodies {
		var message struct{ Content json.RawMessage }
		if err := json.Unmarshal([]byte(body), &message); err != nil {
			t.Fatal(err)
		}
		r, e := Format{}.DecodeRequest([]byte(messages(`{"role":"user","content":"x"},{"role":"assistant","content":`+string(message.Content)+`}`)), protocol.Head{})
		if e != nil {
			t.Fatal(name, e)
		}
		b := r.Turns[1].Blocks
		if len(b) != 3 || b[1].Signature == nil || *b[1].Signature != *signed.Signature || b[2].Signature != nil {
			t.Errorf("%s: %s", name, protocoltest.Dump(t, b))
		}
	}
}

// wholeOf is the content as a client's SDK gathers it.
func wholeOf(t *testing.T, raw []byte) []map[string]any {
	t.Helper()
	var list []map[string]any
	var r sse.Reader
	r.Feed(raw, func(e sse.Event) {
		var v struct {
			Block map[string]any `json:"content_block"`
			Delta map[string]string
		}
		_ = json.Unmarshal(e.Data, &v) // other events have members of other types
		if v.Block != nil {
			list = append(list, v.Block)
		}
		for _, member := range []string{"text", "thinking", "signature"} {
			if piece, ok := v.Delta[member]; ok && string(e.Name) == "content_block_delta" {
				old, _ := list[len(list)-1][member].(string)
				list[len(list)-1][member] = old + piece
			}
		}
	})
	return list
}
