package openai

import "unicode/utf8"

// joiner keeps the pieces of a text from ending inside a character: what is cut
// waits for the next piece.
type joiner struct{ rest string }

// Feed returns what is whole of the text so far.
func (j *joiner) Feed(s string) string {
	if j.rest == "" && utf8.ValidString(s) {
		return s
	}
	s, j.rest = j.rest+s, ""
	n := len(s)
	for back := 1; back < utf8.UTFMax && back <= n; back++ {
		if c := s[n-back]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRuneInString(s[n-back:]) {
				s, j.rest = s[:n-back], s[n-back:]
			}
			break
		}
	}
	return valid(s)
}

// Close returns what stands for a character that never became whole.
func (j *joiner) Close() string {
	if j.rest == "" {
		return ""
	}
	j.rest = ""
	return string(utf8.RuneError)
}

func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s)) // every stray byte becomes U+FFFD
}

// jsonEnd watches a text for the end of its JSON object.
type jsonEnd struct {
	depth       int
	str, escape bool
	done        bool
}

// Feed takes the next piece.
func (t *jsonEnd) Feed(s string) {
	for i := 0; i < len(s) && !t.done; i++ {
		c := s[i]
		switch {
		case t.escape:
			t.escape = false
		case t.str && c == '\\':
			t.escape = true
		case c == '"':
			t.str = !t.str
		case t.str:
		case c == '{' || c == '[':
			t.depth++
		case (c == '}' || c == ']') && t.depth > 0:
			t.depth--
			t.done = t.depth == 0
		}
	}
}
