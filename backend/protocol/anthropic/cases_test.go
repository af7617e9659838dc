package anthropic

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

type encodeCase struct {
	name, model string
	make        func(r *llm.Request)
}

const (
	opus55   = "claude-opus-5-5"
	sonnet55 = "claude-sonnet-5-5"
	opus5    = "claude-opus-5"
	opus46   = "claude-opus-4-6"
	sonnet45 = "claude-sonnet-4-5-20250929"
	haiku35  = "claude-3-5-haiku-latest"
	stranger = "glm-4.6"
)

func reasoning(effort string, budget int64) func(*llm.Request) {
	return func(r *llm.Request) {
		r.Reasoning.Effort = effort
		if budget != 0 {
			r.Reasoning.Budget = &budget
		}
	}
}

func schema(r *llm.Request) {
	r.Format = llm.OutputFormat{Kind: llm.FormatJSONSchema, Name: "answer", Schema: json.RawMessage(
		`{"type":"object","properties":{"n":{"type":"integer","minimum":1,"description":"a number"},"t":{"oneOf":[{"type":"string","format":"date"},{"type":"null"}]},"s":{"type":"string","format":"regex"},"l":{"type":"array","items":{"type":"object","properties":{}},"minItems":2}},"required":["n"],"additionalProperties":true}`)}
}

func forced(names ...string) func(*llm.Request) {
	return func(r *llm.Request) {
		r.Tools = []llm.Tool{tool("look"), tool("find")}
		r.ToolChoice.Mode = llm.ChoiceAny
		for _, n := range names {
			r.ToolChoice.Names = append(r.ToolChoice.Names, llm.ToolRef{Name: n})
		}
	}
}

func all(steps ...func(*llm.Request)) func(*llm.Request) {
	return func(r *llm.Request) {
		for _, s := range steps {
			s(r)
		}
	}
}

func turns(t ...llm.Turn) func(*llm.Request) { return func(r *llm.Request) { r.Turns = t } }

func sampling(temperature, topP float64, topK int64) func(*llm.Request) {
	return func(r *llm.Request) {
		if temperature >= 0 {
			r.Temperature = &temperature
		}
		if topP >= 0 {
			r.TopP = &topP
		}
		if topK >= 0 {
			r.TopK = &topK
		}
	}
}

