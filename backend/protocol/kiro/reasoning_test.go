package kiro

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

func reasoningCases() []encodeCase {
	own := llm.Signature{Origin: llm.Kiro, Account: "acc", Value: seal(native, "own", false)}
	with := func(change func(*llm.Signature)) llm.Signature {
		s := own
		change(&s)
		return s
	}
	back := llm.Request{Turns: []llm.Turn{
		user(text("q")),
		assistant(thinking("first", own), text("a"), thinking("last counts", own)), user(text("b")),
		assistant(thinking("foreign", with(func(s *llm.Signature) { s.Origin = llm.Anthropic })), text("c")), user(text("d")),
		assistant(thinking("other account", with(func(s *llm.Signature) { s.Account = "other" })), text("e")), user(text("f")),
		assistant(thinking("other model", with(func(s *llm.Signature) { s.Value = seal(gpt, "x", false) })), text("g")), user(text("h")),
		assistant(llm.Block{Kind: llm.Redacted, Text: "sealed", Signature: ptr(with(func(s *llm.Signature) { s.Value = seal(native, "sealed", true) }))}, text("i")), user(text("j")),
		assistant(thinking("alone", own)), user(text("k")),
	}}
	return []encodeCase{
		{"reasoning comes back", native, back},
		{"thinking in tags by effort", old, said(func(r *llm.Request) { r.System, r.Reasoning.Effort = []llm.Block{text("s")}, "xhigh" })},
		{"thinking in tags by budget", old, said(func(r *llm.Request) { r.Reasoning.Budget = ptr(int64(99999)) })},
	}
}

// What is sent of reasoning, by what the model takes and what the client says.
func TestReasoningFields(t *testing.T) {
	effort := func(s string) llm.Reasoning { return llm.Reasoning{Effort: s} }
	budget := func(n int64) llm.Reasoning { return llm.Reasoning{Budget: &n} }
	tests := []struct {
		name, model, fields string
		asked               llm.Reasoning
		maxTokens           int64
		want                string // additionalModelRequestFields
		tags                string // at the front of the text
		dropped             string
	}{
		{"nothing said", native, claudeFields, llm.Reasoning{}, 0, "", "", ""},
		{"effort", native, claudeFields, effort("high"), 0, `{"output_config":{"effort":"high"},"thinking":{"type":"adaptive","display":"summarized"}}`, "", ""},
		{"effort that it has not", native, claudeFields, effort("xhigh"), 0, `{"output_config":{"effort":"high"},"thinking":{"type":"adaptive","display":"summarized"}}`, "", ""},
		{"budget", native, claudeFields, budget(4096), 0, `{"output_config":{"effort":"medium"},"thinking":{"type":"adaptive","display":"summarized"}}`, "", ""},
		{"left to the model", native, claudeFields, llm.Reasoning{Auto: true}, 0, `{"thinking":{"type":"adaptive","display":"summarized"}}`, "", ""},
		{"not shown", native, claudeFields, llm.Reasoning{Effort: "low", Show: llm.ShowNone}, 0, `{"output_config":{"effort":"low"},"thinking":{"type":"adaptive","display":"omitted"}}`, "", ""},
		{"off", native, claudeFields, effort("none"), 0, `{"thinking":{"type":"disabled"}}`, "", ""},
		{"off by budget", native, claudeFields, budget(0), 0, `{"thinking":{"type":"disabled"}}`, "", ""},
		{"off where it cannot be", native, alwaysFields, effort("none"), 0, `{"output_config":{"effort":"low"}}`, "", ""},
		{"variants", native, alwaysFields, llm.Reasoning{Effort: "xhigh", Show: llm.ShowNone}, 0, `{"output_config":{"effort":"xhigh"},"thinking":{"type":"adaptive"}}`, "", ""},
		{"GPT", gpt, gptFields, effort("xhigh"), 0, `{"reasoning":{"effort":"high"}}`, "", ""},
		{"GPT off", gpt, gptFields, effort("none"), 0, `{"reasoning":{"effort":"none"}}`, "", ""},
		{"GPT left to the model", gpt, gptFields, llm.Reasoning{Auto: true}, 0, "", "", ""},
		{"limit", native, claudeFields, llm.Reasoning{}, 32000, `{"max_tokens":32000}`, "", ""},
		{"limit above", native, claudeFields, llm.Reasoning{}, 999999, `{"max_tokens":64000}`, "", ""},
		{"limit without room to think", native, claudeFields, effort("low"), 512, `{"output_config":{"effort":"low"},"thinking":{"type":"adaptive","display":"summarized"}}`, "", "max_tokens"},
		{"small limit without thinking", native, claudeFields, effort("none"), 512, `{"thinking":{"type":"disabled"},"max_tokens":1024}`, "", ""},
		{"limit where nothing thinks", native, limitFields, effort("high"), 2000, `{"max_tokens":2000}`, "", "reasoning"},
		{"limit that it has not", gpt, gptFields, llm.Reasoning{}, 32000, "", "", "max_tokens"},
		{"tags", old, "", effort("medium"), 0, "", "<thinking_mode>adaptive</thinking_mode><thinking_effort>medium</thinking_effort>\n\n", ""},
		{"tags by budget", old, "", budget(10), 0, "", "<thinking_mode>enabled</thinking_mode><max_thinking_length>1024</max_thinking_length>\n\n", ""},
		{"tags left to the model", old, "", llm.Reasoning{Auto: true}, 0, "", "<thinking_mode>enabled</thinking_mode><max_thinking_length>20000</max_thinking_length>\n\n", ""},
		{"tags off", old, "", effort("none"), 0, "", "", ""},
		{"no tags", "deepseek-3.2", "", effort("high"), 9000, "", "", "reasoning,max_tokens"},
		{"an empty schema", native, "{}", effort("low"), 0, "", "<thinking_mode>adaptive</thinking_mode><thinking_effort>low</thinking_effort>\n\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := said(func(r *llm.Request) { r.Reasoning = tt.asked })
			if tt.maxTokens > 0 {
				r.MaxTokens = &tt.maxTokens
			}
			e, err := Format{}.EncodeRequest(&r, target(tt.model, tt.fields))
			if err != nil {
				t.Fatal(err)
			}
			if got := gjson.GetBytes(e.Body, "additionalModelRequestFields").Raw; got != tt.want {
				t.Errorf("fields %s, want %s", got, tt.want)
			}
			if got := gjson.GetBytes(e.Body, "conversationState.currentMessage.userInputMessage.content").Str; got != tt.tags+"hi" {
				t.Errorf("content %q", got)
			}
			if got := strings.Join(e.Dropped, ","); got != tt.dropped {
				t.Errorf("dropped %q, want %q", got, tt.dropped)
			}
		})
	}
}

