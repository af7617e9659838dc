package simulator

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
)

// ask is what the engine needs to know of a request, whatever its dialect.
type ask struct {
	model   *model
	parts   []part   // the prompt, in the order in which it is fed and cached
	text    string   // the last text of the user
	results []string // tool results that came after it
	step    int      // turns with tool calls since that text
	tools   []tool
	choice  choice
	limit   int // tokens of the answer; 0 = the model's maximum
	stops   []string
	format  format
	schema  gjson.Result // of formatSchema
	think   thinking
	orders  directives
}

// part is one piece of the prompt. mark is the life of a cache entry that the
// client asked to be written up to here; 0 = no mark.
type part struct {
	text   string
	tokens int
	mark   time.Duration
}

type format uint8

const (
	formatText format = iota
	formatJSON
	formatSchema
)

type thinking struct {
	on   bool
	show bool // give the text away
}

type tool struct {
	name, namespace string
	schema          gjson.Result
	custom          bool // takes free text, not JSON
}

type choiceMode uint8

const (
	choiceAuto choiceMode = iota
	choiceNone
	choiceAny
)

// choice says which tools may or must be called. only restricts the tools when
// it is not empty; serial allows one call for each answer.
type choice struct {
	mode   choiceMode
	only   []string
	serial bool
}

// feed appends text to the prompt, with the few tokens that frame it.
func (a *ask) feed(text string, frame int) {
	a.parts = append(a.parts, part{text: text, tokens: countTokens(text) + frame})
}

// feedMedia appends something that is not text; id stands for its content.
func (a *ask) feedMedia(id string, tokens int) {
	a.parts = append(a.parts, part{text: id, tokens: tokens})
}

// mark asks for a cache entry up to the last part.
func (a *ask) mark(life time.Duration) {
	if n := len(a.parts); n > 0 {
		a.parts[n-1].mark = life
	}
}

// said notes a new text of the user; what came before it is history.
func (a *ask) said(text string) {
	a.text, a.results, a.step = text, nil, 0
}

// input returns the number of tokens in the prompt.
func (a *ask) input() int {
	n := 3 // every dialect wraps the whole in a few tokens
	for _, p := range a.parts {
		n += p.tokens
	}
	return n
}

// ready finishes reading: the directives are those of the last user text.
func (a *ask) ready() {
	a.text = withoutReminders(a.text)
	a.orders = findDirectives(a.text)
	if a.orders.reason || a.orders.redacted {
		a.think = thinking{on: true, show: true}
	}
}

// withoutReminders drops the notes that coding agents put into user texts, so
// that a tool is not called because a note names it.
func withoutReminders(text string) string {
	const open, end = "<system-reminder>", "</system-reminder>"
	for {
		head, rest, found := strings.Cut(text, open)
		if !found {
			return text
		}
		_, tail, _ := strings.Cut(rest, end)
		text = head + tail
	}
}

type blockKind uint8

const (
	thinkingBlock blockKind = iota
	redactedBlock
	textBlock
	refusalBlock
	callBlock
)

// block is one piece of an answer. text is the arguments (or the free input)
// of a call.
type block struct {
	kind            blockKind
	text            string
	name, namespace string
	custom          bool
	hidden          bool // reasoning that is counted and not shown
	n               int  // position in the answer, for ids
}

// tokens returns what the block costs.
func (b *block) tokens() int {
	n := countTokens(b.text)
	if b.kind == callBlock {
		n += countTokens(b.name)
	}
	return n
}

type stop uint8

const (
	stopEnd stop = iota
	stopLimit
	stopSequence
	stopTool
	stopRefusal
)

// answer is what the engine says to an ask.
type answer struct {
	blocks   []block
	stop     stop
	sequence string // the stop sequence that was met
	output   int    // tokens generated, reasoning included
	reasoned int    // of them, reasoning
	pieces   int    // tokens for each streamed chunk; 0 = the dialect's habit
}

// usage joins an answer's tokens with those of its prompt.
func (a *answer) usage(in, read, written int) llm.Usage {
	return llm.Usage{
		Input: int64(in), CacheRead: int64(read), CacheWrite: int64(written),
		Output: int64(a.output), Reasoning: int64(a.reasoned), Source: llm.Reported,
	}
}

// join returns the text of all blocks of a kind.
func (a *answer) join(kind blockKind) string {
	var out strings.Builder
	for _, b := range a.blocks {
		if b.kind == kind && !b.hidden {
			out.WriteString(b.text)
		}
	}
	return out.String()
}

// has reports whether the answer holds a block of a kind.
func (a *answer) has(kind blockKind) bool {
	for _, b := range a.blocks {
		if b.kind == kind {
			return true
		}
	}
	return false
}
