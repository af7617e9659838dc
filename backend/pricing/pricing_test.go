package pricing_test

import (
	"math"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/pricing"
)

func usd(x float64) *float64 { return &x }

func TestCost(t *testing.T) {
	plain := pricing.Price{Input: 2, Output: 8}
	cached := pricing.Price{Input: 2, Output: 8, CacheRead: usd(0.5), CacheWrite: usd(2.5)}
	const m = 1_000_000
	for _, tt := range []struct {
		name  string
		price pricing.Price
		usage llm.Usage
		want  float64
	}{
		{"nothing", cached, llm.Usage{}, 0},
		{"in and out", plain, llm.Usage{Input: m, Output: m / 2}, 6},
		{"reasoning is output", plain, llm.Usage{Output: m, Reasoning: m / 2}, 8},
		{"cached parts are parts of the input", cached, llm.Usage{Input: m, CacheRead: m / 2, CacheWrite: m / 4}, 0.5 + 0.25 + 0.625},
		{"cached parts without a price", plain, llm.Usage{Input: m, CacheRead: m / 2, CacheWrite: m / 4}, 2},
		{"free cache reads", pricing.Price{Input: 2, CacheRead: usd(0)}, llm.Usage{Input: m, CacheRead: m}, 0},
		{"parts larger than the whole", cached, llm.Usage{Input: 10, CacheRead: m}, 0.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.price.Cost(tt.usage); math.Abs(got-tt.want) > 1e-9 {
				t.Errorf("$%g, want $%g", got, tt.want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	table, err := pricing.NewTable(map[string]pricing.Price{
		"model-a": {Input: 1}, "model-*": {Input: 2}, "model-a-*": {Input: 3}, "*": {Input: 4}, "*-a-*": {Input: 5},
	})
	if err != nil {
		t.Fatal(err)
	}
	for model, want := range map[string]float64{"model-a": 1, "model-b": 2, "model-a-1": 3, "x": 4, "x-a-y": 5} {
		if p, ok := table.Find(model); !ok || p.Input != want {
			t.Errorf("%s: $%g, want $%g", model, p.Input, want)
		}
	}
	if got := table.Cost("model-b", llm.Usage{Input: 1e6}, 1.5); got == nil || *got != 3 {
		t.Errorf("cost %v, want 3", got)
	}
}

func TestUnpricedIsNotFree(t *testing.T) {
	table, err := pricing.NewTable(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := table.Cost("m", llm.Usage{Input: 1e6}, 1); got != nil {
		t.Errorf("cost $%g of a model without a price", *got)
	}
}

func TestWrongPrices(t *testing.T) {
	for field, p := range map[string]pricing.Price{
		"input": {Input: -1}, "output": {Output: math.NaN()}, "cache_read": {CacheRead: usd(-1)}, "cache_write": {CacheWrite: usd(math.Inf(1))},
	} {
		_, err := pricing.NewTable(map[string]pricing.Price{"m": p})
		if core.CodeOf(err) != core.CodeInvalid {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func BenchmarkCost(b *testing.B) {
	table, err := pricing.NewTable(map[string]pricing.Price{"model-a": {Input: 1, Output: 2}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		table.Cost("model-a", llm.Usage{Input: 1000, CacheRead: 100, Output: 10}, 1)
	}
}
