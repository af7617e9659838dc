package llm

import (
	"fmt"
	"unicode/utf8"
)

// Checker watches a stream of events and reports the first breach of the
// grammar. Tests run it over every decoder. The zero value is ready.
type Checker struct {
	started, ended bool
	open           bool // a block is open
	next           int  // index of the next block
	kind           BlockKind
}

// Check takes the next event and returns what is wrong with it, if anything.
func (c *Checker) Check(e Event) error {
	if c.ended {
		return fmt.Errorf("%s after the end", e.Kind)
	}
	if !c.started && e.Kind != EventStart && e.Kind != EventFailed && e.Kind != EventPing {
		return fmt.Errorf("%s before start", e.Kind)
	}
	switch e.Kind {
	case EventStart:
		return c.start()
	case EventBlockStart, EventDelta, EventBlockStop:
		return c.block(e)
	case EventStop:
		c.ended = true
		if c.open {
			return fmt.Errorf("stop inside block %d", c.next-1)
		}
		if e.Stop.Reason == "" {
			return fmt.Errorf("stop without a reason")
		}
	case EventFailed:
		c.ended = true
		if e.Err == nil {
			return fmt.Errorf("failed without an error")
		}
	case EventUsage, EventPing:
	default:
		return fmt.Errorf("unknown event %q", e.Kind)
	}
	return nil
}

func (c *Checker) start() error {
	if c.started {
		return fmt.Errorf("start twice")
	}
	c.started = true
	return nil
}

func (c *Checker) block(e Event) error {
	if e.Kind == EventBlockStart {
		switch {
		case c.open:
			return fmt.Errorf("block %d begins inside block %d", e.Index, c.next-1)
		case e.Index != c.next:
			return fmt.Errorf("block %d begins, want %d", e.Index, c.next)
		case e.Block == nil || e.Block.Kind == "":
			return fmt.Errorf("block %d begins without a kind", e.Index)
		case e.Block.Kind == ToolUse && (e.Block.Call == nil || e.Block.Call.Name == "" || e.Block.Call.ID == ""):
			return fmt.Errorf("tool call %d begins without name and id", e.Index)
		}
		c.open, c.kind = true, e.Block.Kind
		c.next++
		return nil
	}
	if !c.open || e.Index != c.next-1 {
		return fmt.Errorf("%s for block %d, which is not open", e.Kind, e.Index)
	}
	if e.Kind == EventBlockStop {
		c.open = false
		return nil
	}
	if !utf8.ValidString(e.Delta) {
		return fmt.Errorf("a delta of block %d ends inside a character", e.Index)
	}
	return nil
}

// Ended reports whether the stream has come to its end.
func (c *Checker) Ended() bool { return c.ended }
