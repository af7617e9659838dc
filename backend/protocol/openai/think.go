package openai

import (
	"strings"
	"unicode"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	thinkOpen  = "<think>"
	thinkClose = "</think>"
)

// thinkSplitter takes reasoning out of a text that begins with it in tags, as
// open models write it behind services that do not take it out themselves. Only
// the very beginning of an answer counts: later on, the tag is something that
// the model writes about.
type thinkSplitter struct {
	state thinkState
	held  string // what may be a part of a tag
}

type thinkState int

const (
	thinkBefore thinkState = iota // nothing but white space so far
	thinkInside
	thinkBehind // white space behind the end of the reasoning
	thinkOver
)

// Feed takes the next piece of text and calls emit for what it means.
func (t *thinkSplitter) Feed(s string, emit func(llm.BlockKind, string)) {
	s, t.held = t.held+s, ""
	for s != "" {
		switch t.state {
		case thinkBefore:
			s = t.before(s, emit)
		case thinkInside:
			s = t.inside(s, emit)
		case thinkBehind:
			if s = strings.TrimLeftFunc(s, unicode.IsSpace); s != "" {
				t.state = thinkOver
			}
		default:
			emit(llm.Text, s)
			return
		}
	}
}

func (t *thinkSplitter) before(s string, emit func(llm.BlockKind, string)) string {
	trimmed := strings.TrimLeftFunc(s, unicode.IsSpace)
	if rest, ok := strings.CutPrefix(trimmed, thinkOpen); ok {
		t.state = thinkInside
		return rest
	}
	if strings.HasPrefix(thinkOpen, trimmed) { // also when there is nothing yet
		t.held = s
		return ""
	}
	t.state = thinkOver
	emit(llm.Text, s)
	return ""
}

func (t *thinkSplitter) inside(s string, emit func(llm.BlockKind, string)) string {
	if text, rest, ok := strings.Cut(s, thinkClose); ok {
		if text != "" {
			emit(llm.Thinking, text)
		}
		t.state = thinkBehind
		return rest
	}
	n := len(s) - protocol.Overlap(s, thinkClose)
	if n > 0 {
		emit(llm.Thinking, s[:n])
	}
	t.held = s[n:]
	return ""
}

// Close emits what was held back.
func (t *thinkSplitter) Close(emit func(llm.BlockKind, string)) {
	if t.held == "" {
		return
	}
	kind := llm.Text
	if t.state == thinkInside {
		kind = llm.Thinking
	}
	emit(kind, t.held)
	t.held = ""
}

// skip declares everything that follows to be text.
func (t *thinkSplitter) skip() { t.state = thinkOver }
