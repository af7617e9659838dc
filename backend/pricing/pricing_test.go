package pricing_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/pricing"
)

func usd(x float64) *float64 { return &x }

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// today is a day on which the listed prices hold.
var today = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func TestCost(t *testing.T) {
	plain := core.Price{Input: 2, Output: 8}
	cached := core.Price{Input: 2, Output: 8, CacheRead: usd(0.5), CacheWrite: usd(2.5)}
	hour := core.Price{Input: 2, Output: 8, CacheWrite: usd(2.5), CacheWrite1: usd(5)}
	long := core.Price{Input: 2, Output: 8, Reasoning: usd(1), Tiers: []core.PriceTier{
		{Above: 200_000, Input: 4, Output: 12}, {Above: 500_000, Input: 6, Output: 20, CacheRead: usd(1)},
	}}
	const m = 1_000_000
	for _, tt := range []struct {
		name  string
		price core.Price
		usage llm.Usage
		want  float64
	}{
		{"nothing", cached, llm.Usage{}, 0},
		{"in and out", plain, llm.Usage{Input: m, Output: m / 2}, 6},
		{"reasoning is output", plain, llm.Usage{Output: m, Reasoning: m / 2}, 8},
		{"reasoning with a price of its own", core.Price{Output: 8, Reasoning: usd(2)}, llm.Usage{Output: m, Reasoning: m / 2}, 5},
		{"cached parts are parts of the input", cached, llm.Usage{Input: m, CacheRead: m / 2, CacheWrite: m / 4}, 0.5 + 0.25 + 0.625},
		{"cached parts without a price", plain, llm.Usage{Input: m, CacheRead: m / 2, CacheWrite: m / 4}, 2},
		{"free cache reads", core.Price{Input: 2, CacheRead: usd(0)}, llm.Usage{Input: m, CacheRead: m}, 0},
		{"parts larger than the whole", cached, llm.Usage{Input: 10, CacheRead: m}, 0.5},
		{"writes for an hour", hour, llm.Usage{Input: m, CacheWrite: m, CacheWrite1h: m / 2}, 1.25 + 2.5},
		{"writes for an hour without a price cost twice the input", cached, llm.Usage{Input: m, CacheWrite: m, CacheWrite1h: m}, 4},
		{"at the tier's border", long, llm.Usage{Input: 200_000}, 0.4},
		{"above it the whole request costs more", long, llm.Usage{Input: 200_001, Output: m, Reasoning: m}, 0.800004 + 12},
		{"the highest tier holds", long, llm.Usage{Input: m, CacheRead: m / 2}, 3 + 0.5},
		{"images by the piece", core.Price{Image: 0.04}, llm.Usage{Images: 3}, 0.12},
		{"images by tokens", core.Price{Output: 2, ImageOutput: usd(30)}, llm.Usage{Output: m, ImageTokens: m / 2}, 1 + 15},
		{"credits", core.Price{Credit: 0.04}, llm.Usage{Input: m, Credits: 2.5}, 0.1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := pricing.Cost(pricing.At(tt.price, tt.usage, 1), tt.usage); !near(got, tt.want) {
				t.Errorf("$%g, want $%g", got, tt.want)
			}
			if got := pricing.Cost(pricing.At(tt.price, tt.usage, 1.5), tt.usage); !near(got, tt.want*1.5) {
				t.Errorf("with the multiplier $%g, want $%g", got, tt.want*1.5)
			}
		})
	}
}

func entry(input float64, match ...string) pricing.Entry {
	return pricing.Entry{Match: match, Price: core.Price{Input: input}}
}

func TestFind(t *testing.T) {
	late := entry(7, "later")
	late.From = "2027-01-01"
	own := entry(9, "model-b")
	own.Provider = core.ProviderGemini
	table, err := pricing.NewTable([]pricing.Entry{
		entry(2, "model-*"), entry(1, "model-a"), entry(3, "model-a-*"), entry(4, "*"), entry(5, "*-a-*"), entry(6, "later"), late, own,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		provider core.Provider
		model    string
		at       time.Time
		want     float64
	}{
		{core.ProviderOpenAI, "model-a", today, 1},
		{core.ProviderOpenAI, "model-b", today, 2},
		{core.ProviderGemini, "model-b", today, 9},
		{core.ProviderOpenAI, "model-a-1", today, 3},
		{core.ProviderOpenAI, "x", today, 4},
		{core.ProviderOpenAI, "x-a-y", today, 5},
		{core.ProviderOpenAI, "later", today, 6},
		{core.ProviderOpenAI, "later", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), 7},
	} {
		if e := table.Find(tt.provider, tt.model, tt.at); e == nil || e.Input != tt.want {
			t.Errorf("%s of %s: %+v, want $%g", tt.model, tt.provider, e, tt.want)
		}
	}
	if e := table.Find(core.ProviderKiro, "model-a", today); e != nil {
		t.Errorf("a price of any provider holds for Kiro: %+v", e)
	}
}

