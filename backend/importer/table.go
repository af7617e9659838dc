package importer

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
)

// header is the heading of a table: which field each column holds.
type header struct {
	comma  rune
	fields []field
	line   int // of the heading
	offset int // where it begins
}

// isTable reports whether the text begins with a heading.
func (d *doc) isTable() bool { return d.heading() != nil }

// heading reads the first line that says something as a heading. It is one when
// a column is named as a key or token is, and none of its cells is one.
func (d *doc) heading() *header {
	at := 0
	for line := range strings.Lines(d.text) {
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' {
			at += len(line)
			continue
		}
		for _, comma := range []rune{',', '\t', ';', '|'} {
			if h := d.headingBy(text, comma); h != nil {
				h.line, h.offset = 1+strings.Count(d.text[:at], "\n"), at
				return h
			}
		}
		return nil
	}
	return nil
}

func (d *doc) headingBy(text string, comma rune) *header {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes = comma, true
	cells, err := r.Read()
	if err != nil {
		return nil
	}
	h := &header{comma: comma}
	secret := false
	for _, c := range cells {
		f, known := d.fieldOf(c)
		if !known {
			f = fIgnored
		}
		if looksLikeKey(strings.TrimSpace(c)) {
			return nil
		}
		secret = secret || secretField(f) && f != fClient && f != fClientSec
		h.fields = append(h.fields, f)
	}
	if !secret {
		return nil
	}
	return h
}

// readTable reads a table with a heading, such as a spreadsheet saves it. A cell
// in quotes may hold line breaks.
func (d *doc) readTable() {
	h := d.heading()
	r := csv.NewReader(strings.NewReader(d.text[h.offset:]))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = h.comma, true, -1, true
	r.Comment, r.TrimLeadingSpace = '#', h.comma != '\t'
	for first := true; !d.full(); first = false {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			e := d.entryAt(wrong.StartLine + h.line - 1)
			e.refuse(ReasonBadLine)
			d.add(e)
			return
		}
		if !first {
			line, _ := r.FieldPos(0)
			d.addRow(line+h.line-1, h.record(cells))
		}
	}
}

func (h *header) record(cells []string) record {
	rec := record{}
	for i, c := range cells[:min(len(cells), len(h.fields))] {
		if c = unquote(c); c != "" && h.fields[i] != fIgnored && rec[h.fields[i]] == "" {
			rec[h.fields[i]] = c
		}
	}
	return rec
}

func (d *doc) addRow(line int, rec record) {
	kind, err := strconv.Atoi(rec[fType])
	switch {
	case len(rec) == 0:
	case err == nil && rec[fKey] != "":
		d.addChannelRow(line, kind, rec)
	case rec.secretive():
		d.addAccount(line, "", rec)
	default:
		e := d.entryAt(line)
		e.Name = rec.name()
		e.refuse(ReasonNoCredential)
		d.add(e)
	}
}

// addChannelRow adds a channel of new-api out of a table of its database.
func (d *doc) addChannelRow(line, kind int, rec record) {
	base := rec[fBaseURL]
	c := apiChannel{Type: &kind, Key: rec[fKey], Name: rec[fName], BaseURL: &base}
	c.Status, _ = strconv.Atoi(rec[fStatus])
	d.addKeys(d.entryAt(line), &c)
}
