package responses

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/sse"
)

type answerCase struct {
	name string
	req  llm.Request
	resp llm.Response
}

func answer1(name string, stop llm.StopReason, blocks ...llm.Block) answerCase {
	return answerCase{name: name, req: llm.Request{Origin: llm.Responses, Model: "m"}, resp: llm.Response{
		ID: "resp_1", Model: "gpt-6", Created: 1700000000, Blocks: blocks, Stop: llm.Stop{Reason: stop},
		Usage: llm.Usage{Input: 12, CacheRead: 4, CacheWrite: 1, Output: 9, Reasoning: 5}, Metered: true,
	}}
}

func (c answerCase) with(change func(*answerCase)) answerCase { change(&c); return c }

func signed(b llm.Block, origin llm.Protocol, value string) llm.Block {
	b.Signature = &llm.Signature{Origin: origin, Value: value}
	return b
}

func answerCases() []answerCase {
	summary := llm.Block{Kind: llm.Thinking, Text: "First.", Summary: true}
	raw := llm.Block{Kind: llm.Thinking, Text: "First."}
	cited := text("see")
	cited.Citations, cited.Origin = json.RawMessage(`[{"type":"url_citation","start_index":0,"end_index":3,"title":"t","url":"u"}]`), llm.Responses
	foreign := text("see")
	foreign.Citations, foreign.Origin = json.RawMessage(`[{"type":"char_location"}]`), llm.Anthropic
	spaced := call("call_2", "list", "{}")
	spaced.Call.Namespace = "team"
	ask := func(c *answerCase) { c.req.Reasoning.Show = llm.ShowSummary }
	return []answerCase{
		answer1("text", llm.StopEndTurn, text("Hello\n世界 <&>")),
		answer1("empty", llm.StopEndTurn),
		answer1("two texts", llm.StopEndTurn, text("a"), text(""), text("b")),
		answer1("calls", llm.StopToolUse, text("I look"), call("call_1", "look", `{"q": "a"}`), spaced, call("call_3", "now", "")),
		answer1("custom call", llm.StopToolUse, customCall("call_1", "exec", "ls\n")).with(func(c *answerCase) {
			c.req.Tools = []llm.Tool{{Name: "exec", Namespace: "functions", Custom: true}}
		}),
		answer1("reasoning summary", llm.StopEndTurn, signed(summary, llm.Responses, "gAAA"), text("a")),
		answer1("reasoning raw", llm.StopEndTurn, raw, text("a")),
		answer1("reasoning shown as a summary", llm.StopEndTurn, signed(raw, llm.Anthropic, "Eq"), text("a")).with(ask),
		answer1("reasoning without text", llm.StopEndTurn, signed(llm.Block{Kind: llm.Thinking}, llm.Responses, "gAAA"), llm.Block{Kind: llm.Thinking}, text("a")),
		answer1("reasoning redacted", llm.StopEndTurn, signed(llm.Block{Kind: llm.Redacted, Text: "Eq"}, llm.Anthropic, "Eq"), text("a")),
		answer1("signed by gemini", llm.StopToolUse, signed(text("a"), llm.Gemini, "Ci1"), signed(call("call_1", "look", "{}"), llm.Gemini, "Ci2")),
		answer1("refusal", llm.StopRefusal, llm.Block{Kind: llm.RefusalBlock, Text: "I cannot."}),
		answer1("refusal without words", llm.StopRefusal).with(func(c *answerCase) { c.resp.Stop.Detail = "against the policy" }),
		answer1("annotations", llm.StopEndTurn, cited, foreign),
		answer1("hosted", llm.StopEndTurn, own(`{"id": "ws_1", "type": "web_search_call", "status": "completed"}`), llm.Block{Kind: llm.Opaque, Origin: llm.Anthropic, Raw: json.RawMessage(`{}`)}, text("a")),
		answer1("picture", llm.StopEndTurn, media(llm.Image, llm.Media{MIME: "image/png", Data: pngStart}), media(llm.Image, llm.Media{URL: "https://a.example/x.png"})),
		answer1("max tokens", llm.StopMaxTokens, text("Once upon")),
		answer1("context exceeded", llm.StopContextExceeded, text("Once")),
		answer1("content filter", llm.StopContentFilter),
		answer1("stop sequence", llm.StopSequence, text("a")),
		answer1("pause", llm.StopPause, text("a")),
		answer1("compaction", llm.StopCompaction, text("a")),
		answer1("malformed call", llm.StopMalformedCall, text("a")),
		answer1("cancelled", llm.StopCancelled, text("a")),
		answer1("other", llm.StopOther, text("a")),
		answer1("foreign ids", llm.StopEndTurn, llm.Block{Kind: llm.Text, Text: "a", ItemID: "x"}, llm.Block{Kind: llm.Text, Text: "b", ItemID: "msg_a"}, llm.Block{Kind: llm.Text, Text: "c", ItemID: "msg_a"}).with(func(c *answerCase) {
			c.resp.ID, c.resp.Model = "msg/01 A", ""
		}),
		answer1("echo", llm.StopEndTurn, text("{}")).with(func(c *answerCase) { c.req = everything() }),
	}
}

