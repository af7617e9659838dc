package kiro

import (
	"fmt"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
)

// The limits of the service, as far as they are known; the first two are those
// of its own command line client.
const (
	maxUserText   = 600_000 // characters of one message
	maxResultText = 800_000 // and of one result
	maxHistory    = 10_000  // messages
	// windowText is how many characters of all texts the service takes for each
	// thousand tokens of the model's window, before it counts them.
	windowText = 4250
)

// limit refuses what the service would refuse for its size, in the words on
// which clients shorten the conversation.
func (c *conversation) limit() *llm.Error {
	if n := len(c.messages) - 1; n > maxHistory {
		return tooLong("the conversation has %d messages; Kiro takes %d", n, maxHistory)
	}
	total := 0
	for i := range c.messages {
		m := &c.messages[i]
		n := characters(m.text)
		if n > maxUserText && !m.assistant {
			return tooLong("a message has %d characters; Kiro takes %d", n, maxUserText)
		}
		total += n
		for _, u := range m.uses {
			total += len(u.input)
		}
		for _, r := range m.results {
			n := 0
			for _, text := range r.texts {
				n += characters(text)
			}
			if n > maxResultText {
				return tooLong("the result of a tool has %d characters; Kiro takes %d", n, maxResultText)
			}
			total += n
		}
	}
	if most := int(c.window / 1000 * windowText); total > most {
		return tooLong("the conversation has %d characters; Kiro takes %d for this model", total, most)
	}
	return nil
}

func tooLong(format string, args ...any) *llm.Error {
	return &llm.Error{Kind: llm.ContextLength, Message: fmt.Sprintf(format, args...)}
}

func characters(s string) int { return utf8.RuneCountInString(s) }
