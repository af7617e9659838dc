// Package pricing says what a usage costs by a table of model prices.
//
// On the way of a request it stands after the answer, between the usage and
// the ledger's End. The program brings the list prices of the four providers'
// models (prices.json); a person's own prices come before them. What is in
// neither has no price, and that is not the same as free.
package pricing

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Entry is a row of the table.
type Entry struct {
	Provider core.Provider `json:"provider,omitempty"` // "" = any but Kiro, whose models other providers have too
	// Match are names of the upstream's models; "*" stands for any run of
	// characters.
	Match []string `json:"match"`
	// From is the day on which the price begins to hold, as 2006-01-02; "" =
	// always.
	From string `json:"from,omitempty"`
	core.Price
}

// Table holds the prices of models. It does not change after it was made and
// may be read from everywhere at once.
type Table struct {
	exact    map[string][]*Entry // the best first
	patterns []pattern           // the best first
}

type pattern struct {
	name  string
	entry *Entry
}

// NewTable returns the table of the entries. It fails with CodeInvalid for an
// amount that is no price.
func NewTable(entries []Entry) (*Table, error) {
	t := &Table{exact: map[string][]*Entry{}}
	for i := range entries {
		if err := Check(entries[i].Price); err != nil {
			return nil, err
		}
		t.add(&entries[i])
	}
	for _, list := range t.exact {
		slices.SortStableFunc(list, preferred)
	}
	slices.SortStableFunc(t.patterns, func(a, b pattern) int {
		return cmp.Or(cmp.Compare(literal(b.name), literal(a.name)), cmp.Compare(a.name, b.name), preferred(a.entry, b.entry))
	})
	return t, nil
}

func (t *Table) add(e *Entry) {
	for _, name := range e.Match {
		if strings.Contains(name, "*") {
			t.patterns = append(t.patterns, pattern{name, e})
		} else {
			t.exact[name] = append(t.exact[name], e)
		}
	}
}

// literal counts the characters of a pattern that are no wildcard.
func literal(name string) int { return len(name) - strings.Count(name, "*") }

// preferred orders entries of the same name: those of a provider before those
// of any, younger before older.
func preferred(a, b *Entry) int {
	return cmp.Or(cmp.Compare(b2i(a.Provider == ""), b2i(b.Provider == "")), cmp.Compare(b.From, a.From))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Find returns the entry of a provider's model that holds on a day: that of its
// name, else that of the pattern with the most literal characters; nil when it
// has none.
func (t *Table) Find(p core.Provider, model string, at time.Time) *Entry {
	day := at.UTC().Format(time.DateOnly)
	for _, e := range t.exact[model] {
		if e.holds(p, day) {
			return e
		}
	}
	for _, pat := range t.patterns {
		if pat.entry.holds(p, day) && core.MatchName(pat.name, model) {
			return pat.entry
		}
	}
	return nil
}

func (e *Entry) holds(p core.Provider, day string) bool {
	return (e.Provider == p || e.Provider == "" && p != core.ProviderKiro) && e.From <= day
}
