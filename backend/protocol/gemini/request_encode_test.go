package gemini

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

type encodeCase struct {
	name, model string
	req         llm.Request
}

const (
	two   = "gemini-2.5-flash"
	three = "gemini-3-flash"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func said(set func(*llm.Request)) llm.Request {
	r := llm.Request{Turns: []llm.Turn{user(text("hi"))}}
	set(&r)
	return r
}

func encodeCases() []encodeCase {
	all := append(conversationCases(), parameterCases()...)
	return append(all, toolCases()...)
}

func conversationCases() []encodeCase {
	png := media(llm.Image, llm.Media{MIME: "image/gif", Data: b64("\x89PNG\r\n\x1a\n0000")})
	steps := []llm.Turn{
		user(text("q")),
		assistant(signed(text("let me"), llm.Gemini, "acc", "dGV4dA=="), signed(call("a", "f", `{"x":1}`), llm.Gemini, "acc", "b3du"), call("b", "g", `{}`)),
		user(result("b", text(`{"n":1}`)), result("a", text("one"), text("two"))),
		assistant(call("c", "f", ""), call("d", "f", "")),
		user(result("c"), text("and?")),
	}
	pictures := []llm.Turn{user(text("q")), assistant(call("a", "f", ""), call("b", "g", "")), user(result("a", text("see"), png), result("b", png), text("ok?"))}
	foreign := []llm.Turn{user(text("q")), assistant(
		signed(llm.Block{Kind: llm.Thinking, Text: "claude thought"}, llm.Anthropic, "acc", "x"), signed(llm.Block{Kind: llm.Thinking, Text: "own thought"}, llm.Gemini, "acc", "b3du"),
		llm.Block{Kind: llm.Redacted, Text: "r"}, signed(text("a"), llm.Gemini, "other", "b3RoZXI="), signed(call("a", "f", ""), llm.Responses, "", "y")), user(result("a", text("r")))}
	return []encodeCase{
		{"system", two, llm.Request{System: []llm.Block{text("a"), text(" "), text("b")}, Turns: []llm.Turn{user(text("q")), {Role: llm.System, Blocks: []llm.Block{text("now")}}, assistant(text("")), user(text("more"))}}},
		{"only system", two, llm.Request{System: []llm.Block{text("a")}}},
		{"assistant first", two, llm.Request{Turns: []llm.Turn{assistant(text("a")), user(text("b"))}}},
		{"prefill", two, llm.Request{Turns: []llm.Turn{user(text("a")), assistant(text("b"))}}},
		{"open calls", three, llm.Request{Turns: []llm.Turn{user(text("a")), assistant(text("b"), call("x", "f", ""))}}},
		{"names of speakers", two, llm.Request{Turns: []llm.Turn{{Role: llm.User, Name: "Ann", Blocks: []llm.Block{text("a")}}, user(text("b"))}}},
		{"steps of two", two, llm.Request{Turns: steps}},
		{"steps of three", three, llm.Request{Turns: steps}},
		{"pictures of tools of two", two, llm.Request{Turns: pictures}},
		{"pictures of tools of three", three, llm.Request{Turns: pictures}},
		{"foreign reasoning", three, llm.Request{Turns: foreign}},
		{"failed tool", two, llm.Request{Turns: []llm.Turn{user(text("q")), assistant(call("a", "f", "")), user(llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: "a", IsError: true, Blocks: []llm.Block{text("broken")}}})}}},
		{"lost result", two, llm.Request{Turns: []llm.Turn{user(text("q")), assistant(call("a", "f", "")), user(text("never mind")), assistant(text("ok")), user(result("zz", text("late")))}}},
		{"media", two, llm.Request{Turns: []llm.Turn{user(png, media(llm.Image, llm.Media{URL: "https://x.test/a.webp?b=c"}), media(llm.File, llm.Media{MIME: "application/pdf", Data: b64("%PDF-1.7")}),
			media(llm.File, llm.Media{MIME: "application/json", Data: b64(`{"a":1}`)}), media(llm.Audio, llm.Media{MIME: "audio/wav", Data: b64("RIFF0000WAVEfmt ")}), media(llm.Image, llm.Media{URL: "data:image/png;base64,AAAA"}))}}},
	}
}

