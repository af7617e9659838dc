package responses

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

type encodeCase struct {
	name, model string
	origin      llm.Protocol // "" = Anthropic
	make        func(r *llm.Request)
}

const (
	gpt6     = "gpt-6"
	gpt5     = "gpt-5"
	gpt41    = "gpt-4.1"
	pngStart = "iVBORw0KGgoAAAANSUhEUg=="
)

func (c encodeCase) request() *llm.Request {
	r := &llm.Request{Origin: c.origin, Model: "m", Turns: []llm.Turn{user(text("hi"))}}
	if r.Origin == "" {
		r.Origin = llm.Anthropic
	}
	c.make(r)
	return r
}

func turns(t ...llm.Turn) func(*llm.Request) { return func(r *llm.Request) { r.Turns = t } }

func all(steps ...func(*llm.Request)) func(*llm.Request) {
	return func(r *llm.Request) {
		for _, s := range steps {
			s(r)
		}
	}
}

func effort(e string, show llm.ShowReasoning) func(*llm.Request) {
	return func(r *llm.Request) { r.Reasoning.Effort, r.Reasoning.Show = e, show }
}

func tools(t ...llm.Tool) func(*llm.Request) { return func(r *llm.Request) { r.Tools = t } }

func choose(mode llm.ChoiceMode, names ...string) func(*llm.Request) {
	return func(r *llm.Request) {
		r.Tools = []llm.Tool{tool("look"), tool("find"), {Name: "exec", Custom: true}}
		r.ToolChoice.Mode = mode
		for _, n := range names {
			r.ToolChoice.Names = append(r.ToolChoice.Names, llm.ToolRef{Name: n})
		}
	}
}

func thinking(text, secret string) llm.Block {
	return llm.Block{Kind: llm.Thinking, Text: text, Summary: true, Signature: &llm.Signature{Origin: llm.Responses, Value: secret}}
}

func media(kind llm.BlockKind, m llm.Media) llm.Block { return llm.Block{Kind: kind, Media: &m} }

func jsonSchema(schema string) func(*llm.Request) {
	return func(r *llm.Request) {
		r.Format = llm.OutputFormat{Kind: llm.FormatJSONSchema, Schema: json.RawMessage(schema)}
	}
}

const strictObject = `{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}`

