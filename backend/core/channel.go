package core

import (
	"net/url"
	"time"

	"github.com/aihub/aihub/backend/llm"
)

// Provider names the service behind a channel.
type Provider string

// The providers that AiHub knows.
const (
	ProviderOpenAI    Provider = "openai"
	ProviderAnthropic Provider = "anthropic"
	ProviderGemini    Provider = "gemini"
	ProviderKiro      Provider = "kiro"
)

// Providers lists them all, in the order in which they are shown.
func Providers() []Provider {
	return []Provider{ProviderOpenAI, ProviderAnthropic, ProviderGemini, ProviderKiro}
}

// API says which of OpenAI's two chat formats an OpenAI channel takes.
type API string

// The values of Channel.API.
const (
	APIAuto      API = "auto"      // both: the client's own format is passed on
	APIChat      API = "chat"      // Chat Completions only (most compatible third parties)
	APIResponses API = "responses" // Responses only
)

// Policy says how a channel's accounts share the load.
type Policy string

// The balancing policies.
const (
	PolicyWeighted   Policy = "weighted"    // smooth weighted round robin
	PolicyLeastBusy  Policy = "least_busy"  // fewest requests in flight per weight
	PolicyFillFirst  Policy = "fill_first"  // the first account until it is exhausted
	PolicyQuotaAware Policy = "quota_aware" // the account with the most left
)

// Channel is one provider configuration. Its accounts are the credentials.
type Channel struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Provider Provider `json:"provider"`
	// BaseURL is what the provider's own SDK takes; empty means its default.
	BaseURL string `json:"base_url"`
	API     API    `json:"api"`
	// Models that the channel offers; "*" stands for any run of characters.
	Models []string `json:"models"`
	// Aliases maps the name a client uses to the upstream's name; keys may
	// hold "*".
	Aliases  map[string]string `json:"aliases"`
	Priority int               `json:"priority"` // higher first
	Weight   int               `json:"weight"`   // share inside one priority
	Policy   Policy            `json:"policy"`
	// Headers are added to every upstream request of the channel. Their values
	// may be secret and are treated so.
	Headers         map[string]string `json:"headers"`
	ProxyURL        string            `json:"proxy_url"`
	PriceMultiplier float64           `json:"price_multiplier"`
	Enabled         bool              `json:"enabled"`
	CreatedAt       time.Time         `json:"created_at"`
	UpdatedAt       time.Time         `json:"updated_at"`
}

// Preferred is the protocol in which the channel's upstream is spoken to when
// the client's own is another one. OpenAI itself takes Responses best (Chat
// Completions has no place for much of it); services that are only compatible
// with OpenAI mostly know Chat Completions alone.
func (c *Channel) Preferred() llm.Protocol {
	switch c.Provider {
	case ProviderOpenAI:
		if c.API == APIResponses || c.API != APIChat && c.IsOpenAI() {
			return llm.Responses
		}
		return llm.OpenAI
	case ProviderAnthropic:
		return llm.Anthropic
	case ProviderGemini:
		return llm.Gemini
	}
	return llm.Kiro
}

// IsOpenAI reports whether the channel's upstream is OpenAI itself, not a
// service that is compatible with it.
func (c *Channel) IsOpenAI() bool {
	if c.Provider != ProviderOpenAI {
		return false
	}
	u, err := url.Parse(c.BaseURL)
	return c.BaseURL == "" || err == nil && u.Hostname() == "api.openai.com"
}

// Speaks reports whether the channel's upstream takes protocol p without
// conversion.
func (c *Channel) Speaks(p llm.Protocol) bool {
	switch c.Provider {
	case ProviderOpenAI:
		return p == llm.OpenAI && c.API != APIResponses || p == llm.Responses && c.API != APIChat
	case ProviderAnthropic:
		return p == llm.Anthropic
	case ProviderGemini:
		return p == llm.Gemini
	case ProviderKiro:
		return p == llm.Kiro
	}
	return false
}
