package protocoltest

import (
	"encoding/base64"
	"encoding/json"

	"github.com/aihub/aihub/backend/llm"
)

// requestCase is one row of the table that every codec, and every pair of them,
// must carry.
type requestCase struct {
	name     string
	req      llm.Request
	reasoner bool // needs a model that can be told how much to think
	// not lists the formats that must rebuild the request so much that it cannot
	// be compared, or have no place for it at all.
	not []llm.Protocol
}

func text(s string) llm.Block { return llm.Block{Kind: llm.Text, Text: s} }

func user(blocks ...llm.Block) llm.Turn { return llm.Turn{Role: llm.User, Blocks: blocks} }

func assistant(blocks ...llm.Block) llm.Turn { return llm.Turn{Role: llm.Assistant, Blocks: blocks} }

func call(id, name, args string) llm.Block {
	return llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: id, Name: name, Args: json.RawMessage(args)}}
}

func result(id string, blocks ...llm.Block) llm.Block {
	return llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: id, Blocks: blocks}}
}

func failed(id string, blocks ...llm.Block) llm.Block {
	b := result(id, blocks...)
	b.Result.IsError = true
	return b
}

func media(kind llm.BlockKind, m llm.Media) llm.Block { return llm.Block{Kind: kind, Media: &m} }

func cached(b llm.Block, ttl string) llm.Block {
	b.Cache = &llm.CacheMark{TTL: ttl}
	return b
}

func ptr[T any](v T) *T { return &v }

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// The beginnings of real files, so that nobody who looks at them is misled.
const (
	pngBytes = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
	jpgBytes = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
	pdfBytes = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
	wavBytes = "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"
)

func weather() llm.Tool {
	return llm.Tool{
		Name: "get_weather", Description: "Weather of a <city> & its surroundings",
		Schema: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string","description":"zip or name"},"unit":{"type":"string","enum":["c","f"]}},"required":["city"]}`),
	}
}

func clock() llm.Tool { return llm.Tool{Name: "clock", Description: "The time"} }

func hi() []llm.Turn { return []llm.Turn{user(text("Hi"))} }

// requestCases lists what clients send.
func requestCases() []requestCase {
	var all []requestCase
	for _, group := range [][]requestCase{textCases(), mediaCases(), toolCases(), historyCases(), wordyCases(), parameterCases(), reasoningCases()} {
		all = append(all, group...)
	}
	return all
}

func textCases() []requestCase {
	return []requestCase{
		{name: "text", req: llm.Request{Turns: hi()}},
		{name: "streamed", req: llm.Request{Turns: hi(), Stream: true, IncludeUsage: true}},
		{name: "every byte of a text", req: llm.Request{Turns: []llm.Turn{
			user(text("  if a < b && c > \"d\" {\r\n\t\u2028\\u0041 ünï 😀 \x7f\n}\n\n ")),
		}}},
		{name: "system", req: llm.Request{System: []llm.Block{text("Be brief.")}, Turns: hi()}},
		{name: "system in parts", req: llm.Request{System: []llm.Block{text("Be brief."), text("Be kind.")}, Turns: hi()}},
		{name: "developer", req: llm.Request{System: []llm.Block{{Kind: llm.Text, Text: "Be brief.", Developer: true}}, Turns: hi()}},
		{name: "several turns", req: llm.Request{Turns: []llm.Turn{user(text("Hi")), assistant(text("Hello")), user(text("Who are you?"))}}},
		{name: "parts of a turn", req: llm.Request{Turns: []llm.Turn{user(text("one"), text("two"))}}},
		{name: "two user turns", req: llm.Request{Turns: []llm.Turn{user(text("one")), user(text("two"))}}},
		{name: "two assistant turns", req: llm.Request{Turns: []llm.Turn{
			user(text("q")), assistant(text("one")), assistant(text("two")), user(text("go on")),
		}}},
		{name: "system in the middle", req: llm.Request{System: []llm.Block{text("Be brief.")}, Turns: []llm.Turn{
			user(text("q")), {Role: llm.System, Blocks: []llm.Block{text("now in French")}}, assistant(text("oui")), user(text("more")),
		}}},
		{name: "empty assistant turn", req: llm.Request{Turns: []llm.Turn{user(text("a")), assistant(text("")), user(text("b"))}}},
		{name: "refusal", req: llm.Request{Turns: []llm.Turn{
			user(text("q")), assistant(llm.Block{Kind: llm.RefusalBlock, Text: "I cannot."}), user(text("why?")),
		}}, not: []llm.Protocol{llm.Anthropic, llm.Gemini, llm.Kiro}},
		{name: "cache marks", req: llm.Request{
			System: []llm.Block{cached(text("rules"), "1h")},
			Turns:  []llm.Turn{user(cached(text("long document"), ""), text("question"))},
		}},
	}
}

