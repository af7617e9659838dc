package kiro

import (
	"strings"

	"github.com/aihub/aihub/backend/protocol"
)

const (
	thinkOpen  = "<thinking>"
	thinkClose = "</thinking>"
	fenceMark  = "```"
)

// tagFilter takes reasoning out of a text in which the model was asked to write
// it. It begins with a tag at the start of a line, outside of code, and ends with
// one that a blank line follows, a call or the end of the answer; any other tag
// is something that the model writes about. The zero value is ready.
type tagFilter struct {
	inside bool
	fenced bool   // between the marks of a block of code
	middle bool   // not at the start of a line
	first  bool   // nothing of the reasoning at hand has come
	last   byte   // of the reasoning so far
	held   string // what may be a part of a tag
}

// feed takes the next piece of text and calls think or say for what it means.
func (t *tagFilter) feed(s string, think, say func(string)) {
	s, t.held = t.held+s, ""
	for s != "" {
		if t.inside {
			s = t.think(s, think)
		} else {
			s = t.say(s, say)
		}
	}
}

// say passes text outside of reasoning and returns what is left of s.
func (t *tagFilter) say(s string, emit func(string)) string {
	for i := 0; i < len(s); {
		rest := s[i:]
		if !t.middle {
			switch {
			case strings.HasPrefix(rest, thinkOpen) && !t.fenced:
				emitSome(s[:i], emit)
				t.inside, t.first, t.last = true, true, 0
				return rest[len(thinkOpen):]
			case strings.HasPrefix(thinkOpen, rest) && !t.fenced, strings.HasPrefix(fenceMark, rest) && rest != fenceMark:
				emitSome(s[:i], emit)
				t.held = rest
				return ""
			case strings.HasPrefix(rest, fenceMark):
				t.fenced = !t.fenced
			}
		}
		n := strings.IndexByte(rest, '\n') + 1
		if t.middle = n == 0; t.middle {
			n = len(rest)
		}
		i += n
	}
	emitSome(s, emit)
	return ""
}

func emitSome(s string, emit func(string)) {
	if s != "" {
		emit(s)
	}
}

// think passes reasoning and returns what follows it.
func (t *tagFilter) think(s string, emit func(string)) string {
	at, closed := t.closing(s)
	end := at
	if at < 0 {
		end = len(s) - protocol.Overlap(s, thinkClose)
	}
	for end > 0 && s[end-1] == '\n' {
		end-- // the line of the tag is none of the reasoning
	}
	t.reasoned(s[:end], emit)
	if closed {
		t.inside, t.middle = false, false
		return s[at+len(thinkClose)+len(paragraph):]
	}
	t.held = s[end:]
	return ""
}

// closing finds the tag that ends the reasoning, or may end it once more has
// come; -1 = none.
func (t *tagFilter) closing(s string) (at int, closed bool) {
	last := t.last
	for from := 0; ; {
		i := strings.Index(s[from:], thinkClose)
		if i < 0 {
			return -1, false
		}
		i += from
		if i > 0 {
			last = s[i-1]
		}
		behind := s[i+len(thinkClose):]
		switch {
		case last == '`':
		case strings.HasPrefix(behind, paragraph):
			return i, true
		case behind == "" || behind == "\n":
			return i, false
		}
		from = i + len(thinkClose)
	}
}

// reasoned emits reasoning without the line end behind the opening tag.
func (t *tagFilter) reasoned(s string, emit func(string)) {
	if t.first {
		s = strings.TrimLeft(s, "\n")
	}
	if s != "" {
		t.first, t.last = false, s[len(s)-1]
		emit(s)
	}
}

// close ends what is held back: a call begins, or the answer ends. Reasoning
// without an end is reasoning all the same.
func (t *tagFilter) close(think, say func(string)) {
	held := t.held
	t.held = ""
	if !t.inside {
		emitSome(held, say)
		return
	}
	if at, _ := t.closing(held); at >= 0 {
		held = held[:at]
	}
	t.reasoned(strings.TrimRight(held, "\n"), think)
	t.inside, t.middle = false, false
}
