package kiro

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// What cannot be sent is refused with the reason, in the client's words.
func TestRefusals(t *testing.T) {
	media := func(kind llm.BlockKind, m llm.Media) llm.Request {
		return llm.Request{Origin: llm.OpenAI, Turns: []llm.Turn{user(llm.Block{Kind: kind, Media: &m})}}
	}
	data := base64.StdEncoding.EncodeToString
	tools := func(n int, description string) llm.Request {
		return said(func(r *llm.Request) {
			for i := range n {
				r.Tools = append(r.Tools, llm.Tool{Name: "tool_" + strings.Repeat("x", i%50) + string(rune('a'+i%26)), Namespace: string(rune('a' + i/26)), Description: description})
			}
		})
	}
	var pictures []llm.Block
	for range maxPictures + 1 {
		pictures = append(pictures, picture("image/png", pngBytes))
	}
	tests := []struct {
		name, model string
		req         llm.Request
		kind        llm.ErrorKind
		param, part string
	}{
		{"candidates", old, said(func(r *llm.Request) { r.N, r.Origin = 2, llm.Gemini }), llm.InvalidRequest, "generationConfig.candidateCount", "one candidate"},
		{"sound", old, said(func(r *llm.Request) { r.Modalities = []string{"text", "audio"} }), llm.NotSupported, "modalities", "audio"},
		{"file of another provider", old, media(llm.File, llm.Media{FileID: "file-1"}), llm.InvalidRequest, "messages", "file-1"},
		{"image by its address", old, media(llm.Image, llm.Media{URL: "https://x.test/a.png"}), llm.InvalidRequest, "messages", "inline"},
		{"a format that it has not", old, media(llm.Image, llm.Media{MIME: "image/tiff", Data: data([]byte("II*\x00"))}), llm.InvalidRequest, "messages", "image/tiff"},
		{"no base64", old, media(llm.Image, llm.Media{MIME: "image/png", Data: "%%%"}), llm.InvalidRequest, "messages", "base64"},
		{"too large", old, media(llm.Image, llm.Media{MIME: "image/png", Data: data(make([]byte, maxImage+1))}), llm.InvalidRequest, "messages", "10 MB"},
		{"a blind model", "glm-5", media(llm.Image, llm.Media{MIME: "image/png", Data: data([]byte(pngBytes))}), llm.NotSupported, "messages", "glm-5"},
		{"PDF", old, media(llm.File, llm.Media{MIME: "application/pdf", Data: data([]byte("%PDF-1.7"))}), llm.NotSupported, "messages", "application/pdf"},
		{"bytes", old, media(llm.File, llm.Media{MIME: "application/zip", Data: data([]byte("PK\x00\x01"))}), llm.NotSupported, "messages", "application/zip"},
		{"voice", old, media(llm.Audio, llm.Media{MIME: "audio/wav", Data: data([]byte("RIFF0000WAVE"))}), llm.NotSupported, "messages", "transcript"},
		{"many images", old, llm.Request{Turns: []llm.Turn{user(pictures...)}}, llm.InvalidRequest, "", "11 images"},
		{"many tools", old, tools(137, ""), llm.InvalidRequest, "tools", "137 tools"},
		{"large tools", old, tools(40, strings.Repeat("long ", 1800)), llm.InvalidRequest, "tools", "KB"},
		{"a tool that is not there", old, said(func(r *llm.Request) {
			r.Tools, r.ToolChoice = []llm.Tool{{Name: "f"}}, llm.ToolChoice{Mode: llm.ChoiceAny, Names: []llm.ToolRef{{Name: "g"}}}
		}), llm.InvalidRequest, "tool_choice", `"g"`},
		{"a long message", "claude-opus-5", llm.Request{Turns: []llm.Turn{user(text(strings.Repeat("ü", maxUserText+1)))}}, llm.ContextLength, "", "600001 characters"},
		{"a long result", "claude-opus-5", llm.Request{Turns: []llm.Turn{user(text("q")), assistant(call("a", "f", "")), user(answer("a", text(strings.Repeat("x", maxResultText+1))))}}, llm.ContextLength, "", "800001 characters"},
		{"a long conversation", old, llm.Request{Turns: []llm.Turn{user(text(strings.Repeat("x", 400_000))), assistant(text(strings.Repeat("x", 400_000))), user(text("go on"))}}, llm.ContextLength, "", "for this model"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := Format{}.EncodeRequest(&tt.req, target(tt.model, ""))
			if err == nil {
				t.Fatalf("sent as %.200s", e.Body)
			}
			if err.Kind != tt.kind || err.Param != tt.param || !strings.Contains(err.Message, tt.part) {
				t.Errorf("%+v", err)
			}
		})
	}
}

func TestManyMessages(t *testing.T) {
	r := llm.Request{}
	for range maxHistory/2 + 1 {
		r.Turns = append(r.Turns, user(text("a")), assistant(text("b")))
	}
	r.Turns = append(r.Turns, user(text("c")))
	if _, err := (Format{}).EncodeRequest(&r, target(native, "")); err == nil || err.Kind != llm.ContextLength || !strings.Contains(err.Message, "messages") {
		t.Errorf("%v", err)
	}
	r.Turns = r.Turns[4:]
	if _, err := (Format{}).EncodeRequest(&r, target(native, "")); err != nil {
		t.Error(err)
	}
}

// A larger window takes a larger conversation, and images do not count.
func TestWindowBoundsTheWhole(t *testing.T) {
	long := strings.Repeat("x", 500_000)
	r := llm.Request{Turns: []llm.Turn{user(text(long)), assistant(text(long)), user(text("go on"), picture("image/png", pngBytes+long))}}
	for model, fits := range map[string]bool{old: false, native: true} {
		if _, err := (Format{}).EncodeRequest(&r, protocol.Target{Model: model}); (err == nil) != fits {
			t.Errorf("%s: %v", model, err)
		}
	}
	info := &llm.ModelInfo{Window: 1_000_000}
	if _, err := (Format{}).EncodeRequest(&r, protocol.Target{Model: old, Info: info}); err != nil {
		t.Errorf("the live window does not count: %v", err)
	}
	r.Turns[0].Blocks[0].Text = "hi"
	if _, err := (Format{}).EncodeRequest(&r, protocol.Target{Model: old}); err != nil {
		t.Error(err)
	}
}
