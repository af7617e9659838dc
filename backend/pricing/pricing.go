// Package pricing says what a usage costs by a table of model prices.
//
// On the way of a request it stands after the answer, between the usage and
// the ledger's End. AiHub brings no prices of its own: what is not in the
// table has no price, and that is not the same as free.
package pricing

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// perTokens is the amount of tokens that a Price is for.
const perTokens = 1e6

// Price is what a model's tokens cost, in US dollars for a million of them.
// Cached parts without a price of their own cost what other input costs.
type Price struct {
	Input      float64  `json:"input"`
	Output     float64  `json:"output"`
	CacheRead  *float64 `json:"cache_read,omitempty"`
	CacheWrite *float64 `json:"cache_write,omitempty"`
}

// Cost returns what a usage costs, in US dollars. Reasoning is part of the
// output and costs the same.
func (p Price) Cost(u llm.Usage) float64 {
	read, write := p.Input, p.Input
	if p.CacheRead != nil {
		read = *p.CacheRead
	}
	if p.CacheWrite != nil {
		write = *p.CacheWrite
	}
	fresh := max(u.Input-u.CacheRead-u.CacheWrite, 0)
	return (float64(fresh)*p.Input + float64(u.CacheRead)*read + float64(u.CacheWrite)*write +
		float64(u.Output)*p.Output) / perTokens
}

// check refuses amounts that are no price.
func (p Price) check() error {
	amounts := map[string]*float64{
		"input": &p.Input, "output": &p.Output, "cache_read": p.CacheRead, "cache_write": p.CacheWrite,
	}
	for _, field := range slices.Sorted(maps.Keys(amounts)) {
		if v := amounts[field]; v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0) || *v < 0) {
			return core.Invalid(field, "a price is a number of dollars, 0 or more")
		}
	}
	return nil
}

// Table holds the prices of models. It does not change after it was made and
// may be read from everywhere at once.
type Table struct {
	exact    map[string]Price
	patterns []pattern // the best match first
}

type pattern struct {
	name  string
	price Price
}

// NewTable returns a table of prices by the name of the upstream's model, in
// which "*" stands for any run of characters. It fails with CodeInvalid for a
// price that is negative or no number.
func NewTable(prices map[string]Price) (*Table, error) {
	t := &Table{exact: map[string]Price{}}
	for name, p := range prices {
		if err := p.check(); err != nil {
			return nil, err
		}
		if strings.Contains(name, "*") {
			t.patterns = append(t.patterns, pattern{name, p})
		} else {
			t.exact[name] = p
		}
	}
	slices.SortFunc(t.patterns, func(a, b pattern) int {
		return cmp.Or(cmp.Compare(literal(b.name), literal(a.name)), cmp.Compare(a.name, b.name))
	})
	return t, nil
}

// literal counts the characters of a pattern that are no wildcard.
func literal(name string) int { return len(name) - strings.Count(name, "*") }

// Find returns the price of a model: that of its name, else that of the
// pattern with the most literal characters; false when it has none.
func (t *Table) Find(model string) (Price, bool) {
	if p, ok := t.exact[model]; ok {
		return p, true
	}
	for i := range t.patterns {
		if core.MatchName(t.patterns[i].name, model) {
			return t.patterns[i].price, true
		}
	}
	return Price{}, false
}

// Cost returns what a usage of a model costs over a channel with this price
// multiplier, in US dollars; nil when the model has no price.
func (t *Table) Cost(model string, u llm.Usage, multiplier float64) *float64 {
	p, ok := t.Find(model)
	if !ok {
		return nil
	}
	cost := p.Cost(u) * multiplier
	return &cost
}
