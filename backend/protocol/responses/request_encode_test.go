package responses

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

// Every row of the tables, as the upstream sees it.
func TestEncodeRequest(t *testing.T) {
	for _, tt := range encodeCases() {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.request()
			before := string(protocoltest.Dump(t, r))
			e, err := Format{}.EncodeRequest(r, protocol.Target{Model: tt.model, AccountID: "a"})
			if err != nil {
				t.Fatal(err)
			}
			out := protocoltest.Indented(t, e.Body)
			if len(e.Dropped) > 0 {
				out = append(out, "dropped: "+strings.Join(e.Dropped, ", ")+"\n"...)
			}
			protocoltest.Golden(t, "encode/"+tt.name+".txt", out)
			if after := string(protocoltest.Dump(t, r)); after != before {
				t.Errorf("the request was changed to %s", after)
			}
		})
	}
}

func TestEncodeRequestRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, param string
		make        func(*llm.Request)
	}{
		{"n", "n", func(r *llm.Request) { r.N = 2 }},
		{"sound out", "modalities", func(r *llm.Request) { r.Modalities = []string{"text", "audio"} }},
		{"foreign file", "file_id", turns(user(media(llm.Image, llm.Media{FileID: "file-1"})))},
		{"video", "file", turns(user(media(llm.File, llm.Media{MIME: "video/mp4", Data: "AAAA"})))},
		{"strange sound", "input_audio", turns(user(media(llm.Audio, llm.Media{MIME: "audio/flac", Data: "AAAA"})))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Format{}.EncodeRequest(encodeCase{make: tt.make}.request(), protocol.Target{Model: gpt6})
			if err == nil || err.Param != tt.param || err.Kind != llm.InvalidRequest {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An upstream that is only compatible gets no newer tools, roles and members.
func TestThirdParty(t *testing.T) {
	r := encodeCase{origin: llm.Responses, make: func(r *llm.Request) {
		r.System = []llm.Block{{Kind: llm.Text, Text: "be kind", Developer: true}}
		r.Tools = []llm.Tool{{Name: "exec", Namespace: "functions", Custom: true}}
		r.Turns = []llm.Turn{
			user(text("hi")), assistant(customCall("c1", "exec", "ls")),
			user(llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: "c1", Custom: true, Blocks: []llm.Block{text("a")}}}),
		}
		r.Turns[1].Blocks[0].Call.Namespace = "functions"
		r.Temperature, r.UserID = ptr(0.2), "jane"
	}}.request()
	e, err := Format{}.EncodeRequest(r, protocol.Target{Model: "qwen-4", ThirdParty: true})
	if err != nil {
		t.Fatal(err)
	}
	protocoltest.Golden(t, "encode/third party.txt", protocoltest.Indented(t, e.Body))
	raw := `{"output":[{"type":"function_call","call_id":"c9","name":"functions__exec","arguments":"{\"input\":\"pwd\"}"}],"status":"completed"}`
	resp, err := Format{}.DecodeResponse([]byte(raw), e)
	if err != nil {
		t.Fatal(err)
	}
	if c := resp.Blocks[0].Call; !c.Custom || c.Input != "pwd" || c.Namespace != "functions" || c.Name != "exec" {
		t.Errorf("%+v", c)
	}
}

// The key of the cache stays the same while a conversation goes on, and differs
// between conversations.
func TestCacheKey(t *testing.T) {
	key := func(turns ...llm.Turn) string {
		r := &llm.Request{Origin: llm.Anthropic, UserID: "u", System: []llm.Block{text("s")}, Turns: turns}
		b := newBuilder(r, protocol.Target{Model: gpt6})
		return b.cacheKey()
	}
	first := key(user(text("a")))
	if next := key(user(text("a")), assistant(text("b")), user(text("c"))); next != first || len(first) > maxCacheKey {
		t.Errorf("%s became %s", first, next)
	}
	if other := key(user(text("b"))); other == first {
		t.Error("two conversations share a key")
	}
}

// A longer conversation begins with the items of the shorter one.
func TestPrefixStays(t *testing.T) {
	history := []llm.Turn{
		user(text("hi")), assistant(thinking("t", "gAAA"), text("I look"), call("c1", "look", "{}")), user(result("c1", text("ok"))),
		assistant(thinking("", "gBBB"), text("done")), user(text("json please")),
	}
	var last []json.RawMessage
	for n := 1; n <= len(history); n++ {
		r := &llm.Request{Origin: llm.Anthropic, Turns: history[:n], Format: llm.OutputFormat{Kind: llm.FormatJSONObject}}
		e, err := Format{}.EncodeRequest(r, protocol.Target{Model: gpt6})
		if err != nil {
			t.Fatal(err)
		}
		var body struct{ Input []json.RawMessage }
		if err := json.Unmarshal(e.Body, &body); err != nil {
			t.Fatal(err)
		}
		if history[n-1].Role == llm.Assistant {
			continue // what nobody has answered yet may still be left out
		}
		if len(body.Input) < len(last) || !slices.EqualFunc(last, body.Input[:len(last)], func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
			t.Fatalf("turn %d: %s does not begin with %s", n, body.Input, last)
		}
		last = body.Input
	}
}

func TestCount(t *testing.T) {
	r := encodeCase{make: func(r *llm.Request) { r.Tools, r.MaxTokens, r.Stream = []llm.Tool{tool("look")}, ptr(int64(9)), true }}.request()
	e, ok := Format{}.EncodeCountRequest(r, protocol.Target{Model: gpt6})
	if !ok || e.Path != "/v1/responses/input_tokens" {
		t.Fatalf("%v %+v", ok, e)
	}
	protocoltest.Golden(t, "encode/count.txt", protocoltest.Indented(t, e.Body))
	if n, ok := (Format{}).DecodeCount(Format{}.EncodeCount(42)); !ok || n != 42 {
		t.Errorf("%d %v", n, ok)
	}
	if _, ok := (Format{}).DecodeCount([]byte(`{"error":{}}`)); ok {
		t.Error("an error is no count")
	}
}

func TestStripReasoning(t *testing.T) {
	body := `{"model":"m","input":[{"role":"user","content":"reasoning"}, {"type":"reasoning","encrypted_content":"x"},{"type":"message","role":"assistant","content":"a"}],"x":1}`
	want := `{"model":"m","input":[{"role":"user","content":"reasoning"},{"type":"message","role":"assistant","content":"a"}],"x":1}`
	got, ok := Format{}.StripReasoning([]byte(body))
	if !ok || string(got) != want {
		t.Errorf("%v %s", ok, got)
	}
	for _, none := range []string{want, `{"input":"hi"}`, `{`, `{}`} {
		if got, ok := (Format{}).StripReasoning([]byte(none)); ok || string(got) != none {
			t.Errorf("%s became %s", none, got)
		}
	}
}

func TestModels(t *testing.T) {
	for model, want := range map[string]string{
		"gpt-5-pro": "high", "gpt-5-codex": "low medium high", "gpt-5.1-codex-max": "low medium high xhigh", "gpt-5.1": "none low medium high",
		"gpt-5.2-codex": "low medium high xhigh", "gpt-5.4-mini": "none low medium high xhigh", "gpt-5": "minimal low medium high",
		"openai/gpt-5-mini-2025-08-07": "minimal low medium high", "o3": "low medium high", "gpt-4o": "", "ft:gpt-4.1:org:x:1": "",
		"gpt-5-chat-latest": "", "gpt-7": "none low medium high xhigh max",
	} {
		if got := strings.Join(traitsOf(protocol.Target{Model: model}).Effort, " "); got != want {
			t.Errorf("%s: %q, want %q", model, got, want)
		}
	}
}