func parameterCases() []encodeCase {
	return []encodeCase{
		{"plain", gpt6, "", func(*llm.Request) {}},
		{"stream", gpt6, "", func(r *llm.Request) { r.Stream = true }},
		{"limit too small", gpt6, "", func(r *llm.Request) { r.MaxTokens = ptr(int64(1)) }},
		{"limit too high", gpt41, "", func(r *llm.Request) { r.MaxTokens = ptr(int64(128000)) }},
		{"sampling", gpt41, llm.OpenAI, func(r *llm.Request) { r.Temperature, r.TopP, r.Logprobs = ptr(0.5), ptr(0.9), ptr(int64(3)) }},
		{"sampling of a reasoner", gpt5, llm.OpenAI, func(r *llm.Request) { r.Temperature, r.TopP, r.Logprobs = ptr(0.5), ptr(1.0), ptr(int64(3)) }},
		{"no place", gpt6, llm.OpenAI, func(r *llm.Request) {
			r.TopK, r.Frequency, r.Presence, r.Seed = ptr(int64(4)), ptr(0.1), ptr(0.2), ptr(int64(7))
			r.LogitBias, r.Store, r.Extra = json.RawMessage(`{"1":2}`), ptr(true), map[string]json.RawMessage{"prediction": json.RawMessage(`{"x":1}`)}
		}},
		{"no place for gemini", gpt6, llm.Gemini, func(r *llm.Request) { r.TopK, r.Temperature = ptr(int64(4)), ptr(0.3) }},
		{"stop is emulated", gpt6, "", func(r *llm.Request) { r.Stop = []string{"END"} }},
		{"effort", gpt6, "", effort("high", llm.ShowSummary)},
		{"effort not shown", gpt6, "", effort("high", llm.ShowNone)},
		{"effort of a chat client", gpt5, llm.OpenAI, effort("xhigh", "")},
		{"effort none", gpt6, "", effort("none", llm.ShowSummary)},
		{"effort none where it must think", gpt5, "", effort("none", llm.ShowNone)},
		{"effort of a model that does not reason", gpt41, "", effort("high", llm.ShowSummary)},
		{"budget", gpt6, "", func(r *llm.Request) { r.Reasoning.Budget, r.Reasoning.Show = ptr(int64(20000)), llm.ShowSummary }},
		{"effort auto", gpt6, "", func(r *llm.Request) { r.Reasoning.Auto, r.Reasoning.Show = true, llm.ShowSummary }},
		{"verbosity", gpt6, llm.OpenAI, func(r *llm.Request) { r.Verbosity = "low" }},
		{"verbosity not known", gpt41, llm.OpenAI, func(r *llm.Request) { r.Verbosity = "low" }},
		{"format json", gpt6, llm.OpenAI, func(r *llm.Request) { r.Format.Kind = llm.FormatJSONObject }},
		{"format json of instructions", gpt6, llm.Gemini, func(r *llm.Request) {
			r.Format.Kind, r.System, r.Turns = llm.FormatJSONObject, []llm.Block{text("one")}, nil
		}},
		{"format schema", gpt6, "", jsonSchema(`{"type":"object","properties":{"a":{"type":"string","default":"x"}}}`)},
		{"format strict schema", gpt6, llm.Gemini, jsonSchema(strictObject)},
		{"owner", gpt6, "", func(r *llm.Request) { r.UserID, r.Tier = `{"session":"jane"}`, "priority" }},
		{"owner of a chat client", gpt6, llm.OpenAI, func(r *llm.Request) {
			r.UserID, r.Tier, r.Metadata, r.Cache.Key = "jane", "flex", json.RawMessage(`{"a": "b"}`), strings.Repeat("k", 70)
		}},
	}
}

func toolCases() []encodeCase {
	custom := llm.Tool{Name: "exec", Description: "runs", Custom: true, Grammar: json.RawMessage(`{"type":"grammar","grammar":{"syntax":"lark","definition":"start: /x/"}}`)}
	strict := tool("strict")
	strict.Strict, strict.Schema = ptr(true), json.RawMessage(strictObject)
	loose := tool("loose")
	loose.Strict = ptr(true)
	spaced := tool("list")
	spaced.Namespace, spaced.NamespaceDescription = "mcp", "a server"
	long := tool(strings.Repeat("long.name_", 9))
	search := llm.Tool{Origin: llm.Anthropic, Raw: json.RawMessage(`{"type":"web_search_20250305","name":"web_search","allowed_domains":["a.example"]}`)}
	fetch := llm.Tool{Origin: llm.Anthropic, Raw: json.RawMessage(`{"type":"web_fetch_20250910","name":"web_fetch"}`)}
	google := llm.Tool{Origin: llm.Gemini, Raw: json.RawMessage(`{"googleSearch":{}}`)}
	code := llm.Tool{Origin: llm.Gemini, Raw: json.RawMessage(`{"codeExecution":{}}`)}
	return []encodeCase{
		{"tools", gpt6, "", tools(tool("look"), strict, loose, long)},
		{"tool without a schema", gpt6, "", tools(llm.Tool{Name: "now"})},
		{"custom tool", gpt6, llm.OpenAI, tools(custom, llm.Tool{Name: "free", Custom: true, Grammar: json.RawMessage(`{"type":"text"}`)})},
		{"namespaces flattened", gpt6, llm.OpenAI, tools(spaced, tool("list"))},
		{"namespaces kept", gpt6, llm.Responses, tools(spaced, tool("look"), withSpace(tool("more"), "mcp"), custom)},
		{"server tools", gpt6, "", tools(search, fetch)},
		{"server tools of gemini", gpt6, llm.Gemini, tools(google, code)},
		{"choice auto", gpt6, "", choose(llm.ChoiceAuto)},
		{"choice none", gpt6, "", choose(llm.ChoiceNone)},
		{"choice any", gpt6, "", all(choose(llm.ChoiceAny), func(r *llm.Request) { r.ToolChoice.Parallel = ptr(false) })},
		{"choice one", gpt6, "", choose(llm.ChoiceAny, "look")},
		{"choice custom", gpt6, "", choose(llm.ChoiceAny, "exec")},
		{"choice subset", gpt6, "", choose(llm.ChoiceAuto, "look", "exec")},
		{"choice of some", gpt6, "", choose(llm.ChoiceAny, "look", "find")},
		{"choice without tools", gpt6, "", func(r *llm.Request) { r.ToolChoice.Mode, r.ToolChoice.Parallel = llm.ChoiceAuto, ptr(true) }},
	}
}

