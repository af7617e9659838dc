package tokens

import (
	"unicode/utf8"
	"unsafe"
)

// Counter estimates the tokens of a text that arrives in pieces. It keeps a
// sum, a state and at most three bytes of a character that is not whole yet;
// however the text is cut, the result is the same. Invalid bytes count as one
// symbol each. The zero value is not usable.
type Counter struct {
	table  *table
	chars  *categories
	sum    int64 // in hundredths of a token
	state  uint32
	cut    [utf8.UTFMax]byte // the beginning of a character
	cutLen uint8
}

// NewCounter returns a Counter with the family's plain table.
func NewCounter(f Family) *Counter { return newCounter(&tables().plain[f]) }

// NewRefinedCounter returns a Counter with the family's refined table.
func NewRefinedCounter(f Family) *Counter { return newCounter(&tables().refined[f]) }

func newCounter(t *table) *Counter {
	return &Counter{table: t, chars: categoryTable(), state: startState}
}

// Estimate returns the estimate of a whole text by the family's plain table.
func Estimate(f Family, text string) int64 {
	c := NewCounter(f)
	c.Add(text)
	return c.Tokens()
}

// Add counts the next piece of the text.
func (c *Counter) Add(text string) {
	for c.cutLen > 0 && len(text) > 0 {
		text = c.mend(text)
	}
	if c.cutLen > 0 {
		return
	}
	state, sum, t := c.state, c.sum, c.table
	i := 0
	for i < len(text) {
		if b := text[i]; b < utf8.RuneSelf {
			state, sum = t.step(state, sum, class(asciiClasses[b]-'a'))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 && !utf8.FullRuneInString(text[i:]) {
			break
		}
		state, sum = t.step(state, sum, classOf(c.chars, r))
		i += size
	}
	c.state, c.sum = state, sum
	c.cutLen = uint8(copy(c.cut[:], text[i:]))
}

// AddBytes counts the next piece of the text and does not keep it.
func (c *Counter) AddBytes(text []byte) {
	// Add keeps no reference to its argument beyond the call.
	c.Add(unsafe.String(unsafe.SliceData(text), len(text)))
}

// mend completes the cut character with a byte of text, counts it when it is
// whole or has turned out to be none, and returns the rest of the text.
func (c *Counter) mend(text string) string {
	c.cut[c.cutLen] = text[0]
	c.cutLen++
	for c.cutLen > 0 && utf8.FullRune(c.cut[:c.cutLen]) {
		c.shift()
	}
	return text[1:]
}

// shift counts the first character of the cut bytes, an invalid byte if they
// begin with one.
func (c *Counter) shift() {
	r, size := utf8.DecodeRune(c.cut[:c.cutLen])
	k := classOf(c.chars, r)
	if r < utf8.RuneSelf {
		k = class(asciiClasses[r] - 'a')
	}
	c.state, c.sum = c.table.step(c.state, c.sum, k)
	copy(c.cut[:], c.cut[size:c.cutLen])
	c.cutLen -= uint8(size)
}

// Tokens returns the estimate of everything so far, rounded up. A character
// that is not whole counts as invalid bytes; adding more is still possible.
func (c *Counter) Tokens() int64 {
	end := *c
	for end.cutLen > 0 {
		end.shift()
	}
	return (end.sum + 99) / 100
}

// Reset begins a new text.
func (c *Counter) Reset() { *c = *newCounter(c.table) }
