package responses

import "strings"

// findStop finds the first stop sequence in a text. found is "" when there is
// none.
func findStop(text string, stops []string) (at int, found string) {
	for _, s := range stops {
		if i := strings.Index(text, s); i >= 0 && (found == "" || i < at) {
			at, found = i, s
		}
	}
	return at, found
}

// stopper holds back the end of a text as long as it may be the beginning of a
// stop sequence: at most one character less than the longest. Upstreams of this
// format know no stop sequences, so the decoder ends the answer itself.
type stopper struct {
	stops []string
	held  string
}

// feed takes the next piece and returns what may go on. found is the sequence
// that was hit; the text ends before it then.
func (s *stopper) feed(piece string) (pass, found string) {
	if len(s.stops) == 0 {
		return piece, ""
	}
	text := s.held + piece
	if at, found := findStop(text, s.stops); found != "" {
		s.held = ""
		return text[:at], found
	}
	keep := 0
	for _, stop := range s.stops {
		keep = max(keep, overlap(text, stop))
	}
	s.held = text[len(text)-keep:]
	return text[:len(text)-keep], ""
}

// flush returns what was held back for nothing.
func (s *stopper) flush() string {
	held := s.held
	s.held = ""
	return held
}

// overlap is the length of the longest end of text that begins stop.
func overlap(text, stop string) int {
	for n := min(len(text), len(stop)-1); n > 0; n-- {
		if strings.HasSuffix(text, stop[:n]) {
			return n
		}
	}
	return 0
}