func book(t *testing.T) *pricing.Book {
	t.Helper()
	b, err := pricing.NewBook()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestListedPrices holds samples against the providers' price lists of November
// 2026.
func TestListedPrices(t *testing.T) {
	b := book(t)
	for _, tt := range []struct {
		provider core.Provider
		model    string
		in, out  float64
	}{
		{core.ProviderAnthropic, "claude-opus-5-5", 4, 20},
		{core.ProviderAnthropic, "claude-opus-5-20260601", 5, 25},
		{core.ProviderAnthropic, "claude-sonnet-4-5-20250929", 3, 15},
		{core.ProviderAnthropic, "claude-haiku-4-5", 1, 5},
		{core.ProviderOpenAI, "gpt-5-mini-2025-08-07", 0.25, 2},
		{core.ProviderOpenAI, "gpt-6-luna", 0.1, 0.5},
		{core.ProviderOpenAI, "gpt-4o-2024-05-13", 5, 15},
		{core.ProviderOpenAI, "anthropic/claude-opus-5-5", 4, 20},
		{core.ProviderGemini, "gemini-2.5-pro", 1.25, 10},
		{core.ProviderGemini, "models/gemini-2.5-flash", 0.3, 2.5},
		{core.ProviderGemini, "gemini-2.5-pro-preview-tts", 1, 20},
	} {
		e := b.Find(tt.provider, tt.model, today)
		if e == nil || e.Input != tt.in || e.Output != tt.out {
			t.Errorf("%s: %+v, want %g and %g", tt.model, e, tt.in, tt.out)
		}
	}
	if e := b.Find(core.ProviderKiro, "claude-opus-5", today); e == nil || e.Credit != 0.04 {
		t.Errorf("a Kiro credit: %+v", e)
	}
	if e := b.Find(core.ProviderGemini, "gemini-3.6-flash", today.AddDate(0, 2, 0)); e == nil || e.Input != 1.5 {
		t.Errorf("a price that rises in 2027: %+v", e)
	}
}

func TestUnpricedIsNotFree(t *testing.T) {
	ch := &core.Channel{Provider: core.ProviderOpenAI, PriceMultiplier: 1}
	if cost, price := book(t).Charge(ch, "nobody-knows-it", llm.Usage{Input: 1e6}, today); cost != nil || price != nil {
		t.Errorf("cost $%g by %+v of a model without a price", *cost, price)
	}
}

func TestOwnPricesComeFirst(t *testing.T) {
	b := book(t)
	ch := &core.Channel{Provider: core.ProviderOpenAI, PriceMultiplier: 2}
	if err := b.Replace([]pricing.Entry{entry(3, "gpt-*")}); err != nil {
		t.Fatal(err)
	}
	cost, price := b.Charge(ch, "gpt-5", llm.Usage{Input: 1e6}, today)
	if cost == nil || *cost != 6 || price.Multiplier != 2 || price.Input != 3 {
		t.Errorf("cost %v by %+v, want 6", cost, price)
	}
	if err := b.Replace([]pricing.Entry{entry(-1, "x")}); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("a negative price: %v", err)
	}
	if cost, _ := b.Charge(ch, "gpt-5", llm.Usage{Input: 1e6}, today); *cost != 6 {
		t.Errorf("a refused change took effect: %g", *cost)
	}
}

func TestWrongPrices(t *testing.T) {
	for field, p := range map[string]core.Price{
		"input": {Input: -1}, "output": {Output: math.NaN()}, "cache_read": {CacheRead: usd(-1)}, "cache_write": {CacheWrite: usd(math.Inf(1))},
		"image": {Image: -1}, "credit": {Credit: -1}, "tiers": {Tiers: []core.PriceTier{{Above: 0, Input: 1}}},
	} {
		wrong, ok := errors.AsType[*core.Error](pricing.Check(p))
		if !ok || wrong.Code != core.CodeInvalid || wrong.Field != field {
			t.Errorf("%s: %v", field, wrong)
		}
	}
}

func BenchmarkCharge(b *testing.B) {
	book, err := pricing.NewBook()
	if err != nil {
		b.Fatal(err)
	}
	ch := &core.Channel{Provider: core.ProviderGemini, PriceMultiplier: 1}
	b.ReportAllocs()
	for b.Loop() {
		book.Charge(ch, "gemini-2.5-pro-exp", llm.Usage{Input: 1000, CacheRead: 100, Output: 10}, today)
	}
}
