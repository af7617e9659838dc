package protocoltest

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// conversation is a long one, in which a client asks at every user turn.
func conversation() *llm.Request {
	return &llm.Request{
		System: []llm.Block{text("Be brief.")},
		Tools:  []llm.Tool{weather(), clock(), {Name: "exec", Custom: true}},
		Turns: []llm.Turn{
			user(text("Hi")),
			{Role: llm.System, Blocks: []llm.Block{text("It is Monday.")}},
			assistant(text("Hello")),
			user(text("weather in Bonn and Ulm?"), media(llm.Image, llm.Media{MIME: "image/png", Data: b64(pngBytes)})),
			assistant(text("Let me see."), call("call_1", "get_weather", `{"city":"Bonn"}`), call("call_2", "get_weather", `{"city":"Ulm"}`)),
			user(result("call_2", text("sun")), failed("call_1", text("no such city"))),
			assistant(call("call_1", "clock", `{}`)), // the id again, as careless clients do
			user(result("call_1", text("noon"), media(llm.Image, llm.Media{MIME: "image/png", Data: b64(pngBytes)})), text("hurry")),
			assistant(llm.Block{Kind: llm.Thinking, Text: "unsigned"}, text("Sun in Ulm.")),
			user(text("and tomorrow?")), user(text("please")),
			assistant(llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "call_9", Name: "exec", Custom: true, Input: "cal"}}),
			user(llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: "call_9", Custom: true, Blocks: []llm.Block{text("ok")}}}),
		},
	}
}

// marks are what may move from turn to turn without hurting a cache: cache marks
// themselves.
var marks = regexp.MustCompile(`,?"(cache_control|prompt_cache_breakpoint)":\{[^{}]*\}`)

// prefix checks that what is sent in one turn of a conversation is the beginning
// of what is sent in the next. Providers bill a repeated beginning at a tenth.
func (s *suite) prefix(t *testing.T) {
	for _, model := range []string{s.profile.model, s.profile.reasoner} {
		s.run(t, "prefix", model, func(t *testing.T) {
			grows(t, s.profile.other, func(req *llm.Request) []byte { return mustSend(t, s.codec, req, model).enc.Body })
		})
	}
}

// prefix checks the same for what a client wrote: reading it must not add what
// differs from turn to turn, such as ids made up anew.
func (p *pair) prefix(t *testing.T) {
	grows(t, p.client.codec.ID(), func(req *llm.Request) []byte {
		near := mustSend(t, p.client.codec, req, p.client.profile.reasoner)
		return mustSend(t, p.upstream.codec, near.seen, p.upstream.profile.reasoner).enc.Body
	})
}

// grows encodes the conversation up to every moment at which a client asks.
func grows(t *testing.T, origin llm.Protocol, encode func(*llm.Request) []byte) {
	t.Helper()
	full := conversation()
	var last []string
	for n := 1; n <= len(full.Turns); n++ {
		asks := full.Turns[n-1].Role != llm.Assistant && (n == len(full.Turns) || full.Turns[n].Role == llm.Assistant)
		if !asks {
			continue
		}
		req := *full
		req.Origin, req.Model, req.Turns = origin, "client-model", full.Turns[:n]
		got := messages(t, encode(&req))
		if len(got) <= len(last) || !slices.Equal(got[:len(last)], last) {
			t.Fatalf("turn %d does not begin as the one before\ngot  %q\nlast %q", n, got, last)
		}
		last = got
	}
}

// messages lists the messages of a request of any format, without cache marks.
func messages(t *testing.T, body []byte) []string {
	t.Helper()
	if state := gjson.GetBytes(body, "conversationState"); state.Exists() {
		return kiroMessages(t, state)
	}
	for _, name := range []string{"messages", "input", "contents"} {
		list := gjson.GetBytes(body, name)
		if !list.IsArray() {
			continue
		}
		var out []string
		for _, m := range list.Array() {
			out = append(out, marks.ReplaceAllString(m.Raw, ""))
		}
		return out
	}
	t.Fatalf("no messages: %s", body)
	return nil
}

// kiroMessages lists the messages of Kiro, of which only the last carries tools.
func kiroMessages(t *testing.T, state gjson.Result) []string {
	t.Helper()
	var out []string
	for _, m := range append(state.Get("history").Array(), state.Get("currentMessage")) {
		var message map[string]map[string]any
		if err := json.Unmarshal([]byte(m.Raw), &message); err != nil {
			t.Fatal(err)
		}
		if c, ok := message["userInputMessage"]["userInputMessageContext"].(map[string]any); ok {
			delete(c, "tools")
			if len(c) == 0 {
				delete(message["userInputMessage"], "userInputMessageContext")
			}
		}
		out = append(out, describe(message))
	}
	return out
}