func parameterCases() []encodeCase {
	return []encodeCase{
		{"plain", opus55, func(*llm.Request) {}},
		{"limit too high", "claude-opus-4-1", func(r *llm.Request) { r.MaxTokens = ptr(int64(128000)) }},
		{"limit of a stranger", stranger, func(r *llm.Request) { r.MaxTokens = ptr(int64(100000)) }},
		{"limit of an old model", haiku35, func(*llm.Request) {}},
		{"temperature clamped", sonnet45, sampling(1.7, -1, -1)},
		{"temperature before top_p", sonnet45, sampling(0.3, 0.5, 40)},
		{"top_p alone", sonnet45, sampling(-1, 0.5, -1)},
		{"temperature gated", opus55, sampling(0.3, 0.5, 40)},
		{"temperature 1 gated", opus5, sampling(1, 1, -1)},
		{"temperature beside thinking", opus46, all(reasoning("high", 0), sampling(0.3, 0.97, 40))},
		{"stop", opus46, func(r *llm.Request) { r.Stop = []string{"END", " \n", ""} }},
		{"dropped", opus55, func(r *llm.Request) {
			r.Seed, r.Frequency, r.Presence, r.Logprobs = ptr(int64(1)), ptr(0.5), ptr(0.5), ptr(int64(3))
			r.LogitBias, r.Verbosity, r.Metadata, r.Tier = json.RawMessage(`{"5":1}`), "low", json.RawMessage(`{"a":"b"}`), "flex"
			r.Store, r.Include = ptr(true), []string{"message.output_text.logprobs"}
			r.Extra = map[string]json.RawMessage{"prediction": json.RawMessage(`{"type":"content"}`), "background": json.RawMessage("false")}
		}},
		{"user", opus55, func(r *llm.Request) { r.UserID = "alice@example.com" }},
		{"effort none", sonnet45, reasoning("none", 0)},
		{"effort none between tools", sonnet55, reasoning("none", 0)},
		{"effort none refused", opus55, reasoning("none", 0)},
		{"effort minimal", opus55, reasoning("minimal", 0)},
		{"effort xhigh", opus55, reasoning("xhigh", 0)},
		{"effort xhigh refused", "claude-sonnet-4-6", reasoning("xhigh", 0)},
		{"effort of a budget model", sonnet45, reasoning("medium", 0)},
		{"effort beside a budget", "claude-opus-4-5", reasoning("medium", 0)},
		{"effort max fits the limit", sonnet45, all(reasoning("max", 0), func(r *llm.Request) { r.MaxTokens = ptr(int64(4096)) })},
		{"effort of a model that cannot", haiku35, reasoning("high", 0)},
		{"budget verbatim", opus46, reasoning("", 5000)},
		{"budget as effort", opus55, reasoning("", 5000)},
		{"budget too small", sonnet45, reasoning("", 100)},
		{"budget raises the limit", sonnet45, all(reasoning("", 5000), func(r *llm.Request) { r.MaxTokens = ptr(int64(100)) })},
		{"budget zero", sonnet45, func(r *llm.Request) { r.Reasoning.Budget = ptr(int64(0)) }},
		{"auto", opus55, func(r *llm.Request) { r.Reasoning.Auto = true }},
		{"auto of a budget model", sonnet45, func(r *llm.Request) { r.Reasoning.Auto = true }},
		{"hidden", opus55, func(r *llm.Request) {
			r.Reasoning = llm.Reasoning{Effort: "high", Show: llm.ShowNone}
		}},
		{"json object", opus55, func(r *llm.Request) { r.Format.Kind = llm.FormatJSONObject }},
		{"json schema", opus55, schema},
		{"json schema by a tool", stranger, schema},
		{"json schema beside tools", "claude-sonnet-4-20250514", all(forced(), func(r *llm.Request) { r.ToolChoice = llm.ToolChoice{} }, schema)},
		{"json schema in words", stranger, func(r *llm.Request) {
			r.Format = llm.OutputFormat{Kind: llm.FormatJSONSchema, Schema: json.RawMessage(`{"type":"array"}`)}
		}},
	}
}

