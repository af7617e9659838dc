package kiro

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/anthropic"
	"github.com/aihub/aihub/backend/protocol/openai"
	"github.com/aihub/aihub/backend/sse"
)

// FuzzEncodeRequest: whatever a client is understood to ask keeps the rules of
// the service.
func FuzzEncodeRequest(f *testing.F) {
	f.Add([]byte(`{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a b","name":"x.y","input":{"a":"\ud800"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a b","content":""},{"type":"text","text":" "}]}],"tools":[{"name":"_z","input_schema":{"oneOf":[]}}],"tool_choice":{"type":"any"},"thinking":{"type":"enabled","budget_tokens":4000}}`), true)
	f.Add([]byte(`{"model":"m","messages":[{"role":"system","content":"s"},{"role":"tool","tool_call_id":"x","content":"late"},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}],"response_format":{"type":"json_object"}}`), false)
	f.Fuzz(func(t *testing.T, body []byte, claude bool) {
		var req *llm.Request
		var err *llm.Error
		if claude {
			req, err = anthropic.Format{}.DecodeRequest(body, protocol.Head{Model: "m"})
		} else {
			req, err = openai.Format{}.DecodeRequest(body, protocol.Head{Model: "m"})
		}
		if err != nil {
			return
		}
		for _, to := range []protocol.Target{target(old, ""), target(native, claudeFields), target(gpt, gptFields)} {
			e, err := Format{}.EncodeRequest(req, to)
			if err != nil {
				if err.Message == "" || err.Kind == "" {
					t.Fatalf("refused without a word: %+v", err)
				}
				continue
			}
			if list := breaches(e.Body); len(list) > 0 {
				t.Fatalf("%q\n%s", list, e.Body)
			}
			if stripped, some := (Format{}).StripReasoning(e.Body); some && len(breaches(stripped)) > 0 {
				t.Fatalf("stripped: %s", stripped)
			}
		}
	})
}

// FuzzStreamDecoder: any payloads of any frames keep the grammar, in a stream
// and in a whole answer alike.
func FuzzStreamDecoder(f *testing.F) {
	for _, tt := range streamCases() {
		var script strings.Builder
		for _, fr := range tt.frames {
			script.WriteString(fr.name + " " + fr.data + "\n")
		}
		f.Add(script.String(), tt.model == old)
	}
	tagged := asked(f, old, "", func(r *llm.Request) { r.Reasoning.Effort, r.Stop = "high", []string{"END"} })
	plain := asked(f, gpt, gptFields, nothing)
	f.Fuzz(func(t *testing.T, script string, tags bool) {
		var frames []frame
		for line := range strings.Lines(script) {
			name, data, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
			if len(name) > 100 || strings.ContainsRune(name, 0) {
				return
			}
			frames = append(frames, frame{name, data})
		}
		e := plain
		if tags {
			e = tagged
		}
		stream := wire(frames)
		checkWhole(t, e, stream, decode(t, Format{}, e, stream, len(stream)+1))
	})
}

// FuzzSchema: any schema becomes one that the service takes.
func FuzzSchema(f *testing.F) {
	for _, s := range someSchemas {
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, plain bool) {
		got := mend(cleanSchema(raw, plain))
		if !json.Valid(got) {
			t.Fatalf("no JSON: %q", got)
		}
		c := conversation{messages: []message{{}}, tools: []tool{{name: "f", wire: "f", description: "f", schema: got}}}
		c.messages[0].word()
		if list := breaches(append(c.append([]byte(`{"conversationState":`), "c"), '}')); len(list) > 0 {
			t.Fatalf("%q: %s", list, got)
		}
	})
}

func long() *llm.Request {
	words := text(strings.Repeat("The quick brown fox jumps over \"the lazy dog\".\n", 400))
	r := &llm.Request{Tools: []llm.Tool{{Name: "f", Schema: json.RawMessage(someSchemas[5])}, {Name: "g"}}}
	for range 10 {
		r.Turns = append(r.Turns, user(words), assistant(words, call("a", "f", `{"q":"x"}`)), user(answer("a", words)))
	}
	return r
}

func BenchmarkEncodeRequest(b *testing.B) {
	r := long()
	e, err := Format{}.EncodeRequest(r, target(native, claudeFields))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(e.Body)))
	for b.Loop() {
		if _, err := (Format{}).EncodeRequest(r, target(native, claudeFields)); err != nil {
			b.Fatal(err)
		}
	}
}

// answerOf is a long answer in small pieces, as the service sends it.
func answerOf() []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var frames []frame
	for range 2000 {
		frames = append(frames, content(pick(r, []string{"word ", "longer words ", "a < b ", "[x] ", "\n"})))
	}
	frames = append(frames, toolUse("t1", "read", ""))
	for range 500 {
		frames = append(frames, toolUse("t1", "read", input(`   `)))
	}
	return wire(whole("TOOL_USE", append(frames, toolUse("t1", "read", stop))...))
}

func BenchmarkStreamDecoder(b *testing.B) {
	stream := answerOf()
	e := asked(b, native, claudeFields, nothing)
	b.SetBytes(int64(len(stream)))
	var events []llm.Event
	for b.Loop() {
		d, frames := Format{}.StreamDecoder(e), Format{}.Frames()
		events = events[:0]
		frames.Feed(stream, func(e sse.Event) { events = d.Next(events[:0], e) })
		events = d.Close(events)
	}
}

func BenchmarkFrames(b *testing.B) {
	stream := answerOf()
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		frames := Format{}.Frames()
		frames.Feed(stream, func(sse.Event) {})
	}
}
