package simulator

import (
	"encoding/json"
	"strconv"
	"strings"
)

// directives are the orders to the simulator that the last user text holds;
// the table is in the package's documentation.
type directives struct {
	steps            [][]wish // tool calls, one list for each step
	refuse, empty    bool
	block            bool
	echo, reason     bool
	redacted         bool
	tokens, delayMS  int
	status           int
	text             string
	hasText, hasTool bool
}

// wish is a tool call that a directive asks for. args is "" when the engine is
// to invent them.
type wish struct{ name, args string }

// mostDirectives bounds the work on one text.
const mostDirectives = 64

// findDirectives reads the directives of a user text.
func findDirectives(text string) directives {
	d := directives{steps: [][]wish{nil}}
	for range mostDirectives {
		_, rest, found := strings.Cut(text, "[sim:")
		if !found {
			break
		}
		text = d.take(rest)
	}
	return d
}

// take reads one directive from the text behind its "[sim:" and returns the
// text behind it.
func (d *directives) take(s string) string {
	end := strings.IndexAny(s, "=]")
	if end < 0 {
		return ""
	}
	name, s, valued := s[:end], s[end+1:], s[end] == '='
	if !valued {
		d.flag(name)
		return s
	}
	if name == "tool" {
		return d.takeTool(s)
	}
	value, rest, _ := strings.Cut(s, "]")
	d.set(name, value)
	return rest
}

// takeTool reads `NAME]` or `NAME args={…}]`.
func (d *directives) takeTool(s string) string {
	end := strings.IndexAny(s, " ]")
	if end < 0 {
		return ""
	}
	w := wish{name: s[:end]}
	s = s[end:]
	if rest, ok := strings.CutPrefix(s, " args="); ok {
		dec := json.NewDecoder(strings.NewReader(rest))
		var args json.RawMessage
		if dec.Decode(&args) == nil {
			w.args, s = string(args), rest[dec.InputOffset():]
		}
	}
	last := len(d.steps) - 1
	d.steps[last] = append(d.steps[last], w)
	d.hasTool = true
	_, rest, _ := strings.Cut(s, "]")
	return rest
}

func (d *directives) flag(name string) {
	switch name {
	case "refuse":
		d.refuse = true
	case "block":
		d.refuse, d.block = true, true
	case "empty":
		d.empty = true
	case "echo":
		d.echo = true
	case "reason":
		d.reason = true
	case "redacted":
		d.redacted = true
	case "next":
		d.steps = append(d.steps, nil)
	}
}

func (d *directives) set(name, value string) {
	n, _ := strconv.Atoi(value)
	n = min(max(n, 0), 100_000)
	switch name {
	case "text":
		d.text, d.hasText = value, true
	case "tokens":
		d.tokens = n
	case "delay":
		d.delayMS = n
	case "status":
		d.status = n
	}
}

// wishes returns the calls of a step, counted from 0.
func (d *directives) wishes(step int) []wish {
	if step < len(d.steps) {
		return d.steps[step]
	}
	return nil
}

// stripDirectives returns text without its directives.
func stripDirectives(text string) string {
	var out strings.Builder
	for range mostDirectives {
		head, rest, found := strings.Cut(text, "[sim:")
		out.WriteString(head)
		text = ""
		if !found {
			break
		}
		text = (&directives{steps: [][]wish{nil}}).take(rest)
	}
	out.WriteString(text)
	return strings.TrimSpace(out.String())
}
