package importer

import (
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// readLines reads one account per line. Each line stands for itself, so the
// forms may be mixed: a bare key, "name,key", "name: key", and NAME=key as in
// an .env file. Empty lines, comments and the heading of a table are skipped.
func readLines(text string, p core.Provider) ([]Entry, bool) {
	var out []Entry
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") || heading(line) {
			continue
		}
		e := readLine(line, p)
		e.Line = n
		out = append(out, e)
		if len(out) > MaxRows {
			break
		}
	}
	return out, true
}

// heading reports whether a line names the columns of a table.
func heading(line string) bool {
	switch strings.ToLower(strings.ReplaceAll(line, " ", "")) {
	case "name,key", "name,api_key", "name,apikey", "name,token", "name,refresh_token":
		return true
	}
	return false
}

func readLine(line string, p core.Provider) Entry {
	if e, ok := readEnv(line, p); ok {
		return e
	}
	line = strings.TrimRight(line, ",; ")
	if name, value, ok := strings.Cut(line, ","); ok {
		return named(name, value, p)
	}
	// A token may hold a colon, but never a space after it.
	if name, value, ok := cutColon(line); ok {
		return named(name, value, p)
	}
	return named("", line, p)
}

func cutColon(line string) (name, value string, ok bool) {
	if name, value, ok = strings.Cut(line, ": "); ok {
		return name, value, true
	}
	return strings.Cut(line, ":\t")
}

func named(name, value string, p core.Provider) Entry {
	e := Entry{Name: unquote(name)}
	value = unquote(value)
	if strings.ContainsRune(value, ',') {
		e.Problem = "there are too many commas in this line; write name,key"
		return e
	}
	e.Credential = secret(value, p)
	return e
}

// unquote drops the spaces and the quotes around a value.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == s[len(s)-1] && (s[0] == '"' || s[0] == '\'' || s[0] == '`') {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}