func parameterCases() []encodeCase {
	schema := json.RawMessage(`{"type":"object","properties":{"a":{"type":"string","minLength":3}},"required":["a"],"additionalProperties":false}`)
	format := llm.OutputFormat{Kind: llm.FormatJSONSchema, Schema: schema}
	all := func(r *llm.Request) {
		r.MaxTokens, r.Temperature, r.TopP, r.TopK, r.Seed = ptr(int64(200000)), ptr(3.0), ptr(0.5), ptr(int64(9)), ptr(int64(1))
		r.Frequency, r.Presence, r.Logprobs, r.LogitBias = ptr(0.5), ptr(0.5), ptr(int64(1)), json.RawMessage(`{"1":2}`)
		r.Stop = []string{"1", "2", "", "3", "4", "5", "6"}
		r.Verbosity, r.UserID, r.Metadata, r.Tier, r.Store = "low", "jane", json.RawMessage(`{"a":"b"}`), "flex", ptr(true)
		r.Extra = map[string]json.RawMessage{"prediction": json.RawMessage(`{"x":1}`), "off": json.RawMessage(`false`)}
		r.ToolChoice.Parallel, r.Tools = ptr(false), []llm.Tool{tool("f")}
	}
	return []encodeCase{
		{"parameters of chat", two, said(func(r *llm.Request) { r.Origin = llm.OpenAI; all(r) })},
		{"parameters of Anthropic", "gemini-2.0-flash", said(func(r *llm.Request) { r.Origin = llm.Anthropic; all(r) })},
		{"parameters of Gemini", three, said(func(r *llm.Request) {
			r.Origin = llm.Gemini
			all(r)
			r.Extra = map[string]json.RawMessage{"safetySettings": json.RawMessage(`[{}]`), "generationConfig.speechConfig": json.RawMessage(`{}`), "toolConfig.retrievalConfig": json.RawMessage(`{}`)}
		})},
		{"streamed", three, said(func(r *llm.Request) { r.Stream = true })},
		{"JSON object", two, said(func(r *llm.Request) { r.Format.Kind = llm.FormatJSONObject })},
		{"JSON schema", two, said(func(r *llm.Request) { r.Format = format })},
		{"JSON beside tools of two", two, said(func(r *llm.Request) { r.Format, r.Tools = format, []llm.Tool{tool("f")} })},
		{"JSON beside tools of three", three, said(func(r *llm.Request) { r.Format, r.Tools = format, []llm.Tool{tool("f")} })},
		{"modalities", "gemini-2.5-flash-image", said(func(r *llm.Request) { r.Modalities = []string{"text", "image"} })},
		{"tuned model", "tunedModels/mine", said(func(*llm.Request) {})},
	}
}

func toolCases() []encodeCase {
	strange := llm.Tool{Name: "9 files/read", Schema: json.RawMessage(`{"type":"object","properties":{}}`)}
	long := llm.Tool{Name: strings.Repeat("long_", 20)}
	custom := llm.Tool{Name: "exec", Custom: true, Grammar: json.RawMessage(`{"syntax":"lark","definition":"start: /.+/"}`)}
	spaced := llm.Tool{Namespace: "ns", Name: "f", Description: "d"}
	server := llm.Tool{Raw: json.RawMessage(`{"type":"web_search"}`), Origin: llm.Responses}
	own := llm.Tool{Raw: json.RawMessage(`{"googleSearch":{}}`), Origin: llm.Gemini}
	choose := func(mode llm.ChoiceMode, names ...string) llm.Request {
		return said(func(r *llm.Request) {
			r.Tools, r.ToolChoice.Mode = []llm.Tool{tool("f"), tool("g"), spaced}, mode
			for _, n := range names {
				r.ToolChoice.Names = append(r.ToolChoice.Names, llm.ToolRef{Name: n})
			}
		})
	}
	spacedChoice := choose(llm.ChoiceAny)
	spacedChoice.ToolChoice.Names = []llm.ToolRef{{Namespace: "ns", Name: "f"}}
	called := []llm.Turn{user(text("q")), assistant(llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "1", Name: "exec", Custom: true, Input: "ls\n"}},
		llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "2", Namespace: "ns", Name: "f"}}), user(result("1", text("x")), result("2", text("y")))}
	return []encodeCase{
		{"tools", three, llm.Request{Turns: called, Tools: []llm.Tool{tool("f"), strange, long, custom, spaced, server, own, {Name: "f", Description: "again"}}}},
		{"choice auto", three, choose(llm.ChoiceAuto)},
		{"choice none", three, choose(llm.ChoiceNone)},
		{"choice any", three, choose(llm.ChoiceAny)},
		{"choice one", three, choose(llm.ChoiceAny, "g")},
		{"choice subset", three, choose(llm.ChoiceAuto, "g", "f", "gone")},
		{"choice in a namespace", three, spacedChoice},
		{"choice without tools", three, said(func(r *llm.Request) { r.ToolChoice.Mode = llm.ChoiceAny })},
	}
}

