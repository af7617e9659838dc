package responses

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

// encoded is a request of a client of this format, which sees hosted items.
func encoded(stops ...string) *protocol.Encoded {
	return &protocol.Encoded{
		Target: protocol.Target{AccountID: "acc"}, Request: &llm.Request{Origin: llm.Responses, Stop: stops},
	}
}

// decodeStream reads a stream in chunks of n bytes, to its end.
func decodeStream(raw []byte, e *protocol.Encoded, n int) []llm.Event {
	d := Format{}.StreamDecoder(e)
	var r sse.Reader
	var events []llm.Event
	for chunk := range slices.Chunk(raw, n) {
		r.Feed(chunk, func(ev sse.Event) { events = d.Next(events, ev) })
	}
	return d.Close(events)
}

func check(t *testing.T, events []llm.Event) {
	t.Helper()
	var c llm.Checker
	for _, e := range events {
		if err := c.Check(e); err != nil {
			t.Fatal(err)
		}
	}
	if !c.Ended() {
		t.Fatal("the stream has no end")
	}
}

// told is what a stream said, as a golden shows it.
func told(t *testing.T, events []llm.Event) []byte {
	t.Helper()
	out := protocoltest.Dump(t, protocoltest.Collect(events))
	if last := events[len(events)-1]; last.Kind == llm.EventFailed {
		out = append(out, protocoltest.Dump(t, last.Err)...)
	}
	return out
}

func TestStreamDecoder(t *testing.T) {
	files, err := filepath.Glob("testdata/upstream/*.sse")
	if err != nil || len(files) == 0 {
		t.Fatal("no streams", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".sse")
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			whole := decodeStream(raw, encoded(), len(raw))
			check(t, whole)
			want := told(t, whole)
			protocoltest.Golden(t, "streamed/"+name+".json", want)
			for n := 1; n < 80; n++ {
				events := decodeStream(raw, encoded(), n)
				check(t, events)
				if got := told(t, events); string(got) != string(want) {
					t.Fatalf("chunks of %d: %s", n, got)
				}
			}
		})
	}
}

// A stream that is cut at any place fails, unless its last event has come.
func TestCutStreams(t *testing.T) {
	raw, err := os.ReadFile("testdata/upstream/thinking.sse")
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(raw) - 1 {
		events := decodeStream(raw[:n], encoded(), 4096)
		check(t, events)
		if last := events[len(events)-1]; last.Kind != llm.EventFailed || last.Err.Kind != llm.BadUpstream {
			t.Fatalf("cut at %d: %+v", n, last)
		}
	}
}

func textStream(pieces ...string) []byte {
	var out []byte
	send := func(v map[string]any) {
		raw, _ := json.Marshal(v)
		out = sse.Append(out, v["type"].(string), raw)
	}
	send(map[string]any{"type": "response.created", "response": map[string]any{"id": "resp_1"}})
	for _, p := range pieces {
		send(map[string]any{"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": p})
	}
	item := map[string]any{"type": "message", "content": []any{map[string]any{"type": "output_text", "text": strings.Join(pieces, "")}}}
	send(map[string]any{"type": "response.output_item.done", "output_index": 0, "item": item})
	send(map[string]any{"type": "response.completed", "response": map[string]any{"id": "resp_1", "status": "completed", "output": []any{item}}})
	return out
}

// Stop sequences end the answer wherever the pieces are cut, in streams and in
// whole answers alike.
func TestStopSequences(t *testing.T) {
	for _, tt := range []struct {
		text, want, found string
		stops             []string
	}{
		{"one two three", "one ", "two", []string{"two"}},
		{"one two three", "one two three", "", []string{"four", "threefold"}},
		{"世界と平和", "世界", "と平", []string{"と平", "平"}},
		{"aab", "a", "ab", []string{"ab"}},
		{"STOP", "", "STOP", []string{"", "STOP"}},
		{"a\n\nHuman: b", "a", "\n\nHuman:", []string{"Human:", "\n\nHuman:"}},
		{"ends with ST", "ends with ST", "", []string{"STOP"}},
	} {
		runes := []rune(tt.text)
		for n := 1; n <= len(runes); n++ {
			var pieces []string
			for chunk := range slices.Chunk(runes, n) {
				pieces = append(pieces, string(chunk))
			}
			raw := textStream(pieces...)
			events := decodeStream(raw, encoded(tt.stops...), len(raw))
			check(t, events)
			resp := protocoltest.Collect(events)
			got := ""
			for _, b := range resp.Blocks {
				got += b.Text
			}
			if got != tt.want || resp.Stop.Sequence != tt.found || (tt.found != "") != (resp.Stop.Reason == llm.StopSequence) {
				t.Errorf("%q in pieces of %d: %q %+v", tt.text, n, got, resp.Stop)
			}
		}
		body, _ := json.Marshal(map[string]any{"status": "completed", "output": []any{
			map[string]any{"type": "message", "content": []any{map[string]any{"type": "output_text", "text": tt.text}}},
			map[string]any{"type": "function_call", "name": "later", "call_id": "c", "arguments": "{}"},
		}})
		resp, err := Format{}.DecodeResponse(body, encoded(tt.stops...))
		if err != nil {
			t.Fatal(err)
		}
		if resp.Stop.Sequence != tt.found || tt.found != "" && (len(resp.Blocks) > 1 || tt.want != "" && resp.Blocks[0].Text != tt.want) {
			t.Errorf("whole %q: %+v %+v", tt.text, resp.Blocks, resp.Stop)
		}
	}
}

// A custom tool that was wrapped as a function comes back as one, piece by
// piece, under the client's name.
func TestWrappedCustomToolStreams(t *testing.T) {
	names := protocol.NewNames(64, false)
	names.SetCustom(names.Upstream("functions", "exec"))
	e := &protocol.Encoded{Names: names, Request: &llm.Request{Origin: llm.OpenAI}}
	raw, err := os.ReadFile("testdata/upstream/calls.sse")
	if err != nil {
		t.Fatal(err)
	}
	raw = []byte(strings.NewReplacer(`"look"`, `"functions__exec"`, `{\"q\"`, `{\"input\"`).Replace(string(raw)))
	events := decodeStream(raw, e, 4096)
	check(t, events)
	protocoltest.Golden(t, "streamed/wrapped.txt", told(t, events))
}