func toolCases() []encodeCase {
	one := func(r *llm.Request) { r.Tools = []llm.Tool{tool("look")} }
	choose := func(mode llm.ChoiceMode, names ...string) func(*llm.Request) {
		return all(forced(names...), func(r *llm.Request) { r.ToolChoice.Mode = mode })
	}
	return []encodeCase{
		{"tools", opus5, one},
		{"choice auto", opus5, choose(llm.ChoiceAuto)},
		{"choice none", opus5, choose(llm.ChoiceNone)},
		{"choice any", opus5, choose(llm.ChoiceAny)},
		{"choice one", opus5, choose(llm.ChoiceAny, "find")},
		{"choice subset auto", opus5, choose(llm.ChoiceAuto, "find")},
		{"choice subset any", opus5, all(choose(llm.ChoiceAny, "find", "seek"), func(r *llm.Request) { r.Tools = append(r.Tools, tool("seek")) })},
		{"choice subset keeps the history", opus5, all(choose(llm.ChoiceAuto, "find"), turns(user(text("a")), assistant(call("c", "look", "{}")), user(result("c", text("r")))))},
		{"choice refused", opus55, choose(llm.ChoiceAny)},
		{"choice one refused", opus55, choose(llm.ChoiceAny, "find")},
		{"choice beside a budget", sonnet45, all(choose(llm.ChoiceAny), reasoning("high", 0))},
		{"choice beside a budget, adaptive", opus46, all(choose(llm.ChoiceAny), reasoning("", 9000))},
		{"choice without tools", opus5, func(r *llm.Request) { r.ToolChoice.Mode = llm.ChoiceAny }},
		{"serial", opus5, all(one, func(r *llm.Request) { r.ToolChoice.Parallel = ptr(false) })},
		{"parallel", opus5, all(one, func(r *llm.Request) { r.ToolChoice.Parallel = ptr(true) })},
		{"names", opus5, func(r *llm.Request) {
			r.Tools = []llm.Tool{tool("a.b"), tool("a_b"), tool(strings.Repeat("long", 40)), {Namespace: "ns", Name: "in", Schema: json.RawMessage(`{}`)}}
			r.Turns = []llm.Turn{user(text("a")), assistant(call("x", "a_b", "{}")), user(result("x"))}
		}},
		{"custom", opus5, func(r *llm.Request) {
			r.Tools = []llm.Tool{{Name: "exec", Custom: true, Description: "runs", Grammar: json.RawMessage(`{"type":"grammar","syntax":"lark","definition":"start: /.+/"}`)}}
			r.Turns = []llm.Turn{user(text("a")), assistant(llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "c", Name: "exec", Custom: true, Input: "ls\n\"x\""}}), user(result("c", text("r")))}
		}},
		{"strict", opus5, func(r *llm.Request) {
			r.Tools = []llm.Tool{tool("look")}
			r.Tools[0].Strict = ptr(true)
		}},
		{"strict refused", "claude-sonnet-4-0", func(r *llm.Request) {
			r.Tools = []llm.Tool{tool("look")}
			r.Tools[0].Strict = ptr(true)
		}},
		{"schemas", opus5, func(r *llm.Request) {
			r.Tools = []llm.Tool{tool("none"), tool("union"), tool("twice"), tool("twice")}
			r.Tools[0].Schema = nil
			r.Tools[1].Schema = json.RawMessage(`{"type":"object","properties":{"a":{"type":"string"}},"anyOf":[{"properties":{"b":{"type":"string"}},"required":["b"]},{"properties":{"a":{"type":"integer"}}}]}`)
			r.Tools[3].Description = "the last one counts"
		}},
		{"server tools of others", opus5, func(r *llm.Request) {
			r.Tools = []llm.Tool{tool("look"), {Raw: json.RawMessage(`{"type":"web_search","external_web_access":false}`), Origin: llm.Responses}}
		}},
		{"calls without tools", opus5, turns(user(text("a")), assistant(call("c", "look", "{}")), user(result("c", text("r"))))},
	}
}