func TestEncodeRequest(t *testing.T) {
	for _, tt := range encodeCases() {
		t.Run(tt.name, func(t *testing.T) {
			e, bad := Format{}.EncodeRequest(&tt.req, protocol.Target{Model: tt.model, AccountID: "acc"})
			if bad != nil {
				t.Fatal(bad)
			}
			head := e.Path + "?" + e.Query + "\ndropped: " + strings.Join(e.Dropped, ", ") + "\n"
			protocoltest.Golden(t, "encode/"+tt.name+".txt", append([]byte(head), protocoltest.Indented(t, e.Body)...))
		})
	}
}

// TestThinking tells for each family of models what becomes of a wish to think.
func TestThinking(t *testing.T) {
	wishes := []struct {
		name string
		r    llm.Reasoning
	}{
		{"nothing", llm.Reasoning{}},
		{"none", llm.Reasoning{Effort: "none"}},
		{"minimal", llm.Reasoning{Effort: "minimal"}},
		{"medium", llm.Reasoning{Effort: "medium"}},
		{"max shown", llm.Reasoning{Effort: "max", Show: llm.ShowSummary}},
		{"budget 100", llm.Reasoning{Budget: ptr(int64(100))}},
		{"budget 90000", llm.Reasoning{Budget: ptr(int64(90000))}},
		{"budget 0", llm.Reasoning{Budget: ptr(int64(0))}},
		{"auto shown", llm.Reasoning{Auto: true, Show: llm.ShowFull}},
	}
	var out strings.Builder
	for _, m := range []string{"gemini-3-pro", "gemini-3.7-flash", three, "gemini-9-ultra", "gemini-2.5-pro", two, "gemini-2.5-flash-lite", "gemini-2.0-flash"} {
		for _, w := range wishes {
			req := said(func(req *llm.Request) { req.Origin, req.Reasoning = llm.Anthropic, w.r })
			e, bad := Format{}.EncodeRequest(&req, protocol.Target{Model: m})
			if bad != nil {
				t.Fatal(bad)
			}
			fmt.Fprintf(&out, "%s, %s: %s %v\n", m, w.name, gjson.GetBytes(e.Body, "generationConfig.thinkingConfig").Raw, e.Dropped)
		}
	}
	protocoltest.Golden(t, "encode/thinking.txt", []byte(out.String()))
}

func TestEncodeRequestRefuses(t *testing.T) {
	file := media(llm.File, llm.Media{FileID: "file-1"})
	doc := media(llm.File, llm.Media{MIME: "application/msword", Data: b64("\xd0\xcf\x11\xe0")})
	for _, tt := range []struct {
		req   llm.Request
		param string
	}{
		{llm.Request{Origin: llm.OpenAI, Turns: []llm.Turn{user(file)}}, "messages"},
		{llm.Request{Origin: llm.Responses, Turns: []llm.Turn{user(doc)}}, "input"},
		{llm.Request{Origin: llm.OpenAI, Turns: []llm.Turn{user(text("a"))}, Modalities: []string{"text", "audio"}}, "modalities"},
		{llm.Request{Origin: llm.Gemini, Turns: []llm.Turn{user(text("a"))}, N: 2}, "generationConfig.candidateCount"},
		{llm.Request{Origin: llm.OpenAI, Turns: []llm.Turn{user(text("a"))}, Tools: []llm.Tool{tool("f")}, ToolChoice: llm.ToolChoice{Mode: llm.ChoiceAny, Names: []llm.ToolRef{{Name: "g"}}}}, "tool_choice"},
	} {
		_, e := Format{}.EncodeRequest(&tt.req, protocol.Target{Model: two})
		if e == nil || e.Param != tt.param || e.Kind != llm.InvalidRequest {
			t.Errorf("%s: %+v", tt.param, e)
		}
	}
}

func TestEncodeCountRequest(t *testing.T) {
	req := llm.Request{System: []llm.Block{text("s")}, Turns: []llm.Turn{user(text("a"))}, Tools: []llm.Tool{tool("f")}, MaxTokens: ptr(int64(5))}
	e, ok := Format{}.EncodeCountRequest(&req, protocol.Target{Model: two})
	if !ok || e.Path != "/v1beta/models/gemini-2.5-flash:countTokens" {
		t.Fatal(ok, e)
	}
	protocoltest.Golden(t, "encode/count.json", protocoltest.Indented(t, e.Body))
}
