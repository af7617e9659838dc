package gemini

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

// encoded is a request with tools whose names had to be changed and a freeform
// one.
func encoded() *protocol.Encoded {
	names := protocol.NewNames(64, true)
	names.Upstream("ns", "in")
	names.SetCustom(names.Upstream("", "exec"))
	return &protocol.Encoded{Names: names, Target: protocol.Target{AccountID: "acc"}}
}

var madeUp = regexp.MustCompile(`call_[0-9A-Za-z]{24}`)

func anonymous(raw []byte) []byte { return madeUp.ReplaceAll(raw, []byte("(made here)")) }

func TestDecodeResponse(t *testing.T) {
	candidate := func(members string) string { return `{"candidates":[{` + members + `}]}` }
	parts := func(list string) string {
		return candidate(`"content":{"role":"model","parts":[` + list + `]},"finishReason":"STOP"`)
	}
	tests := map[string]string{
		"text": `{"candidates":[{"content":{"parts":[{"text":"he"},{"text":"llo"}],"role":"model"},"finishReason":"STOP","index":0}],
			"usageMetadata":{"promptTokenCount":10,"toolUsePromptTokenCount":2,"cachedContentTokenCount":4,"candidatesTokenCount":3,"thoughtsTokenCount":5,"totalTokenCount":20},
			"modelVersion":"gemini-3-flash","responseId":"r1","createTime":"2026-11-23T10:00:00.5Z"}`,
		"thoughts":           parts(`{"text":"hm","thought":true},{"text":"m","thought":true},{"text":"a"},{"text":"b","thoughtSignature":"c2ln"},{"text":"c"},{"text":"","thoughtSignature":"dHdv"}`),
		"calls":              parts(`{"text":"see"},{"functionCall":{"id":"x","name":"ns__in","args":{"b":1,"a":12345678901234567890}},"thoughtSignature":"c2ln"},{"functionCall":{"name":"exec","args":{"input":"ls\n"}}},{"functionCall":{"name":"unknown"}},{"functionCall":{}}`),
		"media":              parts(`{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"inlineData":{"mimeType":"image/png","data":"BBBB"},"thought":true},{"fileData":{"fileUri":"https://x.test/a.png"}},{"inlineData":{}}`),
		"server tools":       parts(`{"executableCode":{"code":"1"}},{"codeExecutionResult":{"output":"1"}},{"text":"one"}`),
		"signature alone":    parts(`{"functionCall":{"id":"x","name":"f"}},{"thoughtSignature":"c2ln"}`),
		"grounding":          candidate(`"content":{"parts":[{"text":"a"}]},"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a","title":"A"}},{"web":{"uri":"https://a","title":"A"}}]},"citationMetadata":{"citations":[{"uri":"https://b","startIndex":1}]}`),
		"several candidates": `{"candidates":[{"index":1,"content":{"parts":[{"text":"no"}]}},{"index":0,"content":{"parts":[{"text":"yes"}]},"finishReason":"STOP"}]}`,
		"blocked prompt":     `{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT","blockReasonMessage":"no"},"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}}`,
		"no reason":          candidate(`"content":{"parts":[{"text":"a"}]}`),
		"malformed call":     candidate(`"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"Malformed function call: x"`),
	}
	for _, word := range []string{"MAX_TOKENS", "CONTINUATION", "SAFETY", "RECITATION", "SPII", "IMAGE_SAFETY", "UNEXPECTED_TOOL_CALL", "LANGUAGE", "NEW_WORD"} {
		tests["reason "+word] = candidate(`"finishReason":"` + word + `"`)
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			r, e := Format{}.DecodeResponse([]byte(body), encoded())
			if e != nil {
				t.Fatal(e)
			}
			protocoltest.Golden(t, "answer/"+name+".json", anonymous(protocoltest.DumpExact(t, r)))
		})
	}
}

func TestDecodeResponseFails(t *testing.T) {
	for body, kind := range map[string]llm.ErrorKind{
		`<html>`: llm.BadUpstream, `{}`: llm.BadUpstream, `[]`: llm.BadUpstream, `{"candidates":[]}`: llm.BadUpstream,
		`{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}`:          llm.Overloaded,
		`[{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}]`: llm.RateLimited,
	} {
		if _, e := (Format{}).DecodeResponse([]byte(body), encoded()); e == nil || e.Kind != kind {
			t.Errorf("%s: %v", body, e)
		}
	}
}

