package tokens

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// category is what the tables and the splitters need to know of a character:
// its Unicode general category, as far as anybody asks. The zero value is
// everything else: punctuation, symbols, controls, unassigned.
type category uint8

const (
	upper    category = 1 << iota // Lu, Lt
	lower                         // Ll
	caseless                      // Lm, Lo
	mark                          // M
	number                        // N
	space                         // White_Space
	newline                       // CR and LF, which are space too
	han                           // script Han; most of it caseless too

	letter = upper | lower | caseless
)

const pageSize = 256

// categories answers for every code point in two steps: the page of 256 that
// it is on, most of which are alike and stored once, and its place there.
type categories struct {
	ascii [utf8.RuneSelf]category
	page  [(unicode.MaxRune + 1) / pageSize]uint16
	pages [][pageSize]category
}

// categoryTable is built from package unicode at its first use, which takes
// about a millisecond, and never changes.
var categoryTable = sync.OnceValue(newCategories)

func newCategories() *categories {
	all := make([]category, unicode.MaxRune+1)
	for c, tables := range map[category][]*unicode.RangeTable{
		upper: {unicode.Lu, unicode.Lt}, lower: {unicode.Ll}, caseless: {unicode.Lm, unicode.Lo},
		mark: {unicode.M}, number: {unicode.N}, space: {unicode.White_Space}, han: {unicode.Han},
	} {
		for _, t := range tables {
			fill(all, c, t)
		}
	}
	all['\r'] |= newline
	all['\n'] |= newline
	c := &categories{}
	copy(c.ascii[:], all)
	known := map[[pageSize]category]uint16{}
	for i := range c.page {
		p := [pageSize]category(all[i*pageSize:])
		n, ok := known[p]
		if !ok {
			n = uint16(len(c.pages))
			known[p] = n
			c.pages = append(c.pages, p)
		}
		c.page[i] = n
	}
	return c
}

// fill adds c to all characters of a range table.
func fill(all []category, c category, t *unicode.RangeTable) {
	for _, r := range t.R16 {
		for i := int(r.Lo); i <= int(r.Hi); i += int(r.Stride) {
			all[i] |= c
		}
	}
	for _, r := range t.R32 {
		for i := int(r.Lo); i <= int(r.Hi); i += int(r.Stride) {
			all[i] |= c
		}
	}
}

// of returns the category of a valid rune.
func (c *categories) of(r rune) category {
	return c.pages[c.page[r/pageSize]][r%pageSize]
}

// at returns the category of the character that begins at text[i], and its
// length in bytes. An invalid byte is a character of no category.
func (c *categories) at(text string, i int) (category, int) {
	if b := text[i]; b < utf8.RuneSelf {
		return c.ascii[b], 1
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	return c.of(r), size
}
