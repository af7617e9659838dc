package catalog

import (
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/protocol/kiro"
)

// families are the beginnings by which the names of models tell their provider.
var families = []struct {
	prefix   string
	provider core.Provider
}{
	{"claude", core.ProviderAnthropic},
	{"gemini", core.ProviderGemini},
	{"gemma", core.ProviderGemini},
	{"imagen", core.ProviderGemini},
	{"veo", core.ProviderGemini},
	{"gpt-", core.ProviderOpenAI},
	{"chatgpt", core.ProviderOpenAI},
	{"codex", core.ProviderOpenAI},
	{"o1", core.ProviderOpenAI},
	{"o3", core.ProviderOpenAI},
	{"o4", core.ProviderOpenAI},
	{"text-embedding-3", core.ProviderOpenAI},
	{"text-embedding-ada", core.ProviderOpenAI},
	{"text-moderation", core.ProviderOpenAI},
	{"omni-moderation", core.ProviderOpenAI},
	{"dall-e", core.ProviderOpenAI},
	{"whisper", core.ProviderOpenAI},
	{"tts-", core.ProviderOpenAI},
	{"auto", core.ProviderKiro}, // its router
}

// atHome reports whether a model is one of the provider's own, as far as its
// name tells. Names of nobody's are at home with OpenAI, whose API the makers of
// other models have taken over. Kiro serves models of several makers: it is at
// home in all of them, beside their own.
func atHome(p core.Provider, model string) bool {
	if p == core.ProviderKiro {
		return kiro.Serves(model)
	}
	for _, f := range families {
		if strings.HasPrefix(model, f.prefix) {
			return f.provider == p
		}
	}
	return p == core.ProviderOpenAI
}

// hasFamily reports whether a model's name tells its provider.
func hasFamily(model string) bool {
	for _, f := range families {
		if strings.HasPrefix(model, f.prefix) {
			return true
		}
	}
	return false
}