func historyCases() []encodeCase {
	own := &llm.Signature{Origin: llm.Anthropic, Account: "acc", Value: "EqQB"}
	thought := func(s *llm.Signature) llm.Block { return llm.Block{Kind: llm.Thinking, Text: "hm", Signature: s} }
	system := llm.Turn{Role: llm.System, Blocks: []llm.Block{text("new rule")}}
	media := func(kind llm.BlockKind, m llm.Media) llm.Block { return llm.Block{Kind: kind, Media: &m} }
	failed := result("c", text("boom"))
	failed.Result.IsError = true
	return []encodeCase{
		{"system", opus5, func(r *llm.Request) {
			r.System = []llm.Block{text("a"), text(" "), {Kind: llm.Text, Text: "b", Developer: true}}
		}},
		{"system only", opus5, func(r *llm.Request) { r.System, r.Turns = []llm.Block{text("a")}, nil }},
		{"system in the middle", opus5, turns(user(text("a")), system, user(text("b")), assistant(text("c")), user(text("d")))},
		{"system in the middle, older model", sonnet45, turns(user(text("a")), system, assistant(text("c")), user(text("d")))},
		{"users in a row", opus5, turns(user(text("a")), user(text("b")))},
		{"assistant first", opus5, turns(assistant(text("a")), user(text("b")))},
		{"assistants in a row", opus5, turns(user(text("a")), assistant(text("b")), assistant(text("c")), user(text("d")))},
		{"prefill", sonnet45, turns(user(text("a")), assistant(text("It is \n")))},
		{"prefill refused", opus5, turns(user(text("a")), assistant(text("It is")))},
		{"prefill beside a budget", sonnet45, all(reasoning("low", 0), turns(user(text("a")), assistant(text("It is"))))},
		{"names of speakers", opus5, turns(llm.Turn{Role: llm.User, Name: "bob", Blocks: []llm.Block{text("a")}})},
		{"empty texts", opus5, turns(user(text("a"), text("")), assistant(text(" \n")), user(text("b")))},
		{"results in order", opus5, turns(user(text("a")), assistant(call("1", "f", "{}"), call("2", "f", `{"b":1,"a":2}`)), user(text("and"), result("2", text("two")), result("1")), user(text("go")))},
		{"result missing, orphan, error", opus5, turns(user(text("a")), assistant(call("c", "f", "{}"), call("d", "f", "{}")), user(failed, result("lost", text("x"))))},
		{"ids", opus5, turns(user(text("a")), assistant(call("a.b:c", "f", "{}")), user(result("a.b:c", text("1"))), assistant(call("a_b_c", "f", "{}")), user(result("a_b_c", text("2"))), assistant(call(strings.Repeat("x", 300), "f", "{}")), user(result(strings.Repeat("x", 300), text("3"))))},
		{"arguments", opus5, turns(user(text("a")), assistant(call("1", "f", ""), call("2", "f", `[1]`), call("3", "f", `"nonsense"`)), user(text("b")))},
		{"thoughts", opus5, turns(user(text("a")), assistant(thought(own), llm.Block{Kind: llm.Redacted, Text: "R", Signature: own}, text("b")), user(text("c")))},
		{"thoughts of others", opus5, turns(user(text("a")), assistant(thought(nil), thought(&llm.Signature{Origin: llm.Gemini, Value: "g"}), thought(&llm.Signature{Origin: llm.Anthropic, Account: "other", Value: "o"}), text("b")), user(text("c")))},
		{"loop without thoughts", sonnet45, all(reasoning("low", 0), turns(user(text("a")), assistant(call("c", "f", "{}")), user(result("c", text("r")))))},
		{"loop with thoughts", sonnet45, all(reasoning("low", 0), turns(user(text("a")), assistant(thought(own), call("c", "f", "{}")), user(result("c", text("r")))))},
		{"refusal", opus5, turns(user(text("a")), assistant(llm.Block{Kind: llm.RefusalBlock, Text: "no"}), user(text("b")))},
		{"opaque of others", opus5, turns(user(text("a"), llm.Block{Kind: llm.Opaque, Raw: json.RawMessage(`{"x":1}`), Origin: llm.Gemini}))},
		{"images", opus5, turns(user(media(llm.Image, llm.Media{MIME: "image/jpeg", Data: png}), media(llm.Image, llm.Media{URL: "https://x/y.png", Detail: "low"}), media(llm.Image, llm.Media{URL: "data:image/gif;base64,R0lGODlhAQ=="}), text("a")))},
		{"image of a tool", opus5, turns(user(text("a")), assistant(call("c", "f", "{}")), user(result("c", text("see"), media(llm.Image, llm.Media{MIME: "image/png", Data: png}), media(llm.Audio, llm.Media{MIME: "audio/wav", Data: "UklG"}))))},
		{"documents", opus5, turns(user(media(llm.File, llm.Media{MIME: "application/pdf", Data: "JVBERi0xLjQK", Filename: "a.pdf"}), media(llm.File, llm.Media{MIME: "application/json", Data: "eyJhIjoxfQ==", Title: "t"}), media(llm.File, llm.Media{URL: "https://x/y.pdf"})))},
		{"marks of the client", opus5, func(r *llm.Request) {
			hour := &llm.CacheMark{TTL: "12h"}
			r.System = []llm.Block{{Kind: llm.Text, Text: "s", Cache: &llm.CacheMark{}}}
			r.Turns = []llm.Turn{user(llm.Block{Kind: llm.Text, Text: "a", Cache: hour}, text("b"))}
		}},
		{"marks of our own", opus5, func(r *llm.Request) {
			r.Tools, r.System = []llm.Tool{tool("a"), tool("b")}, []llm.Block{text("s"), text("t")}
			r.Turns = []llm.Turn{user(text("1")), assistant(text("2")), user(text("3")), assistant(text("4")), user(text("5"), text("6"))}
		}},
		{"too many marks", opus5, func(r *llm.Request) {
			for i := range 6 {
				r.System = append(r.System, llm.Block{Kind: llm.Text, Text: fmt.Sprint(i), Cache: &llm.CacheMark{TTL: "5m"}})
			}
		}},
	}
}
