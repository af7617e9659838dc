package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/aihub/aihub/backend/catalog"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/pricing"
)

// maxPrices bounds a person's own prices.
const maxPrices = 20_000

// PriceSource says who set a price.
type PriceSource string

// The sources of prices.
const (
	PriceListed PriceSource = "listed" // the program's own list
	PriceCustom PriceSource = "custom" // a person's
)

// Price is a row of the price table: dollars for a million tokens.
type Price struct {
	Model    string        `json:"model" doc:"the upstream's name; * stands for any run of characters"`
	Provider core.Provider `json:"provider,omitempty" doc:"empty: every provider but kiro"`
	From     string        `json:"from,omitempty" doc:"the first day on which the price holds, such as 2027-01-01"`
	Source   PriceSource   `json:"source" enum:"listed,custom"`
	core.Price
}

// PriceList is the answer of ListPrices: a person's own prices first, then the
// listed ones, each by provider and model. Unpriced are models that were used in
// the last 30 days and have no price.
type PriceList struct {
	Items    []Price  `json:"items"`
	Unpriced []string `json:"unpriced"`
}

// PriceInput sets the price of a model; it replaces the whole price.
type PriceInput struct {
	Provider core.Provider `json:"provider,omitempty" doc:"restricts the price to the channels of one provider"`
	core.Price
}

// ListPrices returns the price table.
func (s *Service) ListPrices(ctx context.Context) (PriceList, error) {
	listed, err := pricing.Listed()
	if err != nil {
		return PriceList{}, err
	}
	custom, err := CustomPrices(ctx, s.deps.Store)
	if err != nil {
		return PriceList{}, err
	}
	out := PriceList{Items: append(priceRows(slices.Collect(maps.Values(custom)), PriceCustom), priceRows(listed, PriceListed)...)}
	out.Unpriced, err = s.unpriced(ctx)
	return out, err
}

func priceRows(entries []pricing.Entry, source PriceSource) []Price {
	var rows []Price
	for _, e := range entries {
		for _, name := range e.Match {
			rows = append(rows, Price{Model: name, Provider: e.Provider, From: e.From, Source: source, Price: e.Price})
		}
	}
	slices.SortFunc(rows, func(a, b Price) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Model, b.Model), cmp.Compare(a.From, b.From))
	})
	return rows
}

// unpriced lists what was used lately and has no price. The sums know models by
// the name that clients used, so a name is asked of the channel's aliases first.
func (s *Service) unpriced(ctx context.Context) ([]string, error) {
	const days = 30
	now := s.now()
	sums, err := s.deps.Store.ListRollups(ctx, core.RollupFilter{Since: now.AddDate(0, 0, -days), Until: now.AddDate(0, 0, 1)})
	if err != nil {
		return nil, err
	}
	snap, missing := s.snapshot(), map[string]bool{}
	for _, r := range sums {
		ch := snap.Channel(r.ChannelID)
		if ch == nil || r.Model == "" || r.Input+r.Output == 0 {
			continue
		}
		name, ok := catalog.Resolve(ch, r.Model)
		if !ok {
			name = r.Model
		}
		if s.deps.Prices.Find(ch.Provider, name, now) == nil {
			missing[name] = true
		}
	}
	return list(slices.Sorted(maps.Keys(missing))), nil
}