func mediaCases() []requestCase {
	png, jpg := llm.Media{MIME: "image/png", Data: b64(pngBytes)}, llm.Media{MIME: "image/jpeg", Data: b64(jpgBytes), Detail: "low"}
	pdf := llm.Media{MIME: "application/pdf", Data: b64(pdfBytes), Filename: "paper.pdf"}
	wav := llm.Media{MIME: "audio/wav", Data: b64(wavBytes)}
	return []requestCase{
		{name: "image", req: llm.Request{Turns: []llm.Turn{user(text("look"), media(llm.Image, png), text("and"), media(llm.Image, jpg))}}},
		{name: "image by URL", req: llm.Request{Turns: []llm.Turn{
			user(text("look"), media(llm.Image, llm.Media{MIME: "image/png", URL: "https://example.com/a.png?x=1&y=2"})),
		}}},
		{name: "image by a provider's id", req: llm.Request{Turns: []llm.Turn{user(media(llm.Image, llm.Media{FileID: "file-1"}), text("look"))}}},
		{name: "PDF", req: llm.Request{Turns: []llm.Turn{user(media(llm.File, pdf), text("sum up"))}}},
		{name: "PDF by URL", req: llm.Request{Turns: []llm.Turn{
			user(media(llm.File, llm.Media{MIME: "application/pdf", URL: "https://example.com/a.pdf"}), text("sum up")),
		}}},
		{name: "audio", req: llm.Request{Turns: []llm.Turn{user(media(llm.Audio, wav), text("write it down"))}}},
	}
}

func toolCases() []requestCase {
	grammar := json.RawMessage(`{"type":"grammar","syntax":"lark","definition":"start: \"ls\" /.+/"}`)
	shell := llm.Tool{Name: "exec", Description: "Runs a command", Custom: true, Grammar: grammar}
	spaced := llm.Tool{Name: "list", Namespace: "agents", Description: "Lists them", Schema: json.RawMessage(`{"type":"object","properties":{}}`)}
	long := clock()
	long.Name = "mcp__a_server_with_a_very_long_name__and_a_tool_whose_name_is_even_longer_than_that"
	odd := clock()
	odd.Name = "files.read/all"
	marked := weather()
	marked.Cache = &llm.CacheMark{}
	choose := func(mode llm.ChoiceMode, names ...string) llm.Request {
		r := llm.Request{Turns: hi(), Tools: []llm.Tool{weather(), clock()}, ToolChoice: llm.ToolChoice{Mode: mode}}
		for _, n := range names {
			r.ToolChoice.Names = append(r.ToolChoice.Names, llm.ToolRef{Name: n})
		}
		return r
	}
	some := choose(llm.ChoiceAny, "clock", "get_weather")
	some.Tools = append(some.Tools, llm.Tool{Name: "never", Description: "Not to be called"})
	parallel := choose(llm.ChoiceAuto)
	parallel.ToolChoice.Parallel = ptr(false)
	return []requestCase{
		{name: "tools", req: llm.Request{Turns: hi(), Tools: []llm.Tool{weather(), clock()}}},
		{name: "strict tool", req: llm.Request{Turns: hi(), Tools: []llm.Tool{{Name: "f", Strict: ptr(true), Schema: json.RawMessage(
			`{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}`)}}}},
		{name: "custom tool", req: llm.Request{Turns: hi(), Tools: []llm.Tool{shell, weather()}}},
		{name: "namespace", req: llm.Request{Turns: hi(), Tools: []llm.Tool{weather(), spaced}}},
		{name: "long name", req: llm.Request{Turns: hi(), Tools: []llm.Tool{long}}},
		{name: "odd name", req: llm.Request{Turns: hi(), Tools: []llm.Tool{odd}}},
		{name: "cached tool", req: llm.Request{Turns: hi(), Tools: []llm.Tool{clock(), marked}}},
		{name: "choice auto", req: choose(llm.ChoiceAuto)},
		{name: "choice none", req: choose(llm.ChoiceNone), not: []llm.Protocol{llm.Kiro}}, // which is sent none
		{name: "choice any", req: choose(llm.ChoiceAny)},
		{name: "choice of one", req: choose(llm.ChoiceAny, "clock")},
		{name: "choice of some", req: some, not: []llm.Protocol{llm.Anthropic, llm.Kiro}}, // which are sent those tools only
		{name: "one call at a time", req: parallel},
	}
}
