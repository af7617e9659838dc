package importer

import (
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// readLines reads one account per line. Each line stands for itself, so the
// forms may be mixed: a bare key, "name,key", "name: key", "key # name",
// NAME=key, and the columns of account managers. Empty lines and comments are
// skipped.
func (d *doc) readLines() {
	n := 0
	for line := range strings.SplitSeq(d.text, "\n") {
		n++
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "//") {
			d.readLine(n, line)
		}
		if d.full() {
			return
		}
	}
}

func (d *doc) readLine(n int, line string) {
	if a, ok := assign(line); ok && a.value != "" {
		if _, _, known := d.variableOf(a.name); known || a.name == strings.ToUpper(a.name) || secretName(a.name) {
			a.line, a.value = n, envValue(a.value)
			d.addLone(a, known)
			return
		}
	}
	line, comment := cutComment(strings.TrimRight(line, ",; "))
	cells := split(line)
	switch {
	case len(cells) < 2:
		d.addSecret(n, comment, unquote(line))
	case len(cells) == 2 && keyCell(cells) < 0 && !strings.Contains(line, columns):
		d.addSecret(n, cells[0], cells[1])
	default:
		d.addCells(n, cells, comment)
	}
}

// addLone adds a variable that stands among other lines. One that no tool knows
// holds a key all the same when its name says so.
func (d *doc) addLone(a assignment, known bool) {
	before := len(d.entries)
	switch {
	case known:
		d.addAssignment(a, nil)
	case secretName(a.name):
		d.addSecret(a.line, a.name, a.value)
	}
	if len(d.entries) == before && !d.full() {
		e := d.entryAt(a.line)
		e.Name = a.name
		e.refuse(ReasonNoKeyVariable)
		d.add(e)
	}
}

// secretName reports whether a variable of no known tool still holds a key by
// its name.
func secretName(name string) bool {
	name = strings.ToUpper(name)
	return strings.Contains(name, "KEY") || strings.Contains(name, "TOKEN")
}

// cutComment takes what stands behind a "#" for the account's name.
func cutComment(line string) (rest, comment string) {
	rest, comment, _ = strings.Cut(line, " #")
	return strings.TrimRight(rest, ",; \t"), strings.TrimSpace(strings.TrimLeft(comment, "# "))
}

// columns is what account managers put between the parts of a line. What stands
// beside an e-mail address there is a password.
const columns = "----"

// split finds the columns of a line. A token may hold a colon, but never a space
// after it.
func split(line string) []string {
	for _, by := range []string{columns, "\t", ",", ";", "|", ": "} {
		if strings.Contains(line, by) {
			cells := strings.Split(line, by)
			if by == ": " {
				cells = strings.SplitN(line, by, 2)
			}
			return cleanCells(cells)
		}
	}
	if cells := strings.Fields(line); len(cells) > 1 && keyCell(cells) >= 0 {
		return cleanCells(cells)
	}
	return []string{line}
}

func cleanCells(cells []string) []string {
	out := cells[:0]
	for _, c := range cells {
		if c = unquote(strings.Trim(c, "- \t")); c != "" {
			out = append(out, c)
		}
	}
	return out
}

// keyCell finds the secret among cells: by its look, else by its length; -1
// when there is none.
func keyCell(cells []string) int {
	for i, c := range cells {
		if looksLikeKey(c) {
			return i
		}
	}
	for i, c := range cells {
		if len(c) >= minToken && !strings.ContainsAny(c, " \t") {
			return i
		}
	}
	return -1
}

// addCells adds the account of a line with several cells. Their order differs
// from program to program, so each is known by its look; a password beside an
// e-mail address is left out.
func (d *doc) addCells(n int, cells []string, comment string) {
	k := keyCell(cells)
	if k < 0 {
		e := d.entryAt(n)
		e.refuse(ReasonBadLine)
		d.add(e)
		return
	}
	rec := record{fName: comment}
	var before, after []string
	for i, c := range cells {
		switch {
		case i == k || rec.tell(c):
		case i < k:
			before = append(before, c)
		default:
			after = append(after, c)
		}
	}
	kiro := d.setSecret(rec, cells[k])
	if kiro && len(after) >= 2 {
		rec[fClient], rec[fClientSec] = after[0], after[1]
		after = nil
	}
	if rec.first(fName, fEmail) == "" {
		rec[fName] = firstName(before, after)
	}
	d.addAccount(n, "", rec)
}

// setSecret files the secret of a line; it reports whether it is a refresh token
// of Kiro.
func (d *doc) setSecret(rec record, secret string) bool {
	s, ok := shapeOf(secret)
	kiro := ok && s.provider == core.ProviderKiro || !ok && (d.Provider == core.ProviderKiro || rec[fIDP] != "")
	if kiro && !strings.HasPrefix(secret, "ksk_") {
		rec[fRefresh] = secret
		return true
	}
	rec[fKey] = secret
	return false
}

// tell files a cell that shows by its look what it is.
func (rec record) tell(cell string) bool {
	f := field("")
	_, method := methodOf(record{fIDP: cell})
	_, provider := providerOf(record{fIDP: cell})
	switch {
	case strings.Contains(cell, "@") && !strings.Contains(cell, "://"):
		f = fEmail
	case strings.HasPrefix(cell, "https://") && strings.Contains(cell, "/start"):
		f = fStartURL
	case strings.HasPrefix(cell, "https://") || strings.HasPrefix(cell, "http://"):
		f = fBaseURL
	case strings.HasPrefix(cell, "arn:"):
		f = fProfile
	case regionLike(cell):
		f = fRegion
	case method || provider:
		f = fIDP
	}
	if f == "" || rec[f] != "" {
		return false
	}
	rec[f] = cell
	return true
}

// firstName is the first cell that can be a name. Long ones are ids or secrets.
func firstName(lists ...[]string) string {
	for _, list := range lists {
		for _, c := range list {
			if len([]rune(c)) <= 40 {
				return c
			}
		}
	}
	return ""
}

// unquote drops the spaces and the quotes around a value.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == s[len(s)-1] && (s[0] == '"' || s[0] == '\'' || s[0] == '`') {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}
