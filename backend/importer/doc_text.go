package importer

import (
	"cmp"
	"slices"
	"strings"
)

// doc is one text that is being read.
type doc struct {
	*reader
	source Source
	text   string
	from   int // how many entries there were before it

	offset int // up to which lines are counted
	line   int // at offset
	// base is added to lines when the text lies inside another one.
	base int
}

func (r *reader) newDoc(s Source, text string) *doc {
	return &doc{reader: r, source: s, text: text, from: len(r.entries), line: 1}
}

// entry begins an entry at a place of the text.
func (d *doc) entry(offset int) Entry { return d.entryAt(d.lineAt(offset)) }

func (d *doc) entryAt(line int) Entry {
	return Entry{File: d.source.Name, Line: d.base + line}
}

// lineAt counts on from the last call, so that a long file is counted once.
func (d *doc) lineAt(offset int) int {
	if offset < d.offset {
		return 1 + strings.Count(d.text[:offset], "\n")
	}
	d.line += strings.Count(d.text[d.offset:offset], "\n")
	d.offset = offset
	return d.line
}

// read reads the text in the first dialect that fits.
func (d *doc) read() {
	switch {
	case isJSON(d.text):
		d.readJSON()
	case d.isTable():
		d.readTable()
	case d.isEnv():
		d.readEnv()
	default:
		d.readLines()
	}
	// Variables are read before the lines among them.
	slices.SortStableFunc(d.entries[d.from:], func(a, b Entry) int { return cmp.Compare(a.Line, b.Line) }) //nolint:gocritic // sorted in place
	d.summarise()
}

// summarise replaces the problems of a file in which nothing was found by one:
// somebody has chosen a file of another kind, and its lines are of no interest.
func (d *doc) summarise() {
	mine := d.entries[d.from:]
	if d.source.Name == "" || len(mine) < 2 {
		return
	}
	for i := range mine {
		if mine[i].Reason != ReasonBadLine && mine[i].Reason != ReasonNoKeyVariable && mine[i].Reason != ReasonNotAccount {
			return
		}
	}
	d.entries = d.entries[:d.from]
	e := d.entryAt(1)
	e.refuse(ReasonNothingFound)
	d.add(e)
}
