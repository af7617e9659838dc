package relay

import (
	"container/list"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/llm"
)

// Memory remembers the reasoning that stood before a tool call, by the call's
// id. Clients of Chat Completions have no place to send it back in, and without
// it some providers refuse the next turn and all think anew.
//
// It is bounded in number and age and lives in memory: after a restart a
// conversation goes on without its earlier reasoning.
type Memory struct {
	now func() time.Time

	mu    sync.Mutex
	byID  map[memoryKey]*list.Element
	order *list.List // most recently used first
}

type memoryKey struct{ user, call string }

type memoryEntry struct {
	key       memoryKey
	thinking  []llm.Block
	signature *llm.Signature
	until     time.Time
}

const (
	memorySize = 10_000
	memoryTime = 24 * time.Hour
)

// NewMemory returns an empty memory.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, byID: map[memoryKey]*list.Element{}, order: list.New()}
}

// Keep remembers what the blocks of an answer hold of reasoning before and on
// their tool calls.
func (m *Memory) Keep(user string, blocks []llm.Block) {
	var thinking []llm.Block
	for _, b := range blocks {
		switch b.Kind {
		case llm.Thinking, llm.Redacted:
			if b.Signature != nil || b.Kind == llm.Redacted {
				thinking = append(thinking, b)
			}
		case llm.ToolUse:
			if len(thinking) > 0 || b.Signature != nil {
				m.put(memoryEntry{key: memoryKey{user, b.Call.ID}, thinking: thinking, signature: b.Signature})
			}
			thinking = nil // it belongs to the first of parallel calls
		}
	}
}

func (m *Memory) put(e memoryEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e.until = m.now().Add(memoryTime)
	if old := m.byID[e.key]; old != nil {
		m.order.Remove(old)
	}
	m.byID[e.key] = m.order.PushFront(e)
	for m.order.Len() > memorySize {
		oldest := m.order.Back()
		m.forget(oldest)
	}
}

func (m *Memory) forget(el *list.Element) {
	if e, ok := m.order.Remove(el).(memoryEntry); ok {
		delete(m.byID, e.key)
	}
}

func (m *Memory) find(key memoryKey) (memoryEntry, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	el := m.byID[key]
	if el == nil {
		return memoryEntry{}, false
	}
	e, ok := el.Value.(memoryEntry)
	if !ok || m.now().After(e.until) {
		m.forget(el)
		return memoryEntry{}, false
	}
	m.order.MoveToFront(el)
	return e, true
}

// Recall puts back what a client could not send: into assistant turns whose tool
// calls have no reasoning of their own.
func (m *Memory) Recall(user string, turns []llm.Turn) {
	for i := range turns {
		if turns[i].Role == llm.Assistant {
			turns[i].Blocks = m.recallTurn(user, turns[i].Blocks)
		}
	}
}

func (m *Memory) recallTurn(user string, blocks []llm.Block) []llm.Block {
	signed := false
	for _, b := range blocks {
		signed = signed || b.Signature != nil || b.Kind == llm.Redacted
	}
	if signed {
		return blocks
	}
	out := make([]llm.Block, 0, len(blocks)+1)
	for _, b := range blocks {
		if b.Kind == llm.ToolUse && b.Call != nil {
			if e, ok := m.find(memoryKey{user, b.Call.ID}); ok {
				out = append(out, e.thinking...)
				b.Signature = e.signature
			}
		}
		out = append(out, b)
	}
	return out
}

// collector gathers from a stream what Keep needs: the blocks without the text
// that is of no use to it.
type collector struct{ blocks []llm.Block }

func (c *collector) take(e llm.Event) {
	switch e.Kind {
	case llm.EventBlockStart:
		c.blocks = append(c.blocks, *e.Block)
	case llm.EventDelta:
		if len(c.blocks) == 0 {
			return
		}
		b := &c.blocks[len(c.blocks)-1]
		if b.Kind == llm.Thinking {
			b.Text += e.Delta
		}
		if e.Signature != nil {
			b.Signature = e.Signature
		}
	}
}
