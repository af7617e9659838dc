package catalog

import (
	"slices"

	"github.com/aihub/aihub/backend/core"
)

// sideModels are the names under which tools send their small side requests
// (titles, summaries, routing), often without the person having chosen them:
// Claude Code asks for a haiku, Gemini CLI for a flash-lite, Codex for a mini.
var sideModels = []string{"claude-*haiku*", "gemini-*-flash-lite*", "gemini-*-flash*", "gpt-*-nano*", "gpt-*-mini*", "codex-*mini*"}

// smallModels are what can stand in for them, cheapest first.
var smallModels = []string{"*flash-lite*", "*nano*", "*haiku*", "*mini*", "*flash*"}

// StandIn returns the model that is to serve a side request when nobody offers
// the one it names: the newest of the cheapest kind among names. It returns ""
// for a model that is no side model (a person chose it, so the error must be
// told) and when there is nothing small.
func StandIn(names []string, model string) string {
	if !core.MatchAny(sideModels, model) {
		return ""
	}
	sorted := slices.Sorted(slices.Values(names))
	for _, kind := range smallModels {
		for _, name := range slices.Backward(sorted) {
			if core.MatchName(kind, name) && name != model {
				return name
			}
		}
	}
	return ""
}