func answers() map[string]llm.Response {
	stopped := func(reason llm.StopReason, blocks ...llm.Block) llm.Response {
		return llm.Response{ID: "r1", Model: "m", Blocks: blocks, Stop: llm.Stop{Reason: reason}, Usage: llm.Usage{Input: 10, CacheRead: 4, Output: 9, Reasoning: 6}}
	}
	cited := text("a")
	cited.Citations, cited.Origin = json.RawMessage(`[{"type":"url_citation","url_citation":{"url":"https://a","title":"A"}}]`), llm.OpenAI
	created := stopped(llm.StopEndTurn, text("hi"))
	created.Created = 1_700_000_000
	detailed := stopped(llm.StopRefusal, llm.Block{Kind: llm.RefusalBlock, Text: "No."})
	detailed.Stop.Detail = "policy"
	return map[string]llm.Response{
		"text": created,
		"thoughts": stopped(llm.StopEndTurn, signed(llm.Block{Kind: llm.Thinking, Text: "hm"}, llm.Anthropic, "acc", "sig"),
			signed(llm.Block{Kind: llm.Redacted, Text: "r"}, llm.Anthropic, "acc", "r"), llm.Block{Kind: llm.Thinking}, signed(text("a"), llm.Gemini, "", "b3du")),
		"calls": stopped(llm.StopToolUse, text("see"), signed(call("a", "f", `{"x":1}`), llm.Gemini, "acc", "b3du"), call("b", "g", ""), call("c", "h", `{"cut":"of`),
			llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "d", Namespace: "ns", Name: "i", Custom: true, Input: "ls"}}),
		"media":          stopped(llm.StopEndTurn, media(llm.Image, llm.Media{MIME: "image/png", Data: "AAAA"}), media(llm.Image, llm.Media{URL: "https://x.test/a.png"})),
		"opaque":         stopped(llm.StopEndTurn, llm.Block{Kind: llm.Opaque, Origin: llm.Gemini, Raw: json.RawMessage(`{ "executableCode": {} }`)}, llm.Block{Kind: llm.Opaque, Origin: llm.Anthropic, Raw: json.RawMessage(`{}`)}),
		"sources":        stopped(llm.StopEndTurn, cited),
		"nothing":        stopped(llm.StopEndTurn),
		"max tokens":     stopped(llm.StopMaxTokens, text("a")),
		"context":        stopped(llm.StopContextExceeded),
		"sequence":       stopped(llm.StopSequence),
		"pause":          stopped(llm.StopPause),
		"refusal":        detailed,
		"refused":        stopped(llm.StopRefusal),
		"blocked prompt": stopped(llm.StopContentFilter),
		"filtered":       stopped(llm.StopContentFilter, text("a")),
		"malformed call": stopped(llm.StopMalformedCall),
		"compaction":     stopped(llm.StopCompaction),
	}
}

func TestEncodeResponse(t *testing.T) {
	for name, r := range answers() {
		t.Run(name, func(t *testing.T) {
			protocoltest.Golden(t, "client/"+name+".json", protocoltest.Indented(t, Format{}.EncodeResponse(&r, &llm.Request{Model: "asked"})))
		})
	}
}

func TestEncodeResponseFillsIn(t *testing.T) {
	var got struct{ ModelVersion, ResponseID string }
	body := Format{}.EncodeResponse(&llm.Response{Stop: llm.Stop{Reason: llm.StopEndTurn}}, &llm.Request{Model: "asked"})
	if err := json.Unmarshal(body, &got); err != nil || got.ModelVersion != "asked" || len(got.ResponseID) != 24 {
		t.Errorf("%v %s", err, body)
	}
}

func TestCounts(t *testing.T) {
	if got := string(Format{}.EncodeCount(7)); got != `{"totalTokens":7}` {
		t.Error(got)
	}
	if n, ok := (Format{}).DecodeCount([]byte(`{"totalTokens":7,"cachedContentTokenCount":2}`)); n != 7 || !ok {
		t.Error(n, ok)
	}
}
