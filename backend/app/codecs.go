package app

import (
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/anthropic"
	"github.com/aihub/aihub/backend/protocol/gemini"
	"github.com/aihub/aihub/backend/protocol/kiro"
	"github.com/aihub/aihub/backend/protocol/openai"
	"github.com/aihub/aihub/backend/protocol/responses"
)

// clientCodecs are the wire formats that clients speak.
func clientCodecs() map[llm.Protocol]protocol.ClientCodec {
	return map[llm.Protocol]protocol.ClientCodec{
		llm.OpenAI:    openai.Format{},
		llm.Responses: responses.Format{},
		llm.Anthropic: anthropic.Format{},
		llm.Gemini:    gemini.Format{},
	}
}

// formats are those in which each provider refuses a question of AiHub's own.
func formats() map[core.Provider]protocol.UpstreamFormat {
	return map[core.Provider]protocol.UpstreamFormat{
		core.ProviderOpenAI:    openai.Format{},
		core.ProviderAnthropic: anthropic.Format{},
		core.ProviderGemini:    gemini.Format{},
		core.ProviderKiro:      kiro.Format{},
	}
}

// upstreamCodecs are the wire formats that providers speak.
func upstreamCodecs(cfg *Config) map[llm.Protocol]protocol.Upstream {
	return map[llm.Protocol]protocol.Upstream{
		llm.OpenAI:    openai.Format{},
		llm.Responses: responses.Format{},
		llm.Anthropic: anthropic.Format{},
		llm.Gemini:    gemini.Format{},
		llm.Kiro:      kiro.Format{OpenEnd: cfg.KiroOpenEnd},
	}
}
