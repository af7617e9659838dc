package anthropic

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/sse"
)

// answers are whole answers; their streams are made of them (see eventsOf).
func answers() []struct {
	name string
	resp llm.Response
} {
	foreign := &llm.Signature{Origin: llm.Gemini, Account: "g1", Value: "sig"}
	stop := func(reason llm.StopReason, blocks ...llm.Block) llm.Response {
		return llm.Response{
			ID: "chatcmpl-1", Model: "gpt", Blocks: blocks, Stop: llm.Stop{Reason: reason},
			Usage: llm.Usage{Input: 100, CacheRead: 60, CacheWrite: 10, Output: 20, Reasoning: 5},
		}
	}
	signedCall := call("c1", "f", `{"a":1}`)
	signedCall.Signature = foreign
	custom := llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "c", Name: "exec", Namespace: "ns", Custom: true, Input: "ls \"x\""}}
	cited := text("see")
	cited.Citations, cited.Origin = json.RawMessage(`[{"type":"char_location"}]`), llm.Anthropic
	citedElsewhere := text("see")
	citedElsewhere.Citations, citedElsewhere.Origin = json.RawMessage(`[{"type":"url_citation"}]`), llm.OpenAI
	thought := func(s *llm.Signature) llm.Block { return llm.Block{Kind: llm.Thinking, Text: "hm", Signature: s} }
	sequence := stop(llm.StopSequence, text("a"))
	sequence.Stop.Sequence = "END"
	refused := stop(llm.StopRefusal)
	refused.Stop.Detail = "against the rules"
	tiered := stop(llm.StopEndTurn, text("a"))
	tiered.Tier, tiered.ID = "default", "msg_abc"
	return []struct {
		name string
		resp llm.Response
	}{
		{"end turn", tiered},
		{"max tokens", stop(llm.StopMaxTokens, text("a"))},
		{"stop sequence", sequence},
		{"context exceeded", stop(llm.StopContextExceeded, text("a"))},
		{"refusal", refused},
		{"refusal in words", stop(llm.StopRefusal, llm.Block{Kind: llm.RefusalBlock, Text: "I cannot"})},
		{"content filter", stop(llm.StopContentFilter)},
		{"pause", stop(llm.StopPause, text("a"))},
		{"compaction", stop(llm.StopCompaction, text("a"))},
		{"malformed call", stop(llm.StopMalformedCall)},
		{"other", stop(llm.StopOther, text("a"))},
		{"tool calls", stop(llm.StopToolUse, text("a <b> & \u2028"), call("call.1", "f", `{"b":1,"a":2}`), call("c2", "g", ""))},
		{"broken arguments", stop(llm.StopToolUse, call("c", "f", `{"a":"b`))},
		{"custom call", stop(llm.StopToolUse, custom)},
		{"thoughts", stop(llm.StopEndTurn, thought(&llm.Signature{Origin: llm.Anthropic, Value: "EqQB"}), text("a"))},
		{"thoughts of an account", stop(llm.StopEndTurn, thought(&llm.Signature{Origin: llm.Anthropic, Account: "a1", Value: "EqQB"}))},
		{"thoughts of others", stop(llm.StopEndTurn, thought(foreign), thought(nil), llm.Block{Kind: llm.Thinking, Signature: foreign}, llm.Block{Kind: llm.Thinking})},
		{"redacted", stop(llm.StopEndTurn, llm.Block{Kind: llm.Redacted, Text: "R"}, llm.Block{Kind: llm.Redacted, Text: "R", Signature: foreign})},
		{"signed text", stop(llm.StopEndTurn, llm.Block{Kind: llm.Text, Text: "a", Signature: foreign})},
		{"signed calls", stop(llm.StopToolUse, signedCall, call("c2", "f", "{}"))},
		{"citations", stop(llm.StopEndTurn, cited, citedElsewhere)},
		{"empty texts", stop(llm.StopEndTurn, text(""), text("a"), text(""))},
		{"image", stop(llm.StopEndTurn, llm.Block{Kind: llm.Image, Media: &llm.Media{MIME: "image/png", Data: "AAAA"}}, llm.Block{Kind: llm.Audio, Media: &llm.Media{Data: "AAAA"}})},
		{"opaque", stop(llm.StopEndTurn, llm.Block{Kind: llm.Opaque, Origin: llm.Anthropic, Raw: json.RawMessage(`{"type": "server_tool_use", "id":"s"}`)}, llm.Block{Kind: llm.Opaque, Origin: llm.Gemini, Raw: json.RawMessage(`{}`)})},
	}
}

