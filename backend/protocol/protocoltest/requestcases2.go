package protocoltest

import (
	"encoding/json"

	"github.com/aihub/aihub/backend/llm"
)

// historyCases are conversations in which tools were called.
func historyCases() []requestCase {
	tools := []llm.Tool{weather(), clock()}
	png := media(llm.Image, llm.Media{MIME: "image/png", Data: b64(pngBytes)})
	return []requestCase{
		{name: "call and result", req: llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("weather?")), assistant(text("Let me see."), call("call_1", "get_weather", `{"city":"Köln <3","n":12345678901234567890}`)),
			user(result("call_1", text("sunny"))),
		}}},
		{name: "parallel calls", req: llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("weather?")), assistant(call("call_1", "get_weather", `{"city":"Bonn"}`), call("call_2", "clock", `{}`)),
			user(result("call_1", text("rain")), result("call_2", text("noon")), text("and now?")), assistant(text("wet")), user(text("thanks")),
		}}},
		{name: "same tool twice", req: llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("weather?")), assistant(call("call_1", "get_weather", `{"city":"Bonn"}`), call("call_2", "get_weather", `{"city":"Ulm"}`)),
			user(result("call_1", text("rain")), result("call_2", text("sun"))),
		}}},
		{name: "several steps", req: llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("q")), assistant(call("call_1", "clock", `{}`)), user(result("call_1", text("1"))),
			assistant(call("call_2", "clock", `{}`)), user(result("call_2", text("2"))), assistant(text("done")), user(text("again")),
		}}},
		{name: "result with structure", req: llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("q")), assistant(call("call_1", "clock", `{}`)), user(result("call_1", text(`{"hour":12,"zone":"<utc>"}`))),
		}}},
		{name: "failed tool", req: llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("q")), assistant(call("call_1", "clock", `{}`)), user(failed("call_1", text("it is broken"))),
		}}},
		{name: "empty result", req: llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("q")), assistant(call("call_1", "clock", `{}`)), user(result("call_1")),
		}}},
		{name: "result with an image", req: llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("q")), assistant(call("call_1", "clock", `{}`)), user(result("call_1", text("see"), png)),
		}}},
	}
}

// wordyCases are calls that some formats must word anew.
func wordyCases() []requestCase {
	tools := []llm.Tool{weather(), clock()}
	shell := llm.Tool{Name: "exec", Description: "Runs a command", Custom: true}
	custom := llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "call_1", Name: "exec", Custom: true, Input: "ls \"a b\" |\n\twc"}}
	spaced := llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "call_1", Namespace: "agents", Name: "list", Args: json.RawMessage("{}")}}
	customResult := result("call_1", text("3"))
	customResult.Result.Custom = true
	return []requestCase{
		{name: "custom call", req: llm.Request{Tools: []llm.Tool{shell}, Turns: []llm.Turn{user(text("q")), assistant(custom), user(customResult)}}},
		{name: "call in a namespace", req: llm.Request{
			Tools: []llm.Tool{{Name: "list", Namespace: "agents", Schema: json.RawMessage(`{"type":"object","properties":{}}`)}},
			Turns: []llm.Turn{user(text("q")), assistant(spaced), user(result("call_1", text("none")))},
		}},
		{name: "foreign ids", req: llm.Request{Tools: tools, Turns: []llm.Turn{
			user(text("q")), assistant(call("get_weather_1700:0/a", "get_weather", `{"city":"Bonn"}`), call("toolu_01A", "clock", `{}`)),
			user(result("get_weather_1700:0/a", text("rain")), result("toolu_01A", text("noon"))),
		}}},
	}
}

func parameterCases() []requestCase {
	schema := json.RawMessage(`{"type":"object","properties":{"answer":{"type":"string"},"score":{"type":"integer"}},"required":["answer","score"],"additionalProperties":false}`)
	with := func(set func(*llm.Request)) llm.Request {
		r := llm.Request{Turns: hi()}
		set(&r)
		return r
	}
	return []requestCase{
		{name: "max tokens", req: with(func(r *llm.Request) { r.MaxTokens = ptr(int64(1234)) })},
		{name: "temperature", req: with(func(r *llm.Request) { r.Temperature = ptr(0.7) })},
		{name: "temperature zero", req: with(func(r *llm.Request) { r.Temperature = ptr(0.0) })},
		{name: "top p", req: with(func(r *llm.Request) { r.TopP = ptr(0.9) })},
		{name: "top k", req: with(func(r *llm.Request) { r.TopK = ptr(int64(40)) })},
		{name: "penalties", req: with(func(r *llm.Request) { r.Frequency, r.Presence = ptr(0.5), ptr(-0.5) })},
		{name: "seed", req: with(func(r *llm.Request) { r.Seed = ptr(int64(42)) })},
		{name: "stop", req: with(func(r *llm.Request) { r.Stop = []string{"END", "\nUser:"} })},
		{name: "candidates", req: with(func(r *llm.Request) { r.N = 2 })},
		{name: "logprobs", req: with(func(r *llm.Request) { r.Logprobs = ptr(int64(3)) })},
		{name: "logit bias", req: with(func(r *llm.Request) { r.LogitBias = json.RawMessage(`{"50256":-100}`) })},
		{
			name: "JSON object", req: with(func(r *llm.Request) {
				r.Turns = []llm.Turn{user(text("Hi, answer in JSON"))} // OpenAI refuses it where nobody says the word
				r.Format = llm.OutputFormat{Kind: llm.FormatJSONObject}
			}),
			not: []llm.Protocol{llm.Anthropic},
		}, // emulated by an instruction
		{name: "JSON by a schema", req: with(func(r *llm.Request) {
			r.Format = llm.OutputFormat{Kind: llm.FormatJSONSchema, Name: "verdict", Schema: schema, Strict: ptr(true)}
		})},
		{name: "verbosity", req: with(func(r *llm.Request) { r.Verbosity = "low" }), reasoner: true},
		{name: "cache key", req: with(func(r *llm.Request) { r.Cache.Key = "session-1" })},
		{name: "user and metadata", req: with(func(r *llm.Request) {
			r.UserID, r.Metadata = "jane.doe@example.com", json.RawMessage(`{"team":"a"}`)
		})},
		{name: "tier and store", req: with(func(r *llm.Request) { r.Tier, r.Store = "flex", ptr(false) })},
	}
}

func reasoningCases() []requestCase {
	think := func(r llm.Reasoning) llm.Request { return llm.Request{Turns: hi(), Reasoning: r} }
	return []requestCase{
		{name: "low effort", req: think(llm.Reasoning{Effort: "low"}), reasoner: true},
		{name: "medium effort", req: think(llm.Reasoning{Effort: "medium"}), reasoner: true},
		{name: "high effort", req: think(llm.Reasoning{Effort: "high"}), reasoner: true},
		{name: "budget", req: think(llm.Reasoning{Budget: ptr(int64(4096))}), reasoner: true},
		{name: "the model decides", req: think(llm.Reasoning{Auto: true}), reasoner: true},
		{name: "a budget of minus one", req: think(llm.Reasoning{Budget: ptr(int64(-1))}), reasoner: true},
		{name: "shown", req: think(llm.Reasoning{Effort: "high", Show: llm.ShowSummary}), reasoner: true},
	}
}