// The end of a model's name counts where the request says nothing.
func TestEffortByName(t *testing.T) {
	for name, want := range map[string]string{
		"claude-opus-5-max":      `{"output_config":{"effort":"max"},"thinking":{"type":"adaptive","display":"summarized"}}`,
		"claude-opus-5-thinking": `{"thinking":{"type":"adaptive","display":"summarized"}}`,
		"claude-opus-5":          "",
	} {
		r := said(func(r *llm.Request) { r.Model = name })
		e, err := Format{}.EncodeRequest(&r, target(native, claudeFields))
		if err != nil {
			t.Fatal(err)
		}
		if got := gjson.GetBytes(e.Body, "additionalModelRequestFields").Raw; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestStripReasoning(t *testing.T) {
	r := reasoningCases()[0].req
	e, err := Format{}.EncodeRequest(&r, target(native, claudeFields))
	if err != nil {
		t.Fatal(err)
	}
	stripped, some := Format{}.StripReasoning(e.Body)
	if !some || strings.Contains(string(stripped), "reasoningContent") || !json.Valid(stripped) {
		t.Fatalf("%v: %s", some, stripped)
	}
	if list := breaches(stripped); len(list) > 0 {
		t.Errorf("%q", list)
	}
	for i := range r.Turns {
		r.Turns[i].Blocks = withoutThinking(r.Turns[i].Blocks)
	}
	plain, err := Format{}.EncodeRequest(&r, target(native, claudeFields))
	if err != nil {
		t.Fatal(err)
	}
	if string(plain.Body) != string(stripped) {
		t.Errorf("got\n%s\nwant\n%s", stripped, plain.Body)
	}
	for _, body := range []string{"", "{}", `{"conversationState":{}}`, `{"x":"reasoningContent"}`, `{"conversationState":{"history":[1,"\"reasoningContent\""]}}`} {
		if got, some := (Format{}).StripReasoning([]byte(body)); some || string(got) != body {
			t.Errorf("%s became %s", body, got)
		}
	}
}

func withoutThinking(blocks []llm.Block) []llm.Block {
	var out []llm.Block
	for _, b := range blocks {
		if b.Kind != llm.Thinking && b.Kind != llm.Redacted {
			out = append(out, b)
		}
	}
	return out
}

// Behind auto stands another model every time.
func TestNoReasoningBackToTheRouter(t *testing.T) {
	r := llm.Request{Turns: []llm.Turn{user(text("q")), assistant(thinking("x", llm.Signature{Origin: llm.Kiro, Account: "acc", Value: seal("auto", "s", false)}), text("a")), user(text("b"))}}
	e, err := Format{}.EncodeRequest(&r, protocol.Target{Model: "auto", AccountID: "acc"})
	if err != nil || strings.Contains(string(e.Body), "reasoningContent") {
		t.Errorf("%v: %s", err, e.Body)
	}
}
