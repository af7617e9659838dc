package pricing

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/aihub/aihub/backend/core"
)

// Read reads prices from a JSON document in the program's own shape (a list of
// entries), in LiteLLM's (model_prices_and_context_window.json) or in
// models.dev's (api.json). skipped counts the models without a price by token.
// The entries are sorted by name, each of one name.
func Read(content []byte) (entries []Entry, skipped int, err error) {
	var own []Entry
	if json.Unmarshal(content, &own) == nil {
		return checked(own, 0)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(content, &members); err != nil {
		return nil, 0, core.Invalid("content", "this is no JSON document with prices; LiteLLM's model_prices_and_context_window.json, models.dev's api.json and this program's own list are understood")
	}
	for name, raw := range members {
		found, without := readMember(name, raw)
		entries = append(entries, found...)
		skipped += without
	}
	if len(entries) == 0 {
		return nil, skipped, core.Invalid("content", "the document holds no price; each model needs input_cost_per_token (LiteLLM) or cost.input (models.dev)")
	}
	return checked(entries, skipped)
}

// readMember reads a model of LiteLLM's list or a provider of models.dev's.
func readMember(name string, raw json.RawMessage) (entries []Entry, skipped int) {
	var maker struct {
		ID     string                   `json:"id"`
		Models map[string]modelsDevItem `json:"models"`
	}
	if json.Unmarshal(raw, &maker) == nil && maker.Models != nil {
		for id, m := range maker.Models {
			if m.Cost == nil {
				skipped++
				continue
			}
			entries = append(entries, m.Cost.entry(providerOf(cmp.Or(maker.ID, name)), id))
		}
		return entries, skipped
	}
	var m liteLLMItem
	if json.Unmarshal(raw, &m) != nil || m.Input == nil && m.Image == nil {
		return nil, 1
	}
	return []Entry{m.entry(name)}, 0
}

// checked sorts the entries and drops those whose name and provider have come
// before.
func checked(entries []Entry, skipped int) ([]Entry, int, error) {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(slices.Compare(a.Match, b.Match), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.From, b.From))
	})
	entries = slices.CompactFunc(entries, func(a, b Entry) bool {
		return slices.Equal(a.Match, b.Match) && a.Provider == b.Provider && a.From == b.From
	})
	for i := range entries {
		if len(entries[i].Match) == 0 {
			return nil, 0, core.Invalid("content", "entry %d names no model in \"match\"", i+1)
		}
		if err := Check(entries[i].Price); err != nil {
			return nil, 0, core.Invalid("content", "%s: %s", entries[i].Match[0], err.Error())
		}
	}
	return entries, skipped, nil
}

// providerOf maps other projects' names of providers; "" is any.
func providerOf(name string) core.Provider {
	switch name {
	case "openai", "text-completion-openai":
		return core.ProviderOpenAI
	case "anthropic":
		return core.ProviderAnthropic
	case "gemini", "google":
		return core.ProviderGemini
	}
	return ""
}

// modelsDevItem is a model at models.dev: dollars for a million tokens.
type modelsDevItem struct {
	Cost *modelsDevCost `json:"cost"`
}

type modelsDevCost struct {
	Input      float64        `json:"input"`
	Output     float64        `json:"output"`
	Reasoning  *float64       `json:"reasoning"`
	CacheRead  *float64       `json:"cache_read"`
	CacheWrite *float64       `json:"cache_write"`
	Over200k   *modelsDevCost `json:"context_over_200k"`
}

// longContext is where models.dev's and LiteLLM's second price begins.
const longContext = 200_000

func (c *modelsDevCost) entry(p core.Provider, model string) Entry {
	e := Entry{Provider: p, Match: []string{model}, Price: core.Price{
		Input: c.Input, Output: c.Output, Reasoning: c.Reasoning, CacheRead: c.CacheRead, CacheWrite: c.CacheWrite,
	}}
	if o := c.Over200k; o != nil {
		e.Tiers = []core.PriceTier{{
			Above: longContext, Input: o.Input, Output: o.Output, CacheRead: o.CacheRead, CacheWrite: o.CacheWrite,
		}}
	}
	return e
}

// liteLLMItem is a model in LiteLLM's list: dollars for one token.
type liteLLMItem struct {
	Provider        string   `json:"litellm_provider"`
	Input           *float64 `json:"input_cost_per_token"`
	Output          *float64 `json:"output_cost_per_token"`
	Reasoning       *float64 `json:"output_cost_per_reasoning_token"`
	CacheRead       *float64 `json:"cache_read_input_token_cost"`
	CacheWrite      *float64 `json:"cache_creation_input_token_cost"`
	CacheWrite1     *float64 `json:"cache_creation_input_token_cost_above_1hr"`
	Image           *float64 `json:"output_cost_per_image"`
	ImageOutput     *float64 `json:"output_cost_per_image_token"`
	LongInput       *float64 `json:"input_cost_per_token_above_200k_tokens"`
	LongOutput      *float64 `json:"output_cost_per_token_above_200k_tokens"`
	LongCacheRead   *float64 `json:"cache_read_input_token_cost_above_200k_tokens"`
	LongCacheWrite  *float64 `json:"cache_creation_input_token_cost_above_200k_tokens"`
	LongCacheWrite1 *float64 `json:"cache_creation_input_token_cost_above_1hr_above_200k_tokens"`
}

func (m *liteLLMItem) entry(name string) Entry {
	e := Entry{Provider: providerOf(m.Provider), Match: []string{name}, Price: core.Price{
		Input: or(million(m.Input), 0), Output: or(million(m.Output), 0), Reasoning: million(m.Reasoning),
		CacheRead: million(m.CacheRead), CacheWrite: million(m.CacheWrite), CacheWrite1: million(m.CacheWrite1),
		ImageOutput: million(m.ImageOutput), Image: or(m.Image, 0),
	}}
	if m.LongInput != nil {
		e.Tiers = []core.PriceTier{{
			Above: longContext, Input: *million(m.LongInput), Output: or(million(m.LongOutput), e.Output),
			CacheRead: million(m.LongCacheRead), CacheWrite: million(m.LongCacheWrite), CacheWrite1: million(m.LongCacheWrite1),
		}}
	}
	return e
}

// million makes the price of one token that of a million, without the noise of
// binary fractions.
func million(v *float64) *float64 {
	if v == nil {
		return nil
	}
	rounded := float64(int64(*v*perTokens*1e6+0.5)) / 1e6
	if *v < 0 {
		rounded = *v
	}
	return &rounded
}