func withSpace(t llm.Tool, ns string) llm.Tool { t.Namespace = ns; return t }

func turnCases() []encodeCase {
	failed := result("c1", text("no such file"))
	failed.Result.IsError = true
	said := result("c1", text("error: no such file"))
	said.Result.IsError = true
	look := call("c1", "look", `{"q":"a"}`)
	image := media(llm.Image, llm.Media{MIME: "image/jpeg", Data: pngStart, Detail: "high"})
	two := func(results ...llm.Block) func(*llm.Request) {
		return all(tools(tool("look")), turns(user(text("hi")), assistant(look), user(results...)))
	}
	system := func(blocks ...llm.Block) func(*llm.Request) {
		return func(r *llm.Request) { r.System = blocks }
	}
	developer := llm.Block{Kind: llm.Text, Text: "be kind", Developer: true}
	return []encodeCase{
		{"instructions", gpt6, "", system(llm.Block{Kind: llm.Opaque, Origin: llm.Anthropic, Raw: json.RawMessage(`{}`)}, text("one"), text("two"))},
		{"instructions and developer", gpt6, llm.OpenAI, system(text("one"), developer, text("two"))},
		{"only instructions", gpt6, llm.OpenAI, all(system(text("one")), turns())},
		{"system in the middle", gpt6, "", turns(user(text("hi")), llm.Turn{Role: llm.System, Blocks: []llm.Block{text("now")}}, assistant(text("yes")), user(text("go")))},
		{"assistant first and last", gpt6, "", turns(assistant(text("yes")), user(text("go")), assistant(text("I")))},
		{"two users", gpt6, llm.OpenAI, turns(llm.Turn{Role: llm.User, Name: "ann", Blocks: []llm.Block{text("a")}}, user(text("b"), text(" ")), user())},
		{"refusal", gpt6, llm.OpenAI, turns(user(text("hi")), assistant(llm.Block{Kind: llm.RefusalBlock, Text: "no"}), user(text("why")))},
		{"results", gpt6, "", all(tools(tool("look")), turns(user(text("hi")), assistant(text("I look"), look, call("c2", "look", "")), user(text("and?"), result("c2"), result("c1", text("found")))))},
		{"result missing", gpt6, "", two()},
		{"result failed", gpt6, "", two(failed)},
		{"result that says so", gpt6, "", two(said)},
		{"result with an image", gpt6, "", two(result("c1", text("see"), image))},
		{"result with sound", gpt6, "", two(result("c1", media(llm.Audio, llm.Media{MIME: "audio/wav", Data: "UklGRg=="})))},
		{"long ids", gpt6, "", turns(user(text("hi")), assistant(call("toolu:"+strings.Repeat("x", 80), "look", "{}")), user(result("toolu:"+strings.Repeat("x", 80), text("ok"))))},
		{"same ids", gpt6, llm.Gemini, turns(user(text("hi")), assistant(call("look", "look", "{}")), user(result("look", text("1"))), assistant(call("look", "look", "{}")), user(result("look", text("2"))))},
		{"custom call", gpt6, llm.OpenAI, turns(user(text("hi")), assistant(customCall("c1", "exec", "ls")), user(llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: "c1", Custom: true, Blocks: []llm.Block{text("a"), text("b")}}}))},
		{"reasoning", gpt6, "", turns(user(text("hi")), assistant(thinking("first", "gAAA1"), look), user(result("c1", text("ok"))), assistant(thinking("", "gAAA2"), text("done")), user(text("go")))},
		{"reasoning without a follower", gpt6, "", turns(user(text("hi")), assistant(thinking("first", "gAAA1")), user(text("go")))},
		{"reasoning of others", gpt6, "", turns(user(text("hi")), assistant(llm.Block{Kind: llm.Thinking, Text: "hm", Signature: &llm.Signature{Origin: llm.Anthropic, Value: "Eq"}}, text("yes")), user(text("go")))},
		{"reasoning of another account", gpt6, "", turns(user(text("hi")), assistant(llm.Block{Kind: llm.Thinking, Signature: &llm.Signature{Origin: llm.Responses, Account: "b", Value: "gAAA"}}, text("yes")), user(text("go")))},
		{"reasoning redacted", gpt6, "", turns(user(text("hi")), assistant(llm.Block{Kind: llm.Redacted, Text: "x", Signature: &llm.Signature{Origin: llm.Responses, Value: "gAAA"}}, text("yes")), user(text("go")))},
		{"phases", gpt6, llm.Responses, turns(user(text("hi")), llm.Turn{Role: llm.Assistant, Phase: "commentary", Blocks: []llm.Block{text("I look"), look}}, user(result("c1", text("ok"))))},
		{"opaque of its own", gpt6, llm.Responses, turns(user(text("hi")), assistant(own(`{"type":"web_search_call","id":"ws_1","status":"completed"}`), text("found")), user(own(`{"type":"mcp_approval_response","approve":true}`)), user(own(`{"type":"input_video","v":1}`), text("see")))},
		{"opaque of others", gpt6, "", turns(user(text("hi")), assistant(llm.Block{Kind: llm.Opaque, Origin: llm.Anthropic, Raw: json.RawMessage(`{"type":"server_tool_use"}`)}, text("found")), user(text("go")))},
	}
}

