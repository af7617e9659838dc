package openai

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

func text(s string) llm.Block { return llm.Block{Kind: llm.Text, Text: s} }

func user(s string) llm.Turn { return llm.Turn{Role: llm.User, Blocks: []llm.Block{text(s)}} }

// What the client side says of a stream, the upstream side understands.
func TestStreamRoundTrip(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("testdata", "stream_decode", "*.json"))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c struct {
				Upstream upstream
				Stream   []string
			}
			if err := json.Unmarshal(raw, &c); err != nil {
				t.Fatal(err)
			}
			stream := strings.Join(c.Stream, "\n\n") + "\n\n"
			first := decodeStream(t, c.Upstream.encoded(t), stream, len(stream))
			enc := Format{}.StreamEncoder(&llm.Request{Model: "m", IncludeUsage: true}, false)
			var wire []byte
			for _, e := range first {
				wire = enc.Append(wire, e)
			}
			second := decodeStream(t, upstream{}.encoded(t), string(wire), len(wire))
			if got, want := sayings(second), sayings(first); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// sayings is what an answer said, whatever its blocks.
func sayings(events []llm.Event) string {
	said := map[llm.BlockKind]string{}
	var kind llm.BlockKind
	end := ""
	for _, e := range events {
		switch e.Kind {
		case llm.EventBlockStart:
			kind = e.Block.Kind
			if e.Block.Call != nil {
				said[kind] += "|" + protocol.CallID(e.Block.Call.ID) + " " + clientName(e.Block.Call) + " "
			}
		case llm.EventDelta:
			said[kind] += e.Delta
		case llm.EventStop:
			end = string(e.Stop.Reason)
		case llm.EventFailed:
			end = e.Err.Error()
		}
	}
	raw, _ := json.Marshal(said)
	return string(raw) + " " + end
}

// An answer as a whole and as a stream says the same.
func TestResponseRoundTrip(t *testing.T) {
	resp := &llm.Response{
		ID: "chatcmpl-1", Model: "m", Created: 5, Metered: true,
		Blocks: []llm.Block{
			{Kind: llm.Thinking, Text: "hm"},
			text("so"),
			{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "c1", Name: "f", Args: json.RawMessage(`{"b":1,"a":[1e400]}`)}},
			{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "c2", Name: "exec", Custom: true, Input: "ls\n"}},
		},
		Stop:  llm.Stop{Reason: llm.StopToolUse},
		Usage: llm.Usage{Input: 9, Output: 8, CacheRead: 7, CacheWrite: 1, Reasoning: 6, Source: llm.Reported},
		Tier:  "flex",
	}
	body := Format{}.EncodeResponse(resp, &llm.Request{Origin: llm.OpenAI})
	again, e := Format{}.DecodeResponse(body, upstream{}.encoded(t))
	if e != nil {
		t.Fatal(e)
	}
	if got, want := withArgs(t, again), withArgs(t, resp); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func withArgs(t *testing.T, r *llm.Response) string {
	t.Helper()
	for i, b := range r.Blocks {
		if b.Call != nil && b.Call.Args != nil {
			r.Blocks[i].Text, b.Call.Args = string(b.Call.Args), nil
		}
	}
	return string(encode(t, r))
}

