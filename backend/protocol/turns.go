package protocol

import (
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

// Arrangement says what order of turns an upstream's format demands.
type Arrangement struct {
	// MergeSameRole joins turns of one role that follow each other.
	MergeSameRole bool
	// FirstMustBeUser puts a short user turn in front of any other beginning. A
	// request of nothing but instructions becomes a user turn of their text (see
	// SystemOnly).
	FirstMustBeUser bool
	// System is what becomes of system turns in the middle of a conversation.
	System SystemPlace
	// DropEmpty leaves out texts of nothing but white space, unless they carry a
	// signature, and the turns that are then empty.
	DropEmpty bool
	// PrefixNames writes "name: " in front of what a named speaker said, for
	// formats without names.
	PrefixNames bool
}

// SystemPlace is what becomes of a system turn in the middle of a conversation.
// None of the ways moves it to the front: that would change the beginning of
// every later request and bill the whole conversation anew.
type SystemPlace int

// The places of system turns.
const (
	// SystemInPlace keeps the turn where it is.
	SystemInPlace SystemPlace = iota
	// SystemAsUser makes it a user turn whose text is marked as a reminder of
	// the system.
	SystemAsUser
	// SystemBeforeAssistant moves it right before the next assistant turn, or to
	// the end, where Anthropic accepts it; where no user turn stands before that
	// place, it is treated as by SystemAsUser.
	SystemBeforeAssistant
)

const missingResult = "no result provided"

// SystemOnly reports whether the request is nothing but instructions. Where
// Arrangement.FirstMustBeUser is set, their text is then the one user turn, and
// the codec sends no instructions beside it.
func SystemOnly(req *llm.Request) bool {
	for i := range req.Turns {
		for j := range req.Turns[i].Blocks {
			if !isBlank(&req.Turns[i].Blocks[j]) {
				return false
			}
		}
	}
	return len(req.System) > 0
}

// Arrange returns the turns of the request in an order that the format accepts:
// the results of tools directly behind the assistant turn that called them, in
// the order of the calls, and what shared a turn with them behind them. A call
// without a result gets one that says so; calls of an assistant turn that is the
// very last are left out. Of two results for a call the last one counts, and a
// result without a call becomes text of the user. Ids may recur: a result
// belongs to the nearest call before it.
//
// The result depends on nothing but the turns from the front on, so that the
// next turn of the conversation begins with the same bytes. It shares the
// contents of blocks with req, which it does not change.
func Arrange(req *llm.Request, o Arrangement) []llm.Turn {
	turns := make([]llm.Turn, 0, len(req.Turns)+2)
	for _, t := range req.Turns {
		// Calls that came in turns of their own were made at once all the same.
		if o.MergeSameRole && t.Role == llm.Assistant {
			turns = join(turns, t)
			continue
		}
		turns = append(turns, t)
	}
	turns = pairResults(turns)
	if o.PrefixNames {
		prefixNames(turns)
	}
	if o.DropEmpty {
		turns = dropEmpty(turns)
	}
	turns = placeSystem(turns, o.System)
	if o.MergeSameRole {
		turns = mergeRoles(turns)
	}
	if o.FirstMustBeUser && (len(turns) == 0 || turns[0].Role != llm.User) {
		turns = append([]llm.Turn{opening(req)}, turns...)
	}
	return turns
}

// opening is a user turn to begin with where there is none.
func opening(req *llm.Request) llm.Turn {
	if SystemOnly(req) {
		return llm.Turn{Role: llm.User, Blocks: append([]llm.Block(nil), req.System...)}
	}
	return llm.Turn{Role: llm.User, Blocks: []llm.Block{{Kind: llm.Text, Text: "Continue."}}}
}

// join appends t, to the last turn if that has the same role. It never writes
// into the blocks of a turn that it was given.
func join(turns []llm.Turn, t llm.Turn) []llm.Turn {
	if len(turns) == 0 || turns[len(turns)-1].Role != t.Role {
		return append(turns, t)
	}
	last := &turns[len(turns)-1]
	blocks := make([]llm.Block, 0, len(last.Blocks)+len(t.Blocks))
	last.Blocks = append(append(blocks, last.Blocks...), t.Blocks...)
	if t.Effort != "" {
		last.Effort = t.Effort
	}
	return turns
}

func mergeRoles(turns []llm.Turn) []llm.Turn {
	out := make([]llm.Turn, 0, len(turns)+1)
	for _, t := range turns {
		out = join(out, t)
	}
	return out
}

func prefixNames(turns []llm.Turn) {
	for i, t := range turns {
		if t.Name == "" {
			continue
		}
		blocks := append([]llm.Block(nil), t.Blocks...)
		for j := range blocks {
			if blocks[j].Kind == llm.Text && blocks[j].Signature == nil {
				blocks[j].Text = t.Name + ": " + blocks[j].Text
				break
			}
		}
		turns[i].Blocks, turns[i].Name = blocks, ""
	}
}

func isBlank(b *llm.Block) bool {
	return b.Kind == llm.Text && b.Signature == nil && strings.TrimSpace(b.Text) == ""
}

func dropEmpty(turns []llm.Turn) []llm.Turn {
	out := make([]llm.Turn, 0, len(turns)+1)
	for _, t := range turns {
		blocks := make([]llm.Block, 0, len(t.Blocks))
		for _, b := range t.Blocks {
			if !isBlank(&b) {
				blocks = append(blocks, b)
			}
		}
		if t.Blocks = blocks; len(blocks) > 0 {
			out = append(out, t)
		}
	}
	return out
}

func placeSystem(turns []llm.Turn, place SystemPlace) []llm.Turn {
	if place == SystemInPlace {
		return turns
	}
	out := make([]llm.Turn, 0, len(turns)+1)
	var held []llm.Turn // system turns that wait for their place
	for _, t := range turns {
		switch {
		case t.Role == llm.System && place == SystemAsUser:
			out = append(out, asUser(t))
			continue
		case t.Role == llm.System:
			held = join(held, t)
			continue
		case t.Role == llm.Assistant:
			out, held = settle(out, held), nil
		}
		out = append(out, t)
	}
	return settle(out, held)
}

// settle puts the system turns that waited at the end of out.
func settle(out, held []llm.Turn) []llm.Turn {
	for _, t := range held {
		if len(out) == 0 || out[len(out)-1].Role != llm.User {
			t = asUser(t)
		}
		out = append(out, t)
	}
	return out
}

func asUser(t llm.Turn) llm.Turn {
	out := llm.Turn{Role: llm.User, Blocks: append([]llm.Block(nil), t.Blocks...)}
	for i := range out.Blocks {
		if b := &out.Blocks[i]; b.Kind == llm.Text {
			b.Text = "<system-reminder>\n" + b.Text + "\n</system-reminder>"
			b.Developer = false
		}
	}
	return out
}