func own(raw string) llm.Block {
	return llm.Block{Kind: llm.Opaque, Origin: llm.Responses, Raw: json.RawMessage(raw)}
}

func customCall(id, name, input string) llm.Block {
	return llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: id, Name: name, Custom: true, Input: input}}
}

func mediaCases() []encodeCase {
	var out []encodeCase
	for i, m := range []llm.Block{
		media(llm.Image, llm.Media{MIME: "image/jpeg", Data: pngStart, Detail: "low"}),
		media(llm.Image, llm.Media{URL: "https://a.example/x.png", Detail: "original"}),
		media(llm.File, llm.Media{MIME: "application/pdf", Data: "JVBERi0=", Filename: "a.pdf"}),
		media(llm.File, llm.Media{URL: "https://a.example/x.pdf"}),
		media(llm.File, llm.Media{MIME: "text/plain", Data: "aGVsbG8=", Title: "Notes", Context: "of Monday"}),
		media(llm.File, llm.Media{MIME: "image/png", Data: pngStart}),
		media(llm.Audio, llm.Media{MIME: "audio/mpeg", Data: "SUQz"}),
	} {
		out = append(out, encodeCase{fmt.Sprintf("media %d", i), gpt6, "", turns(user(text("see"), m))})
	}
	marked := text("the long text")
	marked.Cache = &llm.CacheMark{TTL: "30m"}
	return append(out,
		encodeCase{"file id of the vendor", gpt6, llm.OpenAI, turns(user(media(llm.Image, llm.Media{FileID: "file-1"}), media(llm.File, llm.Media{FileID: "file-2"})))},
		encodeCase{"cache marks of the vendor", gpt6, llm.OpenAI, turns(user(marked, text("short")))},
		encodeCase{"cache marks of others", gpt6, "", turns(user(marked, text("short")))},
		encodeCase{"picture of the assistant", gpt6, llm.Gemini, turns(user(text("paint")), assistant(text("here"), media(llm.Image, llm.Media{MIME: "image/png", Data: pngStart})), user(text("more")))},
	)
}

func encodeCases() []encodeCase {
	out := append(parameterCases(), toolCases()...)
	out = append(out, turnCases()...)
	return append(out, mediaCases()...)
}