// everything is a request that says all that a response repeats.
func everything() llm.Request {
	return llm.Request{
		Origin: llm.Responses, Model: "m", System: []llm.Block{text("be kind")},
		Tools: []llm.Tool{
			tool("look"),
			{Name: "bare", Strict: ptr(true)},
			{Name: "exec", Custom: true, Namespace: "functions", NamespaceDescription: "d"},
			{Raw: json.RawMessage(`{"type": "web_search"}`), Origin: llm.Responses},
			{Name: "wait", Namespace: "functions"},
		},
		ToolChoice: llm.ToolChoice{Mode: llm.ChoiceAuto, Names: []llm.ToolRef{{Name: "look"}, {Name: "exec", Custom: true}}, Parallel: ptr(false)},
		MaxTokens:  ptr(int64(99)), Temperature: ptr(0.5), TopP: ptr(0.9), Logprobs: ptr(int64(2)), Verbosity: "low",
		Reasoning: llm.Reasoning{Effort: "high", Show: llm.ShowFull}, UserID: "s", Metadata: json.RawMessage(`{"a": "b"}`),
		Format: llm.OutputFormat{Kind: llm.FormatJSONSchema, Name: "n", Schema: json.RawMessage(strictObject), Strict: ptr(true)},
		Cache:  llm.CachePolicy{Key: "k"}, Store: ptr(true),
		Extra: map[string]json.RawMessage{"max_tool_calls": json.RawMessage("3"), "truncation": json.RawMessage(`"auto"`)},
	}
}

func TestEncodeResponse(t *testing.T) {
	for _, tt := range answerCases() {
		t.Run(tt.name, func(t *testing.T) {
			out := Format{}.EncodeResponse(&tt.resp, &tt.req)
			checkObject(t, gjson.ParseBytes(out))
			protocoltest.Golden(t, "response/"+tt.name+".json", protocoltest.Indented(t, out))
		})
	}
}

// requiredKeys are the keys that the schema of a response demands.
var requiredKeys = strings.Fields(`id object created_at completed_at status incomplete_details model previous_response_id instructions
	output error tools tool_choice truncation parallel_tool_calls text top_p presence_penalty frequency_penalty top_logprobs temperature
	reasoning usage max_output_tokens max_tool_calls store background service_tier metadata safety_identifier prompt_cache_key`)

func checkObject(t *testing.T, v gjson.Result) {
	t.Helper()
	for _, key := range requiredKeys {
		if !v.Get(key).Exists() {
			t.Errorf("%s is missing in %s", key, v.Raw)
		}
	}
	seen := map[string]bool{}
	for _, item := range v.Get("output").Array() {
		if id := item.Get("id").Str; id == "" || seen[id] {
			t.Errorf("the id %q is empty or used twice", id)
		}
		seen[item.Get("id").Str] = true
	}
}

func encodeStream(events []llm.Event, req *llm.Request) []byte {
	enc := Format{}.StreamEncoder(req, false)
	var out []byte
	for _, e := range events {
		out = enc.Append(out, e)
	}
	return out
}

func TestStreamEncoder(t *testing.T) {
	for _, tt := range answerCases() {
		t.Run(tt.name, func(t *testing.T) {
			out := encodeStream(protocoltest.EventsOf(&tt.resp, 4), &tt.req)
			checkShape(t, out)
			protocoltest.Golden(t, "stream/"+tt.name+".sse", out)
			for n := 1; n < 12; n++ {
				checkShape(t, encodeStream(protocoltest.EventsOf(&tt.resp, n), &tt.req))
			}
		})
	}
}

