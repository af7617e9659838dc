package protocol

import "strings"

// FindStop finds the first stop sequence in a text. found is "" when there is
// none.
func FindStop(text string, stops []string) (at int, found string) {
	for _, s := range stops {
		if i := strings.Index(text, s); i >= 0 && (found == "" || i < at) {
			at, found = i, s
		}
	}
	return at, found
}

// Stopper holds back the end of a text as long as it may be the beginning of a
// stop sequence: at most one character less than the longest. It serves the
// decoders of formats that know no stop sequences, which end the answer
// themselves.
type Stopper struct {
	Stops []string
	held  string
}

// Feed takes the next piece and returns what may go on. found is the sequence
// that was hit; the text ends before it then.
func (s *Stopper) Feed(piece string) (pass, found string) {
	if len(s.Stops) == 0 {
		return piece, ""
	}
	text := s.held + piece
	if at, found := FindStop(text, s.Stops); found != "" {
		s.held = ""
		return text[:at], found
	}
	keep := 0
	for _, stop := range s.Stops {
		keep = max(keep, Overlap(text, stop))
	}
	s.held = text[len(text)-keep:]
	return text[:len(text)-keep], ""
}

// Flush returns what was held back for nothing.
func (s *Stopper) Flush() string {
	held := s.held
	s.held = ""
	return held
}

// Overlap is the length of the longest end of text with which word begins, short of
// the whole word.
func Overlap(text, word string) int {
	for n := min(len(text), len(word)-1); n > 0; n-- {
		if strings.HasSuffix(text, word[:n]) {
			return n
		}
	}
	return 0
}
