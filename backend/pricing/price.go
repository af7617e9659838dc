package pricing

import (
	"math"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// perTokens is the amount of tokens that a price is for.
const perTokens = 1e6

// hourFactor is what a cache write for an hour costs in input tokens where the
// table says nothing else (Anthropic's rule).
const hourFactor = 2

// At returns the price that holds for a request of this usage.
func At(p core.Price, u llm.Usage, multiplier float64) core.PriceUsed {
	for _, t := range p.Tiers {
		if u.Input > t.Above {
			p.Input, p.Output = t.Input, t.Output
			p.CacheRead, p.CacheWrite, p.CacheWrite1 = t.CacheRead, t.CacheWrite, t.CacheWrite1
			p.Reasoning = nil
		}
	}
	return core.PriceUsed{
		Input: p.Input, Output: p.Output,
		CacheRead: or(p.CacheRead, p.Input), CacheWrite: or(p.CacheWrite, p.Input),
		CacheWrite1: or(p.CacheWrite1, hourFactor*p.Input),
		Reasoning:   or(p.Reasoning, p.Output), ImageOutput: or(p.ImageOutput, p.Output),
		Image: p.Image, Credit: p.Credit, Multiplier: multiplier,
	}
}

func or(price *float64, otherwise float64) float64 {
	if price != nil {
		return *price
	}
	return otherwise
}

// Cost returns what the usage costs by this price, in US dollars.
func Cost(p core.PriceUsed, u llm.Usage) float64 {
	fresh := max(u.Input-u.CacheRead-u.CacheWrite, 0)
	short := max(u.CacheWrite-u.CacheWrite1h, 0)
	text := max(u.Output-u.Reasoning-u.ImageTokens, 0)
	tokens := float64(fresh)*p.Input + float64(u.CacheRead)*p.CacheRead +
		float64(short)*p.CacheWrite + float64(u.CacheWrite1h)*p.CacheWrite1 +
		float64(text)*p.Output + float64(u.Reasoning)*p.Reasoning + float64(u.ImageTokens)*p.ImageOutput
	return (tokens/perTokens + float64(u.Images)*p.Image + u.Credits*p.Credit) * p.Multiplier
}

// Check refuses amounts that are no price; it names the field at fault.
func Check(p core.Price) error {
	fields := []struct {
		name  string
		value *float64
	}{
		{"input", &p.Input},
		{"output", &p.Output},
		{"cache_read", p.CacheRead},
		{"cache_write", p.CacheWrite},
		{"cache_write_1h", p.CacheWrite1},
		{"reasoning", p.Reasoning},
		{"image_output", p.ImageOutput},
		{"image", &p.Image},
		{"credit", &p.Credit},
	}
	for _, f := range fields {
		if f.value != nil && !amount(*f.value) {
			return core.Invalid(f.name, "%s is a number of dollars, 0 or more", f.name)
		}
	}
	return checkTiers(p.Tiers)
}

func checkTiers(tiers []core.PriceTier) error {
	last := int64(0)
	for _, t := range tiers {
		if t.Above <= last {
			return core.Invalid("tiers", "each tier has a larger number of tokens in \"above\" than the one before")
		}
		last = t.Above
		for _, v := range []*float64{&t.Input, &t.Output, t.CacheRead, t.CacheWrite, t.CacheWrite1} {
			if v != nil && !amount(*v) {
				return core.Invalid("tiers", "a price is a number of dollars, 0 or more")
			}
		}
	}
	return nil
}

func amount(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) && v >= 0 }
