package simulator

import (
	"unicode"
	"unicode/utf8"
)

// A token of the simulator is a word with the spaces before it (long words are
// several), a punctuation mark, or one rune of a script without spaces. It is
// near enough to the real counts to be believable, and it is the unit in which
// answers are streamed, so that counts and chunks agree.

const longestToken = 8 // letters

// nextToken returns the length in bytes of the first token of s, which must
// not be empty. It never splits a rune.
func nextToken(s string) int {
	i := 0
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += n
	}
	if i == len(s) {
		return i
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	i += n
	if !isLetter(r) {
		return i
	}
	for letters := 1; i < len(s) && letters < longestToken; letters++ {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isLetter(r) {
			break
		}
		i += n
	}
	return i
}

// isLetter reports whether r joins its neighbours into one token.
func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// countTokens returns the number of tokens in s.
func countTokens(s string) int {
	n := 0
	for len(s) > 0 {
		s = s[nextToken(s):]
		n++
	}
	return n
}

// cutTokens returns the first most tokens of s.
func cutTokens(s string, most int) string {
	end := 0
	for ; most > 0 && end < len(s); most-- {
		end += nextToken(s[end:])
	}
	return s[:end]
}

// splitTokens cuts s into pieces of per tokens each.
func splitTokens(s string, per int) []string {
	var pieces []string
	for len(s) > 0 {
		piece := cutTokens(s, per)
		pieces = append(pieces, piece)
		s = s[len(piece):]
	}
	return pieces
}
