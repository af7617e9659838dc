package simulator

import (
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
)

// mostCalls bounds the parallel calls of one answer.
const mostCalls = 8

// call adds tool calls to the answer when there is a reason to make some, and
// reports whether it did.
func (c *composer) call() bool {
	offered := c.ask.offered()
	if len(offered) == 0 {
		return false
	}
	made := c.ordered(offered)
	if made == nil && len(c.ask.results) == 0 && !c.ask.orders.hasTool {
		made = c.mentioned(offered)
	}
	if made == nil && c.ask.choice.mode == choiceAny {
		made = []block{c.invent(offered[0], 0)}
	}
	if c.ask.choice.serial && len(made) > 1 {
		made = made[:1]
	}
	for _, b := range made {
		c.add(b)
	}
	return len(made) > 0
}

// ordered makes the calls that directives ask for at this step.
func (c *composer) ordered(offered []tool) []block {
	var made []block
	for _, w := range c.ask.orders.wishes(c.ask.step) {
		for _, t := range offered {
			if t.name != w.name {
				continue
			}
			b := c.invent(t, len(made))
			if w.args != "" {
				b.text = gjson.Parse(w.args).String() // a JSON text stands for what is in it
			}
			made = append(made, b)
			break
		}
	}
	return made
}

// mentioned makes the calls that the user's words suggest: one for each tool
// that they name, and two of the only one when they speak of two.
func (c *composer) mentioned(offered []tool) []block {
	var made []block
	for _, t := range offered {
		if len(made) < mostCalls && mentions(c.ask.text, t.name) {
			made = append(made, c.invent(t, len(made)))
		}
	}
	if len(made) == 1 && speaksOfTwo(c.ask.text) {
		for _, t := range offered {
			if t.name == made[0].name && t.namespace == made[0].namespace {
				made = append(made, c.invent(t, 1))
				break
			}
		}
	}
	return made
}

// invent makes a call of a tool with arguments that fit its schema.
func (c *composer) invent(t tool, nth int) block {
	b := block{kind: callBlock, name: t.name, namespace: t.namespace, custom: t.custom}
	found := names(c.ask.text)
	if nth < len(found) {
		found = found[nth:]
	}
	if t.custom {
		b.text = strings.Join(append([]string{"input"}, found...), " ")
		return b
	}
	b.text = newInventor(c.rng, t.schema, found).object()
	return b
}

// mentions reports whether a text names a tool: the name as a word of its own
// or, for a name of several words, with spaces in any case.
func mentions(text, name string) bool {
	if len(name) < 3 {
		return false
	}
	if hasWord(text, name) {
		return true
	}
	spaced := strings.NewReplacer("_", " ", "-", " ").Replace(name)
	return spaced != name && hasWord(strings.ToLower(text), strings.ToLower(spaced))
}

func hasWord(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		if !joins(text[:i], true) && !joins(text[i+len(word):], false) {
			return true
		}
		from = i + 1
	}
}

// joins reports whether the rune at the end (or the start) of s would make one
// word with its neighbour.
func joins(s string, end bool) bool {
	r := rune(' ')
	for _, x := range s {
		r = x
		if !end {
			break
		}
	}
	return r == '_' || unicode.IsLetter(r) && r < 0x2E80 || unicode.IsDigit(r)
}

func speaksOfTwo(text string) bool {
	lower := strings.ToLower(text)
	for _, w := range []string{"two", "both", "twice", "parallel"} {
		if hasWord(lower, w) {
			return true
		}
	}
	return false
}

// names returns the words of a text that look like values: those with a
// capital letter inside the sentence, and numbers.
func names(text string) []string {
	const most = 8
	var found []string
	for i, w := range plainWords(text, 2000) {
		r := []rune(w)[0]
		if i > 0 && unicode.IsUpper(r) && len(found) < most && w != "I" {
			found = append(found, w)
		}
	}
	return found
}
