package kiro

import (
	"fmt"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/llm"
)

// The limits of the service, as far as they are known. The first two are those
// of its own command line client, the others what it was seen to refuse.
const (
	maxUserText   = 600_000 // characters of one message
	maxResultText = 800_000 // and of one result
	maxHistory    = 10_000  // messages, the last one included
	maxPictures   = 10      // of one message
	maxToolBytes  = 256 << 10
	maxSmall      = 600_000 // bytes of a request to a model with a small window
	smallWindow   = 200_000 // tokens
	// windowBytes is how many bytes a request may have for each thousand tokens
	// of a larger window, before the service counts them.
	windowBytes = 4250
)

// limit refuses what the service would refuse for its size: in the words on
// which clients shorten the conversation, where that helps.
func (c *conversation) limit() *llm.Error {
	if n := len(c.messages); n > maxHistory {
		return tooLong("the conversation has %d messages; Kiro takes %d", n, maxHistory)
	}
	for i := range c.messages {
		if err := c.messages[i].limit(); err != nil {
			return err
		}
	}
	return nil
}

func (m *message) limit() *llm.Error {
	if n := utf8.RuneCountInString(m.text); n > maxUserText && !m.assistant {
		return tooLong("a message has %d characters; Kiro takes %d", n, maxUserText)
	}
	if n := len(m.images); n > maxPictures {
		return &llm.Error{Kind: llm.InvalidRequest, Message: fmt.Sprintf("a message has %d images; Kiro takes %d: send fewer at once", n, maxPictures)}
	}
	for i := range m.results {
		n := 0
		for _, text := range m.results[i].texts {
			n += utf8.RuneCountInString(text)
		}
		if n > maxResultText {
			return tooLong("the result of a tool has %d characters; Kiro takes %d", n, maxResultText)
		}
	}
	return nil
}

// limitBody looks at the whole, of which images do not count.
func (c *conversation) limitBody(size int) *llm.Error {
	for i := range c.messages {
		for _, img := range c.messages[i].images {
			size -= len(img.data)
		}
	}
	most := maxSmall
	if c.window > smallWindow {
		most = int(c.window / 1000 * windowBytes)
	}
	if size > most {
		return tooLong("the request has %d bytes; Kiro takes %d for this model", size, most)
	}
	return nil
}

func tooLong(format string, args ...any) *llm.Error {
	return &llm.Error{Kind: llm.ContextLength, Message: fmt.Sprintf(format, args...)}
}
