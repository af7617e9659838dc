package llm

// Protocol names a wire format, on the client's side or the upstream's.
type Protocol string

// The wire formats that AiHub speaks.
const (
	OpenAI    Protocol = "openai"    // Chat Completions, completions, embeddings and the other /v1 paths of OpenAI
	Responses Protocol = "responses" // OpenAI Responses
	Anthropic Protocol = "anthropic" // Anthropic Messages
	Gemini    Protocol = "gemini"    // Google generateContent and friends
	Kiro      Protocol = "kiro"      // AWS Kiro (CodeWhisperer); upstream only
)
