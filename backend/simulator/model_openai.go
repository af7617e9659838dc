package simulator

import (
	"strings"

	"github.com/aihub/aihub/backend/core"
)

func openAIModels() []model {
	var list []model
	add := func(u use, context, output int, ids ...string) {
		for _, id := range ids {
			m := model{id: id, provider: core.ProviderOpenAI, use: u, context: context, output: output}
			if u == useChat {
				m.can = gptTraits(id)
			}
			list = append(list, m)
		}
	}
	add(useChat, 400_000, 128_000, "gpt-6", "gpt-6-mini", "gpt-6-nano", "gpt-6-pro", "gpt-6-astra", "gpt-6-codex",
		"gpt-5.6", "gpt-5.6-mini", "gpt-5.5", "gpt-5.4", "gpt-5.4-mini", "gpt-5.2", "gpt-5.2-codex", "gpt-5.1", "gpt-5.1-codex",
		"gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5-pro", "gpt-5-codex")
	add(useChat, 1_047_576, 32_768, "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano")
	add(useChat, 200_000, 100_000, "o4-mini", "o3", "o3-mini", "o1")
	add(useChat, 128_000, 16_384, "gpt-4o", "gpt-4o-mini", "chatgpt-4o")
	add(useChat, 128_000, 4_096, "gpt-4-turbo")
	add(useChat, 8_192, 8_192, "gpt-4")
	add(useChat, 16_385, 4_096, "gpt-3.5-turbo", "gpt-3.5-turbo-16k")
	add(useCompletion, 16_384, 4_096, "gpt-3.5-turbo-instruct", "davinci-002", "babbage-002")
	add(useEmbedding, 8_192, 3_072, "text-embedding-3-large")
	add(useEmbedding, 8_192, 1_536, "text-embedding-3-small", "text-embedding-ada-002")
	add(useImage, 32_000, 0, "gpt-image-2", "gpt-image-1", "gpt-image-1-mini", "dall-e-3", "dall-e-2")
	add(useSpeech, 4_096, 0, "gpt-4o-mini-tts", "tts-1", "tts-1-hd")
	add(useTranscript, 16_000, 2_000, "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "whisper-1")
	add(useModeration, 32_768, 0, "omni-moderation", "text-moderation")
	add(useRerank, 32_768, 0, "rerank-v3.5", "rerank-2", "bge-reranker-v2-m3", "jina-reranker-v2-base-multilingual")
	return list
}

// gptTraits follows the generations: GPT-4 does not reason; the o-series and
// GPT-5 always do; from 5.1 on only on demand; from 5.6 on Chat Completions
// refuses function tools together with reasoning.
func gptTraits(id string) traits {
	switch {
	case strings.HasPrefix(id, "gpt-6"), strings.HasPrefix(id, "gpt-5.6"):
		return traits{reasons: true}
	case strings.HasPrefix(id, "gpt-5."), strings.HasPrefix(id, "codex-"):
		return traits{reasons: true, chatTools: true}
	case strings.HasPrefix(id, "gpt-5-chat"):
		return traits{}
	case strings.HasPrefix(id, "gpt-5"), strings.HasPrefix(id, "o"):
		return traits{reasons: true, byDefault: true, chatTools: true}
	}
	return traits{}
}
