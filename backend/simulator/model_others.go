package simulator

import (
	"strings"

	"github.com/aihub/aihub/backend/core"
)

func claudeModels() []model {
	var list []model
	add := func(output int, can traits, ids ...string) {
		for _, id := range ids {
			context := 200_000
			if can.adaptive {
				context = 1_000_000
			}
			list = append(list, model{id: id, provider: core.ProviderAnthropic, use: useChat, context: context, output: output, can: can})
		}
	}
	add(128_000, traits{reasons: true, adaptive: true, effort: true, xhigh: true}, "claude-opus-5-5", "claude-fable-5-1", "claude-fable-5-2")
	add(128_000, traits{reasons: true, adaptive: true, effort: true, xhigh: true, between: true}, "claude-sonnet-5-5")
	add(64_000, traits{reasons: true, adaptive: true, disable: true, force: true, effort: true, xhigh: true}, "claude-haiku-5-5")
	add(128_000, traits{reasons: true, adaptive: true, budget: true, disable: true, force: true, effort: true, xhigh: true},
		"claude-opus-5", "claude-sonnet-5", "claude-opus-4-8", "claude-opus-4-7")
	add(128_000, traits{reasons: true, adaptive: true, force: true, effort: true, xhigh: true}, "claude-fable-5")
	add(128_000, traits{reasons: true, adaptive: true, budget: true, sampling: true, disable: true, force: true, effort: true},
		"claude-opus-4-6", "claude-sonnet-4-6")
	older := traits{reasons: true, budget: true, sampling: true, disable: true, force: true, prefill: true}
	add(64_000, older, "claude-sonnet-4-5", "claude-haiku-4-5", "claude-sonnet-4", "claude-sonnet-4-0", "claude-3-7-sonnet")
	withEffort := older
	withEffort.effort = true
	add(64_000, withEffort, "claude-opus-4-5")
	add(32_000, older, "claude-opus-4-1", "claude-opus-4", "claude-opus-4-0")
	plain := traits{sampling: true, force: true, prefill: true}
	add(8_192, plain, "claude-3-5-sonnet", "claude-3-5-haiku")
	add(4_096, plain, "claude-3-opus", "claude-3-sonnet", "claude-3-haiku")
	return list
}

func geminiModels() []model {
	var list []model
	add := func(u use, context, output int, ids ...string) {
		for _, id := range ids {
			m := model{id: id, provider: core.ProviderGemini, use: u, context: context, output: output}
			if u == useChat {
				m.can = googleTraits(id)
			}
			list = append(list, m)
		}
	}
	add(useChat, 1_048_576, 65_536, "gemini-3.8-flash", "gemini-3.7-flash", "gemini-3.6-flash", "gemini-3.5-flash", "gemini-3.5-flash-lite",
		"gemini-3.1-pro", "gemini-3.1-flash-lite", "gemini-3-pro", "gemini-3-flash", "gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite")
	add(useChat, 1_048_576, 8_192, "gemini-2.0-flash", "gemini-2.0-flash-lite", "gemini-1.5-pro", "gemini-1.5-flash")
	add(useChat, 32_760, 8_192, "gemini-pro")
	add(useChat, 16_384, 2_048, "gemini-pro-vision")
	add(useEmbedding, 2_048, 3_072, "gemini-embedding-001")
	add(useEmbedding, 2_048, 768, "text-embedding-004")
	return list
}

// allLevels are Gemini's thinking levels from the lowest to the highest.
const allLevels = "minimal low medium high"

// googleTraits knows Gemini 2.5, which thinks by budget, from 3 and later,
// which think by level and demand their signatures back.
func googleTraits(id string) traits {
	switch {
	case id == "gemini-2.5-pro":
		return traits{reasons: true, least: 128}
	case strings.HasPrefix(id, "gemini-2.5"):
		return traits{reasons: true}
	case strings.HasPrefix(id, "gemini-3-pro"):
		return traits{reasons: true, signed: true, levels: "low high"}
	case strings.HasPrefix(id, "gemini-3.1-pro"), strings.HasPrefix(id, "gemini-3.7-flash"):
		return traits{reasons: true, signed: true, levels: "low medium high"}
	case strings.HasPrefix(id, "gemini-3"):
		return traits{reasons: true, signed: true, levels: allLevels}
	}
	return traits{}
}