// A stream that fails goes on with its numbers, and says so in both ways.
func TestStreamEncoderFails(t *testing.T) {
	limit := &llm.Error{Kind: llm.RateLimited, Message: "too many requests.", RetryAfter: 12, Param: "model"}
	start := llm.Event{Kind: llm.EventStart, ID: "resp_1", Model: "gpt-6", Created: 1700000000}
	events := []llm.Event{
		start,
		{Kind: llm.EventBlockStart, Block: &llm.Block{Kind: llm.Text}},
		{Kind: llm.EventDelta, Delta: "Hel"},
		{Kind: llm.EventUsage, Usage: llm.Usage{Input: 3}},
		{Kind: llm.EventFailed, Err: limit},
	}
	out := encodeStream(events, &llm.Request{})
	checkShape(t, out)
	protocoltest.Golden(t, "stream/failed.sse", out)
	before := encodeStream([]llm.Event{{Kind: llm.EventFailed, Err: limit}}, nil)
	checkShape(t, before)
	m := Format{}.Meter("chat", 1)
	m.Feed(out)
	if e := m.Err(); e == nil || e.Kind != llm.RateLimited || !m.Ended() {
		t.Errorf("the meter read %v", e)
	}
}

// shape follows a stream as the SDK's accumulator does, and as Codex.
type shape struct {
	t     *testing.T
	seq   int64
	id    string
	open  map[int64]string // items that have begun and not ended, by place
	items []string         // whole
	ended bool
}

func checkShape(t *testing.T, out []byte) {
	t.Helper()
	s := &shape{t: t, open: map[int64]string{}}
	var r sse.Reader
	r.Feed(out, func(e sse.Event) { s.event(string(e.Name), gjson.ParseBytes(bytes.Clone(e.Data))) })
	if r.Pending() || !s.ended {
		t.Fatalf("the stream has no end: %s", out)
	}
}

func (s *shape) event(name string, v gjson.Result) {
	s.t.Helper()
	switch {
	case s.ended:
		s.t.Fatalf("%s behind the end", name)
	case !gjson.Valid(v.Raw) || v.Get("type").Str != name || name == "":
		s.t.Fatalf("event %q: %s", name, v.Raw)
	case v.Get("sequence_number").Int() != s.seq:
		s.t.Fatalf("event %d has number %s", s.seq, v.Get("sequence_number"))
	}
	s.seq++
	place := v.Get("output_index").Int()
	switch {
	case v.Get("response").Exists():
		s.whole(name, v.Get("response"))
	case name == "response.output_item.added":
		if place != int64(len(s.items)) || len(s.open) > 0 {
			s.t.Fatalf("item %d begins out of order", place)
		}
		s.open[place] = v.Get("item.id").Str
	case name == "response.output_item.done":
		if id, ok := s.open[place]; !ok || id != v.Get("item.id").Str {
			s.t.Fatalf("item %d ends without a beginning: %s", place, v.Raw)
		}
		delete(s.open, place)
		s.items = append(s.items, v.Get("item").Raw)
	case name == "error":
	default:
		if id, ok := s.open[place]; !ok || id != v.Get("item_id").Str {
			s.t.Fatalf("%s for an item that is not open", name)
		}
	}
}

func (s *shape) whole(name string, v gjson.Result) {
	s.t.Helper()
	checkObject(s.t, v)
	if s.id == "" {
		s.id = v.Get("id").Str
	}
	if v.Get("id").Str != s.id {
		s.t.Fatalf("the id became %s", v.Get("id"))
	}
	status := strings.TrimPrefix(name, "response.")
	if status == "created" {
		status = statusProgress
	}
	if v.Get("status").Str != status {
		s.t.Fatalf("%s with the status %s", name, v.Get("status"))
	}
	if s.ended = status != statusProgress; !s.ended {
		return
	}
	if len(s.open) > 0 && status != statusFailed {
		s.t.Fatal("an item has not ended")
	}
	for i, item := range v.Get("output").Array() {
		if i >= len(s.items) || item.Raw != s.items[i] {
			s.t.Fatalf("output %d is not what was streamed: %s", i, item.Raw)
		}
	}
}
