package app

import (
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/protocol/anthropic"
	"github.com/aihub/aihub/backend/protocol/gemini"
	"github.com/aihub/aihub/backend/protocol/openai"
	"github.com/aihub/aihub/backend/protocol/responses"
)

// codecs are the wire formats between which requests are converted.
func codecs() map[llm.Protocol]protocol.Codec {
	return map[llm.Protocol]protocol.Codec{
		llm.OpenAI:    openai.Format{},
		llm.Responses: responses.Format{},
		llm.Anthropic: anthropic.Format{},
		llm.Gemini:    gemini.Format{},
	}
}