// UpdatePrice sets a person's own price of a model, in which "*" stands for any
// run of characters. Rows that are written already keep their price.
func (s *Service) UpdatePrice(ctx context.Context, model string, in PriceInput) (Price, error) {
	e := pricing.Entry{Provider: in.Provider, Match: []string{model}, Price: in.Price}
	err := firstError(
		func() error { return checkPriced(model) },
		func() error {
			if in.Provider == "" {
				return nil
			}
			return oneOf("provider", in.Provider, core.Providers())
		},
		func() error { return pricing.Check(in.Price) },
	)
	if err != nil {
		return Price{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.putPrices(ctx, model, e); err != nil {
		return Price{}, err
	}
	return Price{Model: model, Provider: in.Provider, Source: PriceCustom, Price: in.Price}, nil
}

func checkPriced(model string) error {
	if !plainName(model) {
		return core.Invalid("model", "the name of a model has 1 to 256 characters and no spaces")
	}
	return nil
}

// DeletePrice removes a person's own price of a model, so that the listed one
// holds again, if there is one.
func (s *Service) DeletePrice(ctx context.Context, model string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	custom, err := CustomPrices(ctx, s.deps.Store)
	if err != nil {
		return err
	}
	if _, ok := custom[model]; !ok {
		return core.Errorf(core.CodeNotFound, "there is no price of your own for %q; listed prices cannot be deleted, only replaced by your own", model)
	}
	if err := s.deps.Store.PutStates(ctx, core.StatePrice, map[string][]byte{model: nil}); err != nil {
		return err
	}
	delete(custom, model)
	if err := s.deps.Prices.Replace(slices.Collect(maps.Values(custom))); err != nil {
		return err
	}
	s.tell(kindPrice, model)
	return nil
}

// PriceImport brings in prices from a JSON document.
type PriceImport struct {
	Content string `json:"content" doc:"LiteLLM's model_prices_and_context_window.json, models.dev's api.json, or a list of entries of this program's own shape"`
	DryRun  bool   `json:"dry_run,omitempty"`
}

// PriceImportResult says what became of the models of a document.
type PriceImportResult struct {
	Imported int `json:"imported"`
	Skipped  int `json:"skipped" doc:"models without a price by token"`
}

// ImportPrices makes the prices of a document a person's own, over those that
// are there for the same models.
func (s *Service) ImportPrices(ctx context.Context, in PriceImport) (PriceImportResult, error) {
	entries, skipped, err := pricing.Read([]byte(in.Content))
	if err != nil {
		return PriceImportResult{}, err
	}
	var single []pricing.Entry
	for _, e := range entries {
		for _, name := range e.Match {
			if err := checkPriced(name); err != nil {
				return PriceImportResult{}, core.Invalid("content", "%q is no name of a model", name)
			}
			single = append(single, pricing.Entry{Provider: e.Provider, Match: []string{name}, Price: e.Price})
		}
	}
	out := PriceImportResult{Imported: len(single), Skipped: skipped}
	if in.DryRun {
		return out, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return out, s.putPrices(ctx, "prices", single...)
}

// putPrices stores prices by their model and makes them hold. The caller holds
// mu.
func (s *Service) putPrices(ctx context.Context, id string, entries ...pricing.Entry) error {
	custom, err := CustomPrices(ctx, s.deps.Store)
	if err != nil {
		return err
	}
	docs := make(map[string][]byte, len(entries))
	for _, e := range entries {
		doc, err := json.Marshal(e)
		if err != nil {
			return core.Invalid("", "the price of %q cannot be stored: %v", e.Match[0], err)
		}
		docs[e.Match[0]], custom[e.Match[0]] = doc, e
	}
	if len(custom) > maxPrices {
		return core.Invalid("content", "that would be %d prices of your own; at most %d are kept", len(custom), maxPrices)
	}
	if err := s.deps.Store.PutStates(ctx, core.StatePrice, docs); err != nil {
		return err
	}
	if err := s.deps.Prices.Replace(slices.Collect(maps.Values(custom))); err != nil {
		return err
	}
	s.tell(kindPrice, id)
	return nil
}

// CustomPrices reads a person's own prices, by model.
func CustomPrices(ctx context.Context, store core.StateStore) (map[string]pricing.Entry, error) {
	docs, err := store.ListStates(ctx, core.StatePrice)
	if err != nil {
		return nil, err
	}
	custom := make(map[string]pricing.Entry, len(docs))
	for model, doc := range docs {
		var e pricing.Entry
		if err := json.Unmarshal(doc, &e); err != nil {
			return nil, &core.Error{Code: core.CodeInternal, Message: "the stored price of " + model + " is damaged", Err: err}
		}
		custom[model] = e
	}
	return custom, nil
}
