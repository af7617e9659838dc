package kiro

import (
	"encoding/json"
	"strings"
)

// leak is a call of a tool that stood in a text.
type leak struct{ name, args string }

// leakFilter takes calls out of a text that should have come as events. It takes
// only what begins a line, is whole, and names a tool of the request; anything
// else is something that the model writes about.
type leakFilter struct {
	tools  map[string]json.RawMessage // their schemas, by name
	middle bool                       // not at the start of a line
	held   string                     // what may be (a part of) a call
}

// maxLeak bounds what is held back; a longer text is no call.
const maxLeak = 64 << 10

// feed takes the next piece of text and calls say for text and call for a call.
func (f *leakFilter) feed(s string, say func(string), call func(leak)) {
	if f.held == "" && strings.IndexByte(s, '[') < 0 && strings.IndexByte(s, '<') < 0 {
		f.say(s, say)
		return
	}
	if f.held != "" && len(f.held) < maxLeak && !strings.ContainsAny(s, "]>") && len(f.held) > len(longestOpening) {
		f.held += s // nothing can end here
		return
	}
	s, f.held = f.held+s, ""
	for from := 0; s != ""; {
		at := f.candidate(s, from)
		if at < 0 {
			f.say(s, say)
			return
		}
		found, n, state := f.read(s[at:])
		switch {
		case state == partly && len(s)-at < maxLeak:
			f.say(s[:at], say)
			f.held = s[at:]
			return
		case state == wholly:
			f.say(s[:at], say)
			for _, l := range found {
				call(l)
			}
			s, from, f.middle = s[at+n:], 0, false
		default:
			from = at + 1
		}
	}
}

// close gives up what is held back: it is text.
func (f *leakFilter) close(say func(string)) {
	held := f.held
	f.held = ""
	f.say(held, say)
}

func (f *leakFilter) say(s string, say func(string)) {
	if s != "" {
		f.middle = s[len(s)-1] != '\n'
		say(s)
	}
}

// candidate finds where a line begins with what may be a call, at from or behind
// it; -1 = nowhere.
func (f *leakFilter) candidate(s string, from int) int {
	for i := from; i < len(s); i++ {
		atStart := i == 0 && !f.middle || i > 0 && s[i-1] == '\n'
		if atStart && (s[i] == '[' || s[i] == '<') {
			return i
		}
	}
	return -1
}
