package pricing

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// The list prices of the providers as of November 2026. A Kiro credit is priced
// at what one costs beyond the plan.
//
//go:embed prices.json
var listed []byte

// Listed returns the prices that the program brings.
func Listed() ([]Entry, error) {
	var entries []Entry
	err := json.Unmarshal(listed, &entries)
	return entries, err
}

// Book holds the prices in force: the listed ones and, before them, a person's
// own. It may be read and changed at the same time.
type Book struct {
	listed *Table
	custom atomic.Pointer[Table]
}

// NewBook returns a book with the listed prices alone.
func NewBook() (*Book, error) {
	entries, err := Listed()
	if err != nil {
		return nil, err
	}
	table, err := NewTable(entries)
	if err != nil {
		return nil, err
	}
	b := &Book{listed: table}
	return b, b.Replace(nil)
}

// Replace makes these a person's own prices.
func (b *Book) Replace(entries []Entry) error {
	table, err := NewTable(entries)
	if err != nil {
		return err
	}
	b.custom.Store(table)
	return nil
}

// Find returns the price of a provider's model at a time, or nil. A model that
// the provider is not known to have is looked for among the others': services
// that are compatible with OpenAI offer everybody's models, some with the
// maker's name in front.
func (b *Book) Find(p core.Provider, model string, at time.Time) *Entry {
	custom := b.custom.Load()
	for _, name := range names(model) {
		if e := custom.Find(p, name, at); e != nil {
			return e
		}
	}
	for _, provider := range sources(p) {
		for _, name := range names(model) {
			if e := b.listed.Find(provider, name, at); e != nil {
				return e
			}
		}
	}
	return nil
}

// names are under what a model may be listed: "anthropic/claude-x" is also
// claude-x, "models/gemini-x" is gemini-x.
func names(model string) []string {
	if i := strings.LastIndexByte(model, '/'); i >= 0 && i+1 < len(model) {
		return []string{model, model[i+1:]}
	}
	return []string{model}
}

func sources(p core.Provider) []core.Provider {
	if p == core.ProviderOpenAI {
		return []core.Provider{core.ProviderOpenAI, core.ProviderAnthropic, core.ProviderGemini}
	}
	return []core.Provider{p}
}

// Charge returns what a usage of a model costs over a channel and by which
// price; nil when the model has no price.
func (b *Book) Charge(ch *core.Channel, model string, u llm.Usage, at time.Time) (*float64, *core.PriceUsed) {
	e := b.Find(ch.Provider, model, at)
	if e == nil {
		return nil, nil
	}
	used := At(e.Price, u, ch.PriceMultiplier)
	cost := Cost(used, u)
	return &cost, &used
}
