package admin

import (
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// find returns the rows of a model in the table.
func (l PriceList) find(model string) []Price {
	var rows []Price
	for _, p := range l.Items {
		if p.Model == model {
			rows = append(rows, p)
		}
	}
	return rows
}

func TestOwnPrice(t *testing.T) {
	h := newHub(t)
	if rows := must(h.ListPrices(t.Context()))(t).find("gpt-5"); len(rows) != 1 || rows[0].Source != PriceListed || rows[0].Input != 1.25 {
		t.Fatalf("listed: %+v", rows)
	}
	mine := PriceInput{Price: core.Price{Input: 9, Output: 10}}
	must(h.UpdatePrice(t.Context(), "gpt-5", mine))(t)
	rows := must(h.ListPrices(t.Context()))(t).find("gpt-5")
	if len(rows) != 2 || rows[0].Source != PriceCustom || rows[0].Input != 9 {
		t.Errorf("after a change: %+v", rows)
	}
	if e := h.deps.Prices.Find(core.ProviderOpenAI, "gpt-5", h.now()); e == nil || e.Input != 9 {
		t.Errorf("the price in force is %+v", e)
	}
	if err := h.DeletePrice(t.Context(), "gpt-5"); err != nil {
		t.Fatal(err)
	}
	if e := h.deps.Prices.Find(core.ProviderOpenAI, "gpt-5", h.now()); e == nil || e.Input != 1.25 {
		t.Errorf("after the deletion the price in force is %+v", e)
	}
	wantCode(t, h.DeletePrice(t.Context(), "gpt-5"), core.CodeNotFound)
}

func TestWrongPriceIsRefused(t *testing.T) {
	h := newHub(t)
	for field, in := range map[string]PriceInput{
		"input":    {Price: core.Price{Input: -1}},
		"provider": {Provider: "nobody"},
	} {
		_, err := h.UpdatePrice(t.Context(), "m", in)
		wantInvalid(t, err, field)
	}
	_, err := h.UpdatePrice(t.Context(), "two words", PriceInput{})
	wantInvalid(t, err, "model")
	_, err = h.ImportPrices(t.Context(), PriceImport{Content: "[]x"})
	wantInvalid(t, err, "content")
}

func TestImportPrices(t *testing.T) {
	h := newHub(t)
	const doc = `{"claude-x": {"litellm_provider": "anthropic", "input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05}, "free": {"mode": "chat"}}`
	dry := must(h.ImportPrices(t.Context(), PriceImport{Content: doc, DryRun: true}))(t)
	if dry != (PriceImportResult{Imported: 1, Skipped: 1}) || h.deps.Prices.Find(core.ProviderAnthropic, "claude-x", h.now()) != nil {
		t.Errorf("dry run: %+v", dry)
	}
	must(h.ImportPrices(t.Context(), PriceImport{Content: doc}))(t)
	if e := h.deps.Prices.Find(core.ProviderAnthropic, "claude-x", h.now()); e == nil || e.Output != 15 {
		t.Errorf("imported: %+v", e)
	}
	if own := must(CustomPrices(t.Context(), h.store))(t); len(own) != 1 {
		t.Errorf("stored: %v", own)
	}
}

func TestModelsInUseWithoutPrice(t *testing.T) {
	h := newHub(t)
	ch := h.channel(t, core.ProviderOpenAI)
	for _, model := range []string{"gpt-5", "home-made"} {
		r := &core.Record{
			ID: core.NewID("req", h.now()), Time: h.now(), ChannelID: ch.ID, RequestedModel: model, UpstreamModel: model,
			Outcome: core.OutcomeOK, Usage: llm.Usage{Input: 10},
		}
		if err := h.ledger.Reject(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(must(h.ListPrices(t.Context()))(t).Unpriced, " "); got != "home-made" {
		t.Errorf("unpriced: %q", got)
	}
}
