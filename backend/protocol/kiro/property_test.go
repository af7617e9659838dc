package kiro

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// The pieces of random conversations: much of it is what careless clients send.
var (
	someTexts   = []string{"", " \n", "Hi", "a\xffb", "😀 ünï", "[Called read with args: {\"a\":1}]", "<thinking>x</thinking>", "Error: no"}
	someIDs     = []string{"", "a", "a", "b", "call/1", "call:1", "tooluse_Ab12", "x y", "0123456789012345678901234567890123456789012345678901234567890123456789"}
	someNames   = []string{"read", "write", "_x", "9", "", "files.read/all", "mcp__a_server_with_a_very_long_name__and_a_tool_whose_name_is_longer", "größe"}
	someInputs  = []string{"", "{}", `{"a":1}`, "null", "[1]", `{"a":"\ud800"}`, `{"a":"\\ud800"}`, `{"a":"\ud83d\ude00"}`, `{"a":`, "text", `"x"`}
	someSchemas = []string{
		"", "null", "{}", `{"type":"object","properties":null,"required":null}`, `{"type":"object","required":[]}`,
		`{"anyOf":[{"properties":{"a":{"type":"string","minLength":3}}},{"properties":{"b":{}}}]}`, `{"type":"string"}`,
		`{"a":{"type":"string"}}`, `{"type":"object","properties":{"a":{"type":"array","items":{"required":null,"format":"\udc00"}}},"$schema":"x"}`,
	}
	someImages = []image{{format: "png", data: "iVBORw0KGgo="}, {format: "jpeg", data: "/9j/4AAQ"}}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func randomParts(r *rand.Rand) []part {
	var out []part
	for range r.IntN(4) {
		if r.IntN(5) == 0 {
			img := pick(r, someImages)
			out = append(out, part{image: &img})
			continue
		}
		out = append(out, part{text: pick(r, someTexts)})
	}
	return out
}

func randomConversation(r *rand.Rand) conversation {
	c := conversation{model: "claude-sonnet-4.5", window: 200_000, plain: r.IntN(2) == 0, system: pick(r, someTexts), note: pick(r, someTexts)}
	for range r.IntN(12) {
		m := message{assistant: r.IntN(2) == 0, parts: randomParts(r)}
		for range r.IntN(3) {
			m.uses = append(m.uses, use{
				id: pick(r, someIDs), name: pick(r, someNames), namespace: pick(r, someNames[:3]),
				custom: r.IntN(4) == 0, input: json.RawMessage(pick(r, someInputs)),
			})
		}
		for range r.IntN(3) {
			m.results = append(m.results, result{id: pick(r, someIDs), failed: r.IntN(2) == 0, parts: randomParts(r)})
		}
		if r.IntN(3) == 0 {
			m.thought = &thought{text: pick(r, someTexts), signature: "c2ln"}
		}
		c.messages = append(c.messages, m)
	}
	for range r.IntN(4) {
		c.tools = append(c.tools, tool{name: pick(r, someNames), description: pick(r, someTexts), schema: json.RawMessage(pick(r, someSchemas))})
	}
	return c
}

// Whatever comes, the normaliser makes a request of it that keeps the rules.
func TestNormaliserKeepsTheRules(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for range 2000 {
		c := randomConversation(r)
		before, err := json.Marshal(c.messages)
		if err != nil {
			t.Fatal(err)
		}
		if e := c.normalise(protocol.NewLetterNames(maxName)); e != nil {
			t.Fatalf("%v\n%s", e, before)
		}
		body := append(c.append([]byte(`{"conversationState":`), "c"), '}')
		if list := breaches(body); len(list) > 0 {
			t.Fatalf("%q\n%s", list, body)
		}
	}
}

func randomRequest(r *rand.Rand) *llm.Request {
	req := &llm.Request{Origin: pick(r, []llm.Protocol{llm.OpenAI, llm.Responses, llm.Anthropic, llm.Gemini})}
	for range r.IntN(3) {
		req.System = append(req.System, llm.Block{Kind: llm.Text, Text: pick(r, someTexts)})
	}
	for range r.IntN(10) {
		turn := llm.Turn{Role: pick(r, []llm.Role{llm.User, llm.Assistant, llm.System}), Name: pick(r, []string{"", "", "Ann"})}
		for range r.IntN(4) {
			turn.Blocks = append(turn.Blocks, randomBlock(r))
		}
		req.Turns = append(req.Turns, turn)
	}
	for range r.IntN(4) {
		req.Tools = append(req.Tools, llm.Tool{
			Name: pick(r, someNames), Description: pick(r, someTexts), Custom: r.IntN(4) == 0, Schema: json.RawMessage(pick(r, someSchemas)),
		})
	}
	req.ToolChoice.Mode = pick(r, []llm.ChoiceMode{"", llm.ChoiceAuto, llm.ChoiceNone, llm.ChoiceAny})
	return req
}

func randomBlock(r *rand.Rand) llm.Block {
	switch r.IntN(7) {
	case 0, 1:
		return llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: pick(r, someIDs), Name: pick(r, someNames), Args: json.RawMessage(pick(r, someInputs))}}
	case 2, 3:
		return llm.Block{Kind: llm.ToolOutput, Result: &llm.ToolResult{CallID: pick(r, someIDs), Blocks: []llm.Block{{Kind: llm.Text, Text: pick(r, someTexts)}}}}
	case 4:
		sign := &llm.Signature{Origin: pick(r, []llm.Protocol{llm.Kiro, llm.Anthropic}), Value: "c2ln"}
		return llm.Block{Kind: pick(r, []llm.BlockKind{llm.Thinking, llm.Redacted}), Text: pick(r, someTexts), Signature: sign}
	case 5:
		return llm.Block{Kind: llm.Image, Media: &llm.Media{MIME: "image/png", Data: "iVBORw0KGgo="}}
	}
	return llm.Block{Kind: llm.Text, Text: pick(r, someTexts)}
}

// The same for requests as clients send them, and for the cure of refused
// signatures.
func TestRequestsKeepTheRules(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	for range 2000 {
		req := randomRequest(r)
		e, err := Format{}.EncodeRequest(req, protocol.Target{Model: pick(r, []string{"claude-sonnet-4.5", "claude-opus-5", "deepseek-3.2"})})
		if err != nil {
			t.Fatal(err)
		}
		bodies := [][]byte{e.Body}
		if stripped, some := (Format{}).StripReasoning(e.Body); some {
			bodies = append(bodies, stripped)
		}
		for _, body := range bodies {
			if list := breaches(body); len(list) > 0 {
				t.Fatalf("%q\n%s", list, body)
			}
		}
	}
}
