package importer

import (
	"cmp"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// assignment is one NAME=value of an .env file.
type assignment struct {
	line        int
	name, value string
}

// extras are the values that complete accounts: by provider and by what follows
// the names of their variables.
type extras map[string]record

func (x extras) of(p core.Provider, tail string) record {
	out := record{}
	for _, k := range []string{string(p), string(p) + "/" + tail} {
		for f, v := range x[k] {
			out[f] = v
		}
	}
	return out
}

// isEnv reports whether the text is an .env file: one of its lines sets a
// variable that is known, or all of them set variables.
func (d *doc) isEnv() bool {
	set, all := 0, 0
	for line := range strings.Lines(d.text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		all++
		a, ok := assign(line)
		if !ok {
			continue
		}
		set++
		if _, _, known := d.variableOf(a.name); known {
			return true
		}
	}
	return all > 1 && set == all
}

// readEnv reads an .env file. What is no variable is read as a line of its own,
// since people paste both together; variables that hold no key are passed over,
// for a real file is full of them.
func (d *doc) readEnv() {
	assigned, others := d.assignments()
	x := extras{}
	for _, a := range assigned {
		v, tail, known := d.variableOf(a.name)
		if known && !begins(v.field) && a.value != "" {
			key := strings.TrimSuffix(string(v.provider)+"/"+tail, "/")
			if x[key] == nil {
				x[key] = record{}
			}
			x[key][v.field] = a.value
		}
	}
	before := len(d.entries)
	for _, a := range assigned {
		d.addAssignment(a, x)
	}
	for _, a := range others {
		d.readLine(a.line, a.value)
	}
	if len(d.entries) > before {
		return
	}
	for _, a := range assigned {
		e := d.entryAt(a.line)
		e.Name = a.name
		e.refuse(ReasonNoKeyVariable)
		d.add(e)
	}
}

// begins reports whether a variable of the field is an account, and not a part
// of one.
func begins(f field) bool { return f == fKey || f == fRefresh || f == fSecret }

// assignments splits the text; a quoted value may go over several lines.
func (d *doc) assignments() (set, others []assignment) {
	lines := strings.Split(d.text, "\n")
	for i := 0; i < len(lines) && len(set)+len(others) <= MaxRows; i++ {
		at, line := i+1, strings.TrimSpace(lines[i])
		if line == "" || line[0] == '#' || strings.HasPrefix(line, "//") {
			continue
		}
		a, ok := assign(line)
		a.line = at
		if !ok {
			others = append(others, assignment{line: at, value: line})
			continue
		}
		for opens(a.value) && i+1 < len(lines) && i-at < 2000 {
			i++
			a.value += "\n" + lines[i]
		}
		a.value = envValue(a.value)
		set = append(set, a)
	}
	return set, others
}

// assign reads NAME=value, with or without "export".
func assign(line string) (assignment, bool) {
	line = strings.TrimSpace(strings.TrimPrefix(line, "export "))
	name, value, ok := strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok || !envName(name) || strings.HasPrefix(value, "=") {
		return assignment{}, false
	}
	return assignment{name: name, value: value}, true
}

// opens reports whether a value begins with a quote that does not end.
func opens(v string) bool {
	return v != "" && (v[0] == '"' || v[0] == '\'') && strings.IndexByte(v[1:], v[0]) < 0
}

// envName reports whether s can be the name of a variable: a key that ends with
// "=" as base64 does has no such name.
func envName(s string) bool {
	if s == "" || len(s) > 64 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}

// envValue drops quotes, and a comment behind a value.
func envValue(v string) string {
	if v == "" || v[0] != '"' && v[0] != '\'' {
		v, _, _ = strings.Cut(v, " #")
		return strings.TrimSpace(v)
	}
	if end := strings.LastIndexByte(v[1:], v[0]); end >= 0 {
		return strings.TrimSpace(v[1 : end+1])
	}
	return unquote(v)
}

// addAssignment adds the accounts that a variable holds.
func (d *doc) addAssignment(a assignment, x extras) {
	v, tail, known := d.variableOf(a.name)
	switch {
	case a.value == "" || known && !begins(v.field):
	case !known:
		if looksLikeKey(a.value) {
			d.addSecret(a.line, a.name, a.value)
		}
	case v.field == fSecret && isJSON(a.value):
		inner := d.newDoc(d.source, a.value)
		inner.base = d.base + a.line - 1
		inner.readJSON()
	default:
		for _, value := range strings.FieldsFunc(a.value, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' }) {
			d.addVariable(a, v, value, x.of(v.provider, tail))
		}
	}
}

// addVariable adds one account of a known variable.
func (d *doc) addVariable(a assignment, v variable, value string, rec record) {
	e := d.entryAt(a.line)
	e.Name, e.Provider, e.named = a.name, v.provider, true
	e.BaseURL = rec.first(fBaseURL)
	if e.BaseURL == "" {
		e.BaseURL = v.baseURL
	}
	switch {
	case v.reason != "":
		e.refuse(v.reason, cmp.Or(v.detail, a.name))
	case v.provider == core.ProviderKiro && v.field != fKey && namesFile(value):
		e.refuse(ReasonNamesFile, a.name)
	case v.provider == core.ProviderKiro:
		if v.field == fSecret {
			v.field = fRefresh
		}
		rec[v.field] = value
		d.addKiro(e, rec)
		return
	default:
		e.Credential = core.Credential{APIKey: value}
	}
	d.add(e)
}

// namesFile reports whether a value is a path.
func namesFile(v string) bool {
	return strings.HasSuffix(v, ".json") || strings.HasPrefix(v, "/") || strings.HasPrefix(v, "~") || strings.ContainsRune(v, '\\')
}