// A client's request comes back out of the encoder as it went in, as far as the
// format has one way of saying a thing.
func TestRequestRoundTrip(t *testing.T) {
	body := `{"model":"gpt-4o","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"<b>&"},` +
		`{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"z\": 1, \"a\": 12345678901234567890}"}}]},` +
		`{"role":"tool","tool_call_id":"call_1","content":"ok"},{"role":"assistant","content":"done"},` +
		`{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"https://x.test/a.png","detail":"low"}}],"name":"alice"}],` +
		`"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"z":{"type":"number"},"a":{"type":"integer"}}},"strict":false}}],` +
		`"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,"max_completion_tokens":50,"temperature":0.5,"seed":3,"stop":["x"],` +
		`"response_format":{"type":"json_object"},"safety_identifier":"u","prompt_cache_key":"k","service_tier":"flex","stream":true,"stream_options":{"include_usage":true},` +
		`"prediction":{"type":"content","content":"p"}}`
	req, e := Format{}.DecodeRequest([]byte(body), protocol.Head{})
	if e != nil {
		t.Fatal(e)
	}
	out, e := Format{}.EncodeRequest(req, protocol.Target{Model: "gpt-4o"})
	if e != nil {
		t.Fatal(e)
	}
	if string(out.Body) != body || len(out.Dropped) > 0 {
		t.Errorf("dropped %v, got\n%s\nwant\n%s", out.Dropped, out.Body, body)
	}
}

// Each request of a conversation begins with the bytes of the one before, or
// the caches of the providers are of no use.
func TestConversationsGrowAtTheEnd(t *testing.T) {
	call := func(id string) llm.Turn {
		return llm.Turn{Role: llm.Assistant, Blocks: []llm.Block{
			{Kind: llm.Thinking, Text: "hm"},
			text("let me"),
			{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: id, Name: "a.b", Namespace: "ns", Args: json.RawMessage(`{}`)}},
		}}
	}
	result := func(id string) llm.Turn {
		return llm.Turn{Role: llm.User, Blocks: []llm.Block{{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: id, Blocks: []llm.Block{
			text("see"), {Kind: llm.Image, Media: &llm.Media{URL: "https://x.test/a.png"}},
		}}}}}
	}
	reminder := llm.Turn{Role: llm.System, Blocks: []llm.Block{text("remember")}}
	all := []llm.Turn{user("hi"), reminder, call("c1"), result("c1"), call("c2"), result("c2"), {Role: llm.Assistant, Blocks: []llm.Block{text("done")}}, user("more")}
	for _, target := range []protocol.Target{{Model: "gpt-5"}, {Model: "deepseek-chat", ThirdParty: true}} {
		var before []byte
		for _, n := range []int{2, 4, 6, 8} {
			req := &llm.Request{Origin: llm.Anthropic, System: []llm.Block{text("s")}, Turns: all[:n]}
			out, e := Format{}.EncodeRequest(req, target)
			if e != nil {
				t.Fatal(e)
			}
			if !bytes.HasPrefix(out.Body, before) {
				t.Errorf("%s: %d turns:\n%s\ndo not begin with\n%s", target.Model, n, out.Body, before)
			}
			before = out.Body[:bytes.LastIndex(out.Body, []byte("]"))]
		}
	}
}

func TestCutArgumentsAreRepairedForUpstreams(t *testing.T) {
	req := &llm.Request{Turns: []llm.Turn{
		user("hi"),
		{Role: llm.Assistant, Blocks: []llm.Block{{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "c", Name: "f", Args: json.RawMessage(`{"a": "cut`)}}}},
		{Role: llm.User, Blocks: []llm.Block{{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: "c"}}}},
	}}
	out, e := Format{}.EncodeRequest(req, protocol.Target{Model: "m"})
	if e != nil || !bytes.Contains(out.Body, []byte(`"arguments":"{\"a\": \"cut\"}"`)) {
		t.Errorf("%v: %s", e, out.Body)
	}
}

// feed sends a stream through a decoder and checks the grammar of what comes.
func feed(t *testing.T, d protocol.StreamDecoder, stream []byte, n int) []llm.Event {
	t.Helper()
	var events []llm.Event
	var r sse.Reader
	for chunk := range slices.Chunk(stream, n) {
		r.Feed(chunk, func(e sse.Event) { events = d.Next(events, e) })
	}
	events = d.Close(events)
	var c llm.Checker
	for _, e := range events {
		if err := c.Check(e); err != nil {
			t.Fatal(err)
		}
	}
	if !c.Ended() {
		t.Fatal("no end")
	}
	return events
}
