package relay

import (
	"fmt"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/llm"
)

func TestMemoryGivesReasoningBack(t *testing.T) {
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m := NewMemory(func() time.Time { return clock })
	sig := &llm.Signature{Origin: llm.Gemini, Value: "s"}
	var c collector
	for _, e := range []llm.Event{
		{Kind: llm.EventBlockStart, Block: &llm.Block{Kind: llm.Thinking}},
		{Kind: llm.EventDelta, Delta: "hm"},
		{Kind: llm.EventDelta, Delta: "m"},
		{Kind: llm.EventDelta, Signature: sig},
		{Kind: llm.EventBlockStop},
		{Kind: llm.EventBlockStart, Block: &llm.Block{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "c1", Name: "f"}}},
		{Kind: llm.EventDelta, Delta: "{}"},
		{Kind: llm.EventBlockStop},
		{Kind: llm.EventBlockStart, Block: &llm.Block{Kind: llm.ToolUse, Signature: sig, Call: &llm.ToolCall{ID: "c2", Name: "f"}}},
	} {
		c.take(e)
	}
	m.Keep("u", c.blocks)
	history := func() []llm.Turn {
		return []llm.Turn{{Role: llm.Assistant, Blocks: []llm.Block{
			{Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "c1"}}, {Kind: llm.ToolUse, Call: &llm.ToolCall{ID: "c2"}},
		}}}
	}
	turns := history()
	m.Recall("u", turns)
	got := turns[0].Blocks
	if len(got) != 3 || got[0].Text != "hmm" || got[0].Signature != sig || got[1].Signature != nil || got[2].Signature != sig {
		t.Errorf("got %+v", got)
	}
	turns = history()
	m.Recall("another user", turns)
	if len(turns[0].Blocks) != 2 {
		t.Error("one user's reasoning went to another")
	}
	clock = clock.Add(memoryTime + time.Second)
	turns = history()
	m.Recall("u", turns)
	if len(turns[0].Blocks) != 2 || m.order.Len() != 0 {
		t.Error("it is kept for longer than it should be")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := NewMemory(time.Now)
	for i := range memorySize + 10 {
		m.Keep("u", []llm.Block{{Kind: llm.ToolUse, Signature: &llm.Signature{Value: "s"}, Call: &llm.ToolCall{ID: fmt.Sprint(i)}}})
	}
	if len(m.byID) != memorySize || m.order.Len() != memorySize {
		t.Errorf("%d and %d entries", len(m.byID), m.order.Len())
	}
	if _, ok := m.find(memoryKey{"u", "0"}); ok {
		t.Error("the oldest is still there")
	}
}