// signatures checks where signatures go: to the account that they were made for,
// to nobody else, and through the client and back.
func (s *suite) signatures(t *testing.T) {
	own, foreign := s.codec.ID(), llm.Anthropic
	if own == llm.Anthropic {
		foreign = llm.Gemini
	}
	for _, tt := range []struct {
		name string
		sign llm.Signature
		sent bool
	}{
		{"own", llm.Signature{Origin: own, Account: account, Value: "c2VjcmV0LXByb29m"}, true},
		{"own of an unknown account", llm.Signature{Origin: own, Value: "c2VjcmV0LXByb29m"}, true},
		{"own of another account", llm.Signature{Origin: own, Account: "acc-2", Value: "c2VjcmV0LXByb29m"}, false},
		{"foreign", llm.Signature{Origin: foreign, Account: account, Value: "c2VjcmV0LXByb29m"}, false},
	} {
		s.run(t, "signatures", tt.name, func(t *testing.T) { s.signature(t, tt.sign, tt.sent) })
	}
	s.run(t, "signatures", "carried", func(t *testing.T) { s.carried(t, foreign) })
}

// thoughtful is a conversation with a signed thought.
func thoughtful(origin llm.Protocol, sign llm.Signature) *llm.Request {
	return &llm.Request{
		Origin: origin, Model: "client-model", Tools: []llm.Tool{clock()}, Reasoning: llm.Reasoning{Effort: "medium"},
		Turns: []llm.Turn{
			user(text("time?")),
			assistant(llm.Block{Kind: llm.Thinking, Text: "a secret thought", Signature: &sign}, call("call_1", "clock", "{}")),
			user(result("call_1", text("noon"))),
		},
	}
}

func (s *suite) signature(t *testing.T, sign llm.Signature, sent bool) {
	t.Helper()
	body := mustSend(t, s.codec, thoughtful(s.profile.other, sign), s.profile.reasoner).enc.Body
	found := bytes.Contains(body, []byte(sign.Value))
	if s.codec.ID() == llm.OpenAI || s.codec.ID() == llm.Gemini && sent {
		return // Chat has no place for it; Gemini signs parts, not thoughts
	}
	if found != sent {
		t.Errorf("the signature is sent: %v, want %v\n%s", found, sent, body)
	}
	if bytes.Contains(body, []byte("gw1:")) {
		t.Errorf("the label reaches the upstream: %s", body)
	}
}

// carried checks that a client of the format keeps a foreign signature for the
// gateway: what it gets in an answer it sends back in the next request.
func (s *suite) carried(t *testing.T, foreign llm.Protocol) {
	if s.codec.ID() == llm.OpenAI {
		return
	}
	x := mustSend(t, s.codec, asking(s.profile.other), s.profile.reasoner)
	resp := rich(s.profile)
	want := llm.Signature{Origin: foreign, Account: account, Value: "c2VjcmV0LXByb29m"}
	resp.Blocks[0].Signature = &want
	got := s.whole(t, x, x.worded(resp))
	stream := Collect(decode(t, s.codec, x.enc, encodeStream(s.codec, x.seen, EventsOf(x.worded(resp), 5)).events))
	for _, answer := range []*llm.Response{got, stream} {
		back := &llm.Request{Origin: s.codec.ID(), Model: "client-model", Tools: asking("").Tools, Turns: []llm.Turn{
			user(text("Hi")), {Role: llm.Assistant, Blocks: answer.Blocks}, user(result("call_1", text("sun"))),
		}, Reasoning: llm.Reasoning{Effort: "medium"}}
		seen := mustSend(t, s.codec, back, s.profile.reasoner).seen
		if !slices.ContainsFunc(seen.Turns[1].Blocks, func(b llm.Block) bool { return b.Signature != nil && *b.Signature == want }) {
			t.Errorf("the signature came back as %s", describe(seen.Turns[1]))
		}
	}
}

// strip checks the cure for refused signatures.
func (s *suite) strip(t *testing.T) {
	req := thoughtful(s.profile.other, llm.Signature{Origin: s.codec.ID(), Account: account, Value: "c2VjcmV0LXByb29m"})
	body := mustSend(t, s.codec, req, s.profile.reasoner).enc.Body
	before := bytes.Clone(body)
	stripped, some := s.codec.StripReasoning(body)
	if !bytes.Equal(body, before) {
		t.Error("the body was changed in place")
	}
	if some != bytes.Contains(body, []byte("c2VjcmV0LXByb29m")) {
		t.Errorf("there was reasoning: %v\n%s", some, body)
	}
	if !some {
		return
	}
	if !json.Valid(stripped) || bytes.Contains(stripped, []byte("c2VjcmV0LXByb29m")) || bytes.Contains(stripped, []byte("secret thought")) {
		t.Errorf("left over: %s", stripped)
	}
	if again, some := s.codec.StripReasoning(stripped); some {
		t.Errorf("there is still reasoning: %s", again)
	}
	head := headOf(&protocol.Encoded{Body: stripped, Path: "/v1beta/models/m:generateContent"})
	seen, e := s.codec.DecodeRequest(stripped, head)
	if e != nil {
		t.Fatal(e)
	}
	if l := factsOf(seen); !l.has("call") || !l.has("result") {
		t.Errorf("more than the reasoning is gone:\n%s", l)
	}
}
