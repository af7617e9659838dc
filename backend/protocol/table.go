package protocol

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
)

// Table is what a format knows of its models: a list of rows, read from the
// top, of which the first with a matching pattern counts. The last row stands
// for the models that no other row knows.
type Table[T any] struct {
	rows     func() []T
	patterns func(*T) []string
}

// NewTable makes a table of an embedded file, a JSON list of rows, which is read
// once, when somebody first looks something up. patterns are those of a row.
func NewTable[T any](format string, file []byte, patterns func(*T) []string) *Table[T] {
	return &Table[T]{patterns: patterns, rows: sync.OnceValue(func() []T {
		var rows []T
		if err := json.Unmarshal(file, &rows); err != nil {
			panic(format + ": table of models: " + err.Error())
		}
		return rows
	})}
}

// Find returns the row of a model, whose name the format has brought into the
// form of the patterns. It reports false for the last row.
func (t *Table[T]) Find(name string) (*T, bool) {
	rows := t.rows()
	last := len(rows) - 1
	for i := range rows[:last] {
		if slices.ContainsFunc(t.patterns(&rows[i]), func(p string) bool { return matches(p, name) }) {
			return &rows[i], true
		}
	}
	return &rows[last], false
}

// matches reports whether name fits a pattern in which * stands for anything.
func matches(pattern, name string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, head)
	if !ok {
		return false
	}
	for i := 0; i <= len(name); i++ {
		if matches(rest, name[i:]) {
			return true
		}
	}
	return false
}
