package store

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/aihub/aihub/backend/core"
)

// sieve tells whether a stored row is one that a filter selects, without making
// a record of it: a list passes over many more rows than it returns. It agrees
// with core.RecordFilter.Matches.
type sieve struct {
	filter core.RecordFilter
	words  []string   // in small letters
	texts  [17]string // of the row under examination; they point into it
	lower  []byte     // room for a text in small letters, reused
	all    bool       // every row passes
}

func newSieve(f *core.RecordFilter) sieve {
	s := sieve{filter: *f, words: core.Words(f.Query)}
	bare := *f
	bare.Limit, bare.Cursor = 0, ""
	s.all = bare == core.RecordFilter{}
	return s
}

// passes reads as much of the row as the filter asks for, in place: a copy of
// each row would be most of the cost. Nothing that points into it is kept.
func (s *sieve) passes(row []byte) (bool, error) {
	if s.all || len(row) == 0 {
		return s.all, nil
	}
	c := decoder{rest: unsafe.String(&row[0], len(row))}
	format := c.byte()
	if format == 0 || format > rowFormat {
		return false, errDamaged
	}
	skipAmounts(&c, c.byte())
	at := c.time()
	c.uvarint() // the status
	for i := range c.len() {
		if text := c.string(); i < len(s.texts) {
			s.texts[i] = text
		}
	}
	if !s.fits(at) || c.damaged {
		return false, c.err()
	}
	if len(s.words) == 0 {
		return true, nil
	}
	return s.holdsWords(&c, format), c.err()
}

// skipAmounts passes over what stands before the time of a row.
func skipAmounts(c *decoder, flags byte) {
	for _, flag := range [...]byte{flagCost, flagCredits} {
		if flags&flag != 0 {
			c.float()
		}
	}
	if flags&flagPrice != 0 {
		for range c.len() {
			c.float()
		}
	}
}

// The places of texts of a record (texts in row.go).
const (
	textUser           = 1
	textRequestedModel = 6
	textUpstreamModel  = 7
	textChannel        = 8
	textAccount        = 10
	textOutcome        = 12
	textError          = 13
)

func (s *sieve) fits(at time.Time) bool {
	f := &s.filter
	return wants(f.UserID, s.texts[textUser]) &&
		wants(f.AccountID, s.texts[textAccount]) &&
		wants(f.ChannelID, s.texts[textChannel]) &&
		wants(f.Model, s.texts[textRequestedModel]) &&
		wants(string(f.Outcome), s.texts[textOutcome]) &&
		(f.Since.IsZero() || !at.Before(f.Since)) &&
		(f.Until.IsZero() || at.Before(f.Until))
}

func wants(value string, text string) bool { return value == "" || value == text }

// holdsWords looks for each word in the models, the error and the reasons of the
// attempts, which c stands before.
func (s *sieve) holdsWords(c *decoder, format byte) bool {
	for range c.len() {
		c.uvarint() // the numbers
	}
	attempts := *c
	for _, word := range s.words {
		if s.holds(s.texts[textRequestedModel], word) || s.holds(s.texts[textUpstreamModel], word) || s.holds(s.texts[textError], word) {
			continue
		}
		*c = attempts
		if !s.inReasons(c, format, word) {
			return false
		}
	}
	return true
}

func (s *sieve) inReasons(c *decoder, format byte, word string) bool {
	for range c.len() {
		c.string()
		c.string()
		c.uvarint()
		if s.holds(c.string(), word) {
			return true
		}
		c.time()
		n := 1
		if format > 1 {
			n = c.len()
		}
		for range n {
			c.uvarint()
		}
	}
	return false
}

// holds is bytes.Contains whatever the case of the text's letters.
func (s *sieve) holds(text, word string) bool {
	if len(text) == 0 {
		return false
	}
	s.lower = s.lower[:0]
	for i := range len(text) {
		b := text[i]
		if b >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(text), word)
		}
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		s.lower = append(s.lower, b)
	}
	return bytes.Contains(s.lower, []byte(word))
}
