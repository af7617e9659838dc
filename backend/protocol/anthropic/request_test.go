package anthropic

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/protocoltest"
)

func encodeCases() []encodeCase {
	return append(append(parameterCases(), toolCases()...), historyCases()...)
}

func (c encodeCase) request() *llm.Request {
	r := &llm.Request{Origin: llm.OpenAI, Model: "client-name", Turns: []llm.Turn{user(text("hi"))}}
	c.make(r)
	return r
}

func TestEncodeRequest(t *testing.T) {
	for _, tt := range encodeCases() {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.request()
			before := protocoltest.Dump(t, r)
			e, err := Format{}.EncodeRequest(r, protocol.Target{Model: tt.model, AccountID: "acc"})
			if err != nil {
				t.Fatal(err)
			}
			out := append(protocoltest.Indented(t, e.Body), "dropped: "+strings.Join(e.Dropped, ", ")+"\n"...)
			protocoltest.Golden(t, "encode/"+tt.name+".txt", out)
			if string(protocoltest.Dump(t, r)) != string(before) {
				t.Error("the request was changed")
			}
			if _, err := (Format{}).DecodeRequest(e.Body, protocol.Head{}); err != nil {
				t.Errorf("does not read its own request: %v", err)
			}
		})
	}
}

func TestEncodeRequestRefuses(t *testing.T) {
	media := func(kind llm.BlockKind, m llm.Media) func(*llm.Request) {
		return turns(user(llm.Block{Kind: kind, Media: &m}))
	}
	tests := []struct {
		name  string
		make  func(*llm.Request)
		param string
		says  string
	}{
		{"candidates", func(r *llm.Request) { r.N = 2 }, "n", "one answer"},
		{"audio answer", func(r *llm.Request) { r.Modalities = []string{"text", "audio"} }, "modalities", "audio"},
		{"audio", media(llm.Audio, llm.Media{MIME: "audio/wav", Data: "UklG"}), "messages", "audio"},
		{"bitmap", media(llm.Image, llm.Media{MIME: "image/bmp", Data: "Qk0="}), "messages", "image/bmp"},
		{"file of another provider", media(llm.Image, llm.Media{FileID: "file-1"}), "messages", "file-1"},
		{"binary document", media(llm.File, llm.Media{MIME: "application/zip", Data: "UEsDBAD/"}), "messages", "application/zip"},
		{"tool that is not there", all(forced("absent")), "tool_choice", "absent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := encodeCase{make: tt.make}.request()
			_, err := Format{}.EncodeRequest(r, protocol.Target{Model: opus5})
			if err == nil || err.Kind != llm.InvalidRequest || err.Param != tt.param || !strings.Contains(err.Message, tt.says) {
				t.Errorf("got %+v", err)
			}
			if _, ok := (Format{}).EncodeCountRequest(r, protocol.Target{Model: opus5}); ok {
				t.Error("was counted")
			}
		})
	}
}

func TestDroppedInTheClientsWords(t *testing.T) {
	r := encodeCase{make: sampling(0.2, 0.3, 4)}.request()
	r.Origin = llm.Gemini
	e, err := Format{}.EncodeRequest(r, protocol.Target{Model: opus55})
	if err != nil {
		t.Fatal(err)
	}
	want := "generationConfig.temperature generationConfig.topP generationConfig.topK"
	if got := strings.Join(e.Dropped, " "); got != want {
		t.Errorf("got %s", got)
	}
}

func TestEncodeCountRequest(t *testing.T) {
	c := encodeCase{make: all(forced(), sampling(0.5, -1, -1), func(r *llm.Request) { r.Stream = true })}
	e, ok := Format{}.EncodeCountRequest(c.request(), protocol.Target{Model: sonnet45})
	if !ok || e.Path != "/v1/messages/count_tokens" {
		t.Fatalf("%v %+v", ok, e)
	}
	protocoltest.Golden(t, "encode/count.txt", protocoltest.Indented(t, e.Body))
	if n, ok := (Format{}).DecodeCount([]byte(`{"input_tokens":7}`)); !ok || n != 7 {
		t.Error(n, ok)
	}
	if _, ok := (Format{}).DecodeCount([]byte(`{}`)); ok {
		t.Error("read a count out of nothing")
	}
}

// What the next turn of a conversation begins with is what this one was, byte
// for byte, or the provider's cache is lost.
func TestConversationGrowsByItsEnd(t *testing.T) {
	long := []llm.Turn{
		user(text("1")), assistant(text("2"), call("a", "look", "{}")), user(result("a", text("3")), text("4")),
		{Role: llm.System, Blocks: []llm.Block{text("5")}},
		assistant(text("6")), user(text("7")),
	}
	bare := strings.NewReplacer(`,"cache_control":{"type":"ephemeral"}`, "")
	encode := func(model string, turns []llm.Turn) string {
		r := encodeCase{make: func(r *llm.Request) { r.Turns, r.Tools = turns, []llm.Tool{tool("look")} }}.request()
		b := newBuilder(r, protocol.Target{Model: model})
		b.settle()
		return strings.TrimSuffix(bare.Replace(string(b.appendMessages(nil))), "]")
	}
	for _, model := range []string{opus5, sonnet45} {
		for _, n := range []int{1, 3, 4} {
			if short, whole := encode(model, long[:n]), encode(model, long); !strings.HasPrefix(whole, strings.TrimSuffix(short, "]}")) {
				t.Errorf("%s, %d turns:\n%s\n%s", model, n, short, whole)
			}
		}
	}
}
