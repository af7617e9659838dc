package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// maxDepth bounds how deep lists of accounts may lie inside each other.
const maxDepth = 4

// isJSON reports whether a text begins as JSON does. A heading such as "[work]"
// is no list.
func isJSON(text string) bool {
	text = strings.TrimSpace(text)
	inner, list := strings.CutPrefix(text, "[")
	inner = strings.TrimLeft(inner, " \t\n")
	if !list || inner == "" {
		return strings.HasPrefix(text, "{")
	}
	return strings.IndexByte(`{["]`, inner[0]) >= 0 || inner[0] >= '0' && inner[0] <= '9' && text[len(text)-1] == ']'
}

// value is one JSON value and where in its text it begins.
type value struct {
	raw    json.RawMessage
	offset int
	name   string // of the member, in an object
}

func (v value) is(open byte) bool { return len(v.raw) > 0 && v.raw[0] == open }

func (v value) text() (string, bool) {
	var s string
	return s, v.is('"') && json.Unmarshal(v.raw, &s) == nil
}

// values walks the top of a text: one value, or several one after another (JSON
// lines). A top-level list is walked element by element, so that what stands
// before a mistake is found.
func (d *doc) readJSON() {
	dec := json.NewDecoder(strings.NewReader(d.text))
	for !d.full() {
		err := d.topValue(dec)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			d.brokenJSON(dec, err)
			return
		}
	}
}

func (d *doc) topValue(dec *json.Decoder) error {
	start := d.next(dec)
	if !strings.HasPrefix(d.text[start:], "[") {
		return d.element(dec, 0)
	}
	if _, err := dec.Token(); err != nil {
		return err
	}
	for dec.More() && !d.full() {
		if err := d.element(dec, 1); err != nil {
			return err
		}
	}
	if d.full() {
		return nil
	}
	_, err := dec.Token()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (d *doc) element(dec *json.Decoder, depth int) error {
	at := d.next(dec)
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return err
	}
	d.visit(value{raw: raw, offset: at}, "", depth)
	return nil
}

// next is where the next value begins.
func (d *doc) next(dec *json.Decoder) int {
	return skipTo(d.text, int(dec.InputOffset()))
}

func skipTo(text string, at int) int {
	return len(text) - len(strings.TrimLeft(text[at:], " \t\r\n,:"))
}

// brokenJSON ends the table with the place where the text stops being JSON.
func (d *doc) brokenJSON(dec *json.Decoder, err error) {
	at := max(int(dec.InputOffset()), len(strings.TrimRight(d.text, " \t\r\n")))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = min(int(syntax.Offset), len(d.text))
	}
	e := d.entry(at)
	e.refuse(ReasonBadJSON)
	d.add(e)
}

// members lists what an object holds, in order; elements what a list holds. The
// value is valid JSON.
func (v value) members() []value {
	var out []value
	v.walk(func(dec *json.Decoder) (string, bool) {
		name, err := dec.Token()
		s, ok := name.(string)
		return s, ok && err == nil
	}, func(m value) { out = append(out, m) })
	return out
}

func (v value) elements() []value {
	var out []value
	v.walk(func(*json.Decoder) (string, bool) { return "", true }, func(m value) { out = append(out, m) })
	return out
}

func (v value) walk(name func(*json.Decoder) (string, bool), visit func(value)) {
	dec := json.NewDecoder(bytes.NewReader(v.raw))
	if _, err := dec.Token(); err != nil {
		return
	}
	text := string(v.raw)
	for dec.More() {
		n, ok := name(dec)
		at := skipTo(text, int(dec.InputOffset()))
		var raw json.RawMessage
		if !ok || dec.Decode(&raw) != nil {
			return
		}
		visit(value{raw: raw, offset: v.offset + at, name: n})
	}
}
