package kiro

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

func text(s string) llm.Block { return llm.Block{Kind: llm.Text, Text: s} }

func user(blocks ...llm.Block) llm.Turn { return llm.Turn{Role: llm.User, Blocks: blocks} }

func assistant(blocks ...llm.Block) llm.Turn { return llm.Turn{Role: llm.Assistant, Blocks: blocks} }

func call(id, name, args string) llm.Block {
	return llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: id, Name: name, Args: json.RawMessage(args)}}
}

func answer(id string, blocks ...llm.Block) llm.Block {
	return llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: id, Blocks: blocks}}
}

func failed(id string, blocks ...llm.Block) llm.Block {
	b := answer(id, blocks...)
	b.Result.IsError = true
	return b
}

func thinking(s string, sign llm.Signature) llm.Block {
	return llm.Block{Kind: llm.Thinking, Text: s, Signature: &sign}
}

func picture(mime, bytes string) llm.Block {
	return llm.Block{Kind: llm.Image, Media: &llm.Media{MIME: mime, Data: base64.StdEncoding.EncodeToString([]byte(bytes))}}
}

func ptr[T any](v T) *T { return &v }

func hi() []llm.Turn { return []llm.Turn{user(text("hi"))} }

func said(set func(*llm.Request)) llm.Request {
	r := llm.Request{Turns: hi()}
	set(&r)
	return r
}

const (
	old    = "claude-sonnet-4.5"
	native = "claude-opus-5"
	gpt    = "gpt-5.6-sol"

	pngBytes = "\x89PNG\r\n\x1a\n0000"
	jpgBytes = "\xff\xd8\xff\xe0\x00\x10JFIF"
)

// The schemas of the parameters that models list, as captured.
const (
	claudeFields = `{"type":"object","additionalProperties":false,"properties":{
		"output_config":{"type":"object","properties":{"effort":{"type":"string","enum":["low","medium","high","max"],"default":"high"}}},
		"thinking":{"type":"object","properties":{"type":{"enum":["adaptive","disabled"]},"display":{"enum":["summarized","omitted"]}}},
		"max_tokens":{"type":"integer","minimum":1024,"maximum":64000}}}`
	alwaysFields = `{"type":"object","properties":{
		"output_config":{"properties":{"effort":{"enum":["low","medium","high","xhigh","max"]}}},
		"thinking":{"oneOf":[{"properties":{"type":{"const":"adaptive"},"display":{"enum":["summarized"]}}}]}}}`
	gptFields   = `{"type":"object","properties":{"reasoning":{"type":"object","properties":{"effort":{"enum":["none","low","medium","high"]}}}}}`
	limitFields = `{"type":"object","properties":{"max_tokens":{"type":"integer","minimum":1024,"maximum":64000}}}`
)

// target is a model as the service describes it; with no fields nothing is known
// of it.
func target(model, fields string) protocol.Target {
	t := protocol.Target{Model: model, AccountID: "acc"}
	if fields != "" {
		t.Info = &llm.ModelInfo{ID: model, Fields: json.RawMessage(fields)}
	}
	return t
}

type encodeCase struct {
	name, model string
	req         llm.Request
}

// conversationCases have one case for each rule of the order of a conversation.
func conversationCases() []encodeCase {
	tools := []llm.Tool{{Name: "f", Description: "the tool f"}, {Name: "g"}}
	return []encodeCase{
		{"system", old, llm.Request{System: []llm.Block{text("a"), text(" "), text("b")}, Turns: []llm.Turn{user(text("q")), {Role: llm.System, Blocks: []llm.Block{text("now")}}, assistant(text("")), user(text("more"))}}},
		{"only system", old, llm.Request{System: []llm.Block{text("a")}}},
		{"nothing", old, llm.Request{}},
		{"assistant first", old, llm.Request{System: []llm.Block{text("s")}, Turns: []llm.Turn{assistant(text("a")), user(text("b"))}}},
		{"prefill", old, llm.Request{Turns: []llm.Turn{user(text("a")), assistant(text("b"))}}},
		{"open calls", old, llm.Request{Tools: tools, Turns: []llm.Turn{user(text("a")), assistant(text("b"), call("x", "f", ""))}}},
		{"speakers and neighbours", old, llm.Request{Turns: []llm.Turn{{Role: llm.User, Name: "Ann", Blocks: []llm.Block{text("a")}}, user(text("b")), assistant(text("c")), assistant(text("d")), user(text("e"))}}},
		{"parallel calls", old, llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("q")), assistant(text("let me"), call("a", "f", `{"x":1}`), call("b", "g", "")),
			user(answer("b", text("two")), answer("a", text("one"), text("1"))),
		}}},
		{"results and text", old, llm.Request{Tools: tools, Turns: []llm.Turn{user(text("q")), assistant(call("a", "f", "{}")), user(answer("a"), text("and now?")), assistant(text("so")), user(text("ok"))}}},
		{"orphan and missing", old, llm.Request{Tools: tools, Turns: []llm.Turn{user(answer("zz", text("late"))), assistant(call("a", "f", "{}"), call("b", "f", "{}")), user(answer("b", text("x")), text("y"))}}},
		{"failed", old, llm.Request{Tools: tools, Turns: []llm.Turn{user(text("q")), assistant(call("a", "f", ""), call("b", "f", "")), user(failed("a", text("broken")), failed("b", text("Error: no such file")))}}},
		{"ids", old, llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("q")), assistant(call("call:1", "f", "")), user(answer("call:1", text("a"))),
			assistant(call("call:1", "f", ""), call("call/1", "f", "")), user(answer("call:1", text("b")), answer("call/1", text("c"))),
			assistant(call(strings.Repeat("long", 30), "f", "")), user(answer(strings.Repeat("long", 30), text("d"))),
		}}},
		{"arguments", old, llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("q")), assistant(call("a", "f", `{"cut":"of`), call("b", "f", `[1]`), call("c", "f", `{"s":"\ud83d \ud83d\ude00 \\ud83d"}`)), user(answer("a"), answer("b"), answer("c")),
		}}},
		{"tools that are gone", old, llm.Request{Turns: []llm.Turn{user(text("q")), assistant(call("a", "gone", "{}"), llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "b", Name: "exec", Custom: true, Input: "ls\n"}}), user(answer("a"), answer("b"))}}},
		{"leaks of earlier answers", old, llm.Request{Tools: tools, Turns: []llm.Turn{user(text("q")), assistant(text("Now:\n[Called f with args: {\"x\":[1]}]\nand [Called f with args: {}] stays")), user(text("go"))}}},
		{"foreign blocks", old, llm.Request{Turns: []llm.Turn{user(text("q")), assistant(llm.Block{Kind: llm.Opaque, Origin: llm.Anthropic, Raw: json.RawMessage(`{"type":"x"}`)}, llm.Block{Kind: llm.RefusalBlock, Text: "no"}), user(text("ok"))}}},
	}
}