// eventsOf is the stream of a whole answer.
func eventsOf(r *llm.Response) []llm.Event {
	events := []llm.Event{{Kind: llm.EventStart, ID: r.ID, Model: r.Model, Usage: llm.Usage{Input: 90}}}
	delta := func(e llm.Event) {
		e.Kind = llm.EventDelta
		events = append(events, e)
	}
	for i, b := range r.Blocks {
		start := b
		start.Citations, start.Signature = nil, nil
		switch {
		case b.Call != nil:
			head := *b.Call
			head.Args, head.Input = nil, ""
			start.Call = &head
		case b.Kind != llm.Redacted:
			start.Text = ""
		}
		events = append(events, llm.Event{Kind: llm.EventBlockStart, Index: i, Block: &start})
		for _, piece := range pieces(&b) {
			delta(llm.Event{Index: i, Delta: piece})
		}
		if b.Citations != nil {
			delta(llm.Event{Index: i, Citations: b.Citations, Origin: b.Origin})
		}
		if b.Signature != nil {
			delta(llm.Event{Index: i, Signature: b.Signature})
		}
		events = append(events, llm.Event{Kind: llm.EventBlockStop, Index: i})
	}
	return append(events,
		llm.Event{Kind: llm.EventPing}, llm.Event{Kind: llm.EventUsage, Usage: r.Usage}, llm.Event{Kind: llm.EventStop, Stop: r.Stop})
}

func pieces(b *llm.Block) []string {
	whole := b.Text
	if b.Call != nil {
		whole = string(b.Call.Args) + b.Call.Input
	}
	if b.Kind == llm.Redacted || whole == "" {
		return nil
	}
	if len(whole) < 3 || b.Call == nil || b.Signature != nil {
		return []string{whole}
	}
	return []string{whole[:2], whole[2:]}
}

func TestEncodeResponse(t *testing.T) {
	for _, tt := range answers() {
		t.Run(tt.name, func(t *testing.T) {
			protocoltest.Golden(t, "response/"+tt.name+".json", protocoltest.Indented(t, Format{}.EncodeResponse(&tt.resp, &llm.Request{})))
		})
	}
}

func TestStreamEncoder(t *testing.T) {
	for _, tt := range answers() {
		t.Run(tt.name, func(t *testing.T) {
			events := eventsOf(&tt.resp)
			check(t, events)
			out := encodeStream(events)
			protocoltest.Golden(t, "streamed/"+tt.name+".txt", out)
			checkShape(t, out)
		})
	}
}

func check(t *testing.T, events []llm.Event) {
	t.Helper()
	var c llm.Checker
	for i, e := range events {
		if err := c.Check(e); err != nil {
			t.Fatalf("event %d: %v", i, err)
		}
	}
	if !c.Ended() {
		t.Fatal("the stream did not end")
	}
}

func encodeStream(events []llm.Event) []byte {
	enc := Format{}.StreamEncoder(&llm.Request{Model: "client"}, false)
	var out []byte
	for _, e := range events {
		out = enc.Append(out, e)
	}
	return out
}

// checkShape holds a stream against what SDKs rely on: the event line equals
// the type, and indices have no gaps.
func checkShape(t *testing.T, raw []byte) {
	t.Helper()
	next, open := int64(0), false
	var r sse.Reader
	r.Feed(raw, func(e sse.Event) {
		v := gjson.ParseBytes(e.Data)
		if !gjson.ValidBytes(e.Data) || v.Get("type").Str != string(e.Name) {
			t.Errorf("%s: %s", e.Name, e.Data)
		}
		switch string(e.Name) {
		case "content_block_start":
			if open || v.Get("index").Int() != next {
				t.Errorf("want block %d: %s", next, e.Data)
			}
			open = true
		case "content_block_delta":
			if !open || v.Get("index").Int() != next {
				t.Errorf("delta outside: %s", e.Data)
			}
		case "content_block_stop":
			open = false
			next++
		}
	})
}

// The stream of an answer means what the whole answer means.
func TestStreamAndWholeAgree(t *testing.T) {
	id := regexp.MustCompile(`"ID": "toolu_[^"]*"`)
	for _, tt := range answers() {
		t.Run(tt.name, func(t *testing.T) {
			e := &protocol.Encoded{}
			whole, err := Format{}.DecodeResponse(Format{}.EncodeResponse(&tt.resp, &llm.Request{}), e)
			if err != nil {
				t.Fatal(err)
			}
			whole.Tier = ""
			streamed := collect(t, decodeStream(t, encodeStream(eventsOf(&tt.resp)), e, 7))
			a, b := id.ReplaceAll(protocoltest.Dump(t, whole), nil), id.ReplaceAll(protocoltest.Dump(t, streamed), nil)
			if string(a) != string(b) {
				t.Errorf("whole\n%s\nstreamed\n%s", a, b)
			}
		})
	}
}

func TestStreamOfAFailure(t *testing.T) {
	enc := Format{}.StreamEncoder(&llm.Request{}, false)
	out := enc.Append(nil, llm.Event{Kind: llm.EventFailed, Err: &llm.Error{Kind: llm.RateLimited, Message: "slow down"}})
	want := "event: error\ndata: " + `{"error":{"message":"slow down","type":"rate_limit_error"},"type":"error"}` + "\n\n"
	if string(out) != want {
		t.Errorf("got %q", out)
	}
}

func TestEncodeCount(t *testing.T) {
	if got := string(Format{}.EncodeCount(12)); got != `{"input_tokens":12}` {
		t.Error(got)
	}
}

func TestUsageNeverNegative(t *testing.T) {
	got := string(appendUsage(nil, llm.Usage{Input: 5, CacheRead: 9}, ""))
	if gjson.Get(got, "input_tokens").Int() != 0 {
		t.Error(got)
	}
}
