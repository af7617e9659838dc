package protocoltest

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
)

// The suite's own two ends must agree, or it would prove nothing.
func TestCollectUndoesEventsOf(t *testing.T) {
	for _, tt := range answerCases() {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.of(profileOf(llm.Responses))
			for _, n := range []int{1, 3, 1 << 20} {
				events := EventsOf(want, n)
				checkEvents(t, events, n)
				if got := Collect(events); describe(got) != describe(want) {
					t.Errorf("got  %s\nwant %s", describe(got), describe(want))
				}
			}
		})
	}
}

func checkEvents(t *testing.T, events []llm.Event, n int) {
	t.Helper()
	var c llm.Checker
	for _, e := range events {
		if err := c.Check(e); err != nil {
			t.Fatal(err)
		}
		if utf8.RuneCountInString(e.Delta) > n {
			t.Errorf("%q has more than %d characters", e.Delta, n)
		}
	}
}

func TestCollectCitations(t *testing.T) {
	got := Collect([]llm.Event{
		{Kind: llm.EventStart},
		{Kind: llm.EventBlockStart, Block: &llm.Block{Kind: llm.Text}},
		{Kind: llm.EventDelta, Citations: json.RawMessage(`[{"a":1}]`), Origin: llm.Anthropic},
		{Kind: llm.EventDelta, Citations: json.RawMessage(`{"b":2}`), Origin: llm.Anthropic},
		{Kind: llm.EventBlockStop},
		{Kind: llm.EventStop, Stop: llm.Stop{Reason: llm.StopEndTurn}},
	})
	if b := got.Blocks[0]; string(b.Citations) != `[{"a":1},{"b":2}]` || b.Origin != llm.Anthropic {
		t.Errorf("got %s of %q", b.Citations, b.Origin)
	}
}

func TestFactsCompare(t *testing.T) {
	a := factsOf(&llm.Request{Turns: []llm.Turn{user(text("one"), text("two"))}})
	for name, tt := range map[string]struct {
		req  llm.Request
		same bool
	}{
		"joined":          {llm.Request{Turns: []llm.Turn{user(text("one\n\ntwo"))}}, true},
		"two turns":       {llm.Request{Turns: []llm.Turn{user(text("one")), user(text("two"))}}, true},
		"another text":    {llm.Request{Turns: []llm.Turn{user(text("one"), text("three"))}}, false},
		"another role":    {llm.Request{Turns: []llm.Turn{assistant(text("one"), text("two"))}}, false},
		"another order":   {llm.Request{Turns: []llm.Turn{user(text("two"), text("one"))}}, false},
		"with parameters": {llm.Request{Turns: []llm.Turn{user(text("one"), text("two"))}, TopP: ptr(0.5)}, false},
	} {
		if got := equalFacts(a, factsOf(&tt.req)); got != tt.same {
			t.Errorf("%s: same is %v", name, got)
		}
	}
}