func mediaCases() []encodeCase {
	png, jpg := picture("image/jpg", pngBytes), picture("image/jpg", jpgBytes)
	unpadded := llm.Block{Kind: llm.Image, Media: &llm.Media{MIME: "image/webp", Data: "UklGRgAAAABXRUJQVlA4IA"}}
	file := llm.Block{Kind: llm.File, Media: &llm.Media{MIME: "text/csv", Filename: "a.csv", Data: base64.StdEncoding.EncodeToString([]byte("a,b\n"))}}
	audio := llm.Block{Kind: llm.Audio, Media: &llm.Media{MIME: "audio/wav", Data: "UklGRgAAAABXQVZF"}}
	dataURL := llm.Block{Kind: llm.Image, Media: &llm.Media{URL: "data:image/png;base64,iVBORw0KGgo="}}
	return []encodeCase{
		{"one image", old, llm.Request{Turns: []llm.Turn{user(text("look"), jpg)}}},
		{"nothing but an image", old, llm.Request{Turns: []llm.Turn{user(png)}}},
		{"images between texts", old, llm.Request{Turns: []llm.Turn{user(text("this"), png, text("or"), jpg, text("?"), unpadded, dataURL)}}},
		{"images of tools", old, llm.Request{Turns: []llm.Turn{
			user(text("q")), assistant(call("a", "f", ""), call("b", "g", "")),
			user(answer("a", text("see"), png), answer("b", jpg, png, audio), text("and"), jpg),
		}}},
		{"images of a model", old, llm.Request{Turns: []llm.Turn{user(text("paint")), assistant(png), user(text("more"))}}},
		{"a text file", old, llm.Request{Turns: []llm.Turn{user(file)}}},
	}
}

