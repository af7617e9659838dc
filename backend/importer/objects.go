package importer

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// visit adds what a JSON value holds; name is what the value is called where
// it lies.
func (d *doc) visit(v value, name string, depth int) {
	switch {
	case d.full():
	case v.is('"'):
		text, _ := v.text()
		d.visitText(v, name, text, depth)
	case v.is('[') && depth < maxDepth:
		for _, e := range v.elements() {
			d.visit(e, "", depth+1)
		}
	case v.is('{') && depth <= maxDepth:
		d.visitObject(v, name, depth)
	default:
		d.refuseAt(v.offset, ReasonNotAccount)
	}
}

// visitText takes a bare secret; a text in a list may also be a line of any
// other dialect.
func (d *doc) visitText(v value, name, text string, depth int) {
	line := d.lineAt(v.offset)
	if name != "" || depth == 0 {
		d.addSecret(line, name, text)
		return
	}
	d.readLine(line, strings.TrimSpace(text))
}

func (d *doc) refuseAt(offset int, r Reason) {
	e := d.entry(offset)
	e.refuse(r)
	d.add(e)
}

// visitObject finds out what an object is: the most telling shapes come first.
func (d *doc) visitObject(v value, name string, depth int) {
	ms := v.members()
	rec, ok := d.record(ms)
	switch {
	case d.isChannel(ms):
		d.addChannel(v, ms)
	case d.foreign(v, ms, rec):
	case ok && rec.secretive():
		d.addAccount(d.lineAt(v.offset), name, rec)
	case !ok:
		d.refuseAt(v.offset, ReasonNotAccount)
	case depth == 0 && d.supplement(rec):
	case d.inside(v, ms, depth):
	default:
		d.refuseAt(v.offset, ReasonNoCredential)
	}
}

// supplement keeps what belongs to an account of another file.
func (d *doc) supplement(rec record) bool {
	if rec[fClient] != "" && rec[fClientSec] != "" {
		d.registrations = append(d.registrations, newRegistration(d.entryAt(1), rec))
		return true
	}
	if arn := rec[fProfile]; strings.HasPrefix(arn, "arn:") {
		d.profiles = append(d.profiles, arn)
		return true
	}
	return false
}

// inside visits what an object that is no account holds: lists under the names
// that exports give them, variables, or accounts under names of their own.
func (d *doc) inside(_ value, ms []value, depth int) bool {
	before := len(d.entries)
	listed := false
	for _, m := range ms {
		if holds(m) {
			listed = true
			d.visit(m, "", depth+1)
		}
	}
	if listed {
		return true
	}
	for _, m := range ms {
		d.visitMember(m, depth)
	}
	return len(d.entries) > before
}

// holds reports whether a member is where exports keep their accounts.
func holds(m value) bool {
	names := []string{
		"accounts", "items", "data", "channels", "credentials", "tokens", "keys", "list", "results", "records", "rows", "kiroaccounts",
	}
	return (m.is('[') || m.is('{')) && slices.Contains(names, plain(m.name))
}

func (d *doc) visitMember(m value, depth int) {
	if text, ok := m.text(); ok {
		switch _, _, known := d.variableOf(m.name); {
		case known:
			d.addAssignment(assignment{line: d.lineAt(m.offset), name: m.name, value: text}, nil)
		case looksLikeKey(text):
			d.addSecret(d.lineAt(m.offset), clipName(m.name), text)
		}
		return
	}
	if !m.is('{') || depth >= maxDepth {
		return
	}
	if rec, ok := d.record(m.members()); ok && rec.secretive() {
		d.visit(m, clipName(m.name), depth+1)
	}
}

// record reads the fields of an object, those of the objects in which accounts
// keep their credentials included. ok is false when a secret is of a wrong type.
func (d *doc) record(ms []value) (rec record, ok bool) {
	rec = record{}
	if !d.fill(rec, ms) {
		return nil, false
	}
	for _, m := range ms {
		if !nests(m) {
			continue
		}
		inner := record{}
		if !d.fill(inner, m.members()) {
			return nil, false
		}
		maps.Copy(rec, inner)
	}
	return rec, true
}

// fill writes the members that are fields to rec.
func (d *doc) fill(rec record, ms []value) bool {
	for _, m := range ms {
		f, known := d.fieldOf(m.name)
		if !known || f == fIgnored || m.is('n') || nests(m) || holds(m) {
			continue
		}
		if secretField(f) && !m.is('"') {
			return false
		}
		if text := strings.TrimSpace(m.scalar()); text != "" && rec[f] == "" {
			rec[f] = text
		}
	}
	return true
}

// nests reports whether a member is the part of an account that holds its
// credential.
func nests(m value) bool {
	return m.is('{') && slices.Contains([]string{"credential", "credentials", "auth", "token", "tokens", "oauth"}, plain(m.name))
}

func secretField(f field) bool {
	return f == fKey || f == fSecret || f == fRefresh || f == fAccess || f == fClient || f == fClientSec
}

// scalar is a value as text: a list of texts is one of words, an object none.
func (v value) scalar() string {
	if v.is('[') {
		var words []string
		if json.Unmarshal(v.raw, &words) != nil {
			return ""
		}
		return strings.Join(words, " ")
	}
	if v.is('{') {
		return ""
	}
	if text, ok := v.text(); ok {
		return text
	}
	return string(v.raw)
}