func parameterCases() []encodeCase {
	schema := json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}}}`)
	all := func(r *llm.Request) {
		r.MaxTokens, r.Temperature, r.TopP, r.TopK, r.Seed = ptr(int64(500)), ptr(0.5), ptr(0.5), ptr(int64(9)), ptr(int64(1))
		r.Frequency, r.Presence, r.Logprobs, r.LogitBias = ptr(0.5), ptr(0.5), ptr(int64(1)), json.RawMessage(`{"1":2}`)
		r.Verbosity, r.UserID, r.Metadata, r.Tier, r.Store = "low", "jane", json.RawMessage(`{"a":"b"}`), "flex", ptr(true)
		r.Stop, r.Include = []string{"END"}, []string{"logprobs"}
		r.Extra = map[string]json.RawMessage{"prediction": json.RawMessage(`{"x":1}`), "off": json.RawMessage(`false`)}
		r.ToolChoice.Parallel, r.Tools = ptr(false), []llm.Tool{{Name: "f"}}
		r.Format = llm.OutputFormat{Kind: llm.FormatJSONSchema, Schema: schema}
		r.Reasoning.Effort = "high"
	}
	var out []encodeCase
	for _, p := range []llm.Protocol{llm.OpenAI, llm.Responses, llm.Anthropic, llm.Gemini} {
		out = append(out, encodeCase{"parameters of " + string(p), "deepseek-3.2", said(func(r *llm.Request) {
			r.Origin = p
			all(r)
		})})
	}
	return append(out,
		encodeCase{"JSON object", old, said(func(r *llm.Request) { r.Format.Kind = llm.FormatJSONObject })},
		encodeCase{"JSON behind results", old, llm.Request{
			Format: llm.OutputFormat{Kind: llm.FormatJSONSchema, Schema: schema},
			Turns:  []llm.Turn{user(text("q")), assistant(call("a", "f", "")), user(answer("a", text("x")))},
		}},
		encodeCase{"session", old, said(func(r *llm.Request) { r.Cache.Key, r.UserID = "session-1", "jane" })},
		encodeCase{"user", old, said(func(r *llm.Request) { r.UserID = "jane" })},
	)
}

func toolCases() []encodeCase {
	tools := []llm.Tool{
		{Name: "9 files/read", Schema: json.RawMessage(`{"type":"object","properties":null,"required":[]}`)},
		{Name: strings.Repeat("long_", 20), Description: strings.Repeat("ü long description. ", 600)},
		{Name: "exec", Custom: true, Grammar: json.RawMessage(`{"syntax":"lark","definition":"start: /.+/"}`)},
		{Namespace: "ns", Name: "f", Description: "in a namespace", Schema: json.RawMessage(`{"anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"type":"number"}}}]}`)},
		{Name: "fine", Description: "a schema of many words", Schema: json.RawMessage(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"required":["n"],"properties":{
			"n":{"type":"integer","description":"a number","minimum":1,"maximum":9},"s":{"type":"string","pattern":"^a\\d$","format":"date"},
			"list":{"type":"array","minItems":1,"items":{"type":"object","required":[],"additionalProperties":{"type":"string"},"properties":{"required":{"type":"string","maxLength":3}}}},
			"any":{"oneOf":[{"type":"null"},{"type":"string","minLength":1}]}}}`)},
		{Name: "twice", Description: "the first of it"},
		{Name: "twice", Description: "the second of it counts", Schema: json.RawMessage(`{"type":"object","properties":{"n":{"type":"integer","minimum":1}},"additionalProperties":false}`)},
		{Name: "computer", Raw: json.RawMessage(`{"type":"computer_20250124","name":"computer"}`), Origin: llm.Anthropic},
	}
	choose := func(mode llm.ChoiceMode, names ...string) llm.Request {
		return said(func(r *llm.Request) {
			r.Tools, r.ToolChoice.Mode = []llm.Tool{{Name: "f"}, {Name: "g"}, {Name: "_h"}}, mode
			for _, n := range names {
				r.ToolChoice.Names = append(r.ToolChoice.Names, llm.ToolRef{Name: n})
			}
		})
	}
	noneBehindCalls := choose(llm.ChoiceNone)
	noneBehindCalls.Turns = []llm.Turn{user(text("q")), assistant(call("a", "g", "")), user(answer("a", text("x")))}
	someBehindCalls := choose(llm.ChoiceAuto, "f")
	someBehindCalls.Turns = noneBehindCalls.Turns
	return []encodeCase{
		{"tools of old models", old, said(func(r *llm.Request) { r.Tools = tools })},
		{"tools of new models", native, said(func(r *llm.Request) { r.Tools = tools })},
		{"choice none", old, choose(llm.ChoiceNone)},
		{"choice none behind calls", old, noneBehindCalls},
		{"choice any", old, choose(llm.ChoiceAny)},
		{"choice of one", old, choose(llm.ChoiceAny, "_h")},
		{"choice of some", old, choose(llm.ChoiceAny, "f", "_h")},
		{"choice of some behind calls", old, someBehindCalls},
	}
}

// fieldsOf is what the models of the goldens take besides.
func fieldsOf(model string) string {
	return map[string]string{native: claudeFields, gpt: gptFields}[model]
}

func TestEncodeRequest(t *testing.T) {
	for _, tt := range slices.Concat(conversationCases(), mediaCases(), parameterCases(), toolCases(), reasoningCases()) {
		t.Run(tt.name, func(t *testing.T) {
			e, err := Format{}.EncodeRequest(&tt.req, target(tt.model, fieldsOf(tt.model)))
			if err != nil {
				t.Fatal(err)
			}
			if list := breaches(e.Body); len(list) > 0 {
				t.Errorf("%q", list)
			}
			if e.Path != Path || e.Query != "" {
				t.Errorf("sent to %s?%s", e.Path, e.Query)
			}
			out := protocoltest.Indented(t, e.Body)
			if len(e.Dropped) > 0 {
				out = append(out, "dropped: "+strings.Join(e.Dropped, ", ")+"\n"...)
			}
			for _, tool := range gjson.GetBytes(e.Body, "conversationState.currentMessage.userInputMessage.userInputMessageContext.tools.#.toolSpecification.name").Array() {
				if ns, name := e.Names.Client(tool.Str); ns+name != tool.Str {
					out = fmt.Appendf(out, "restored: %s = %s %s custom=%v\n", tool.Str, ns, name, e.Names.Custom(tool.Str))
				}
			}
			protocoltest.Golden(t, "encode/"+tt.name+".json", out)
		})
	}
}
