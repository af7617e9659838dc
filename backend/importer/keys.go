package importer

import (
	"net/url"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// shape is what the look of a secret tells.
type shape struct {
	prefix   string
	provider core.Provider
	service  string // an OpenAI-compatible service by name; "" is the provider itself
	baseURL  string // of that service
	// reason is set for secrets that no account can use; detail completes it.
	reason Reason
	detail string
	// weak marks a beginning that many services share.
	weak bool
}

// shapes are the beginnings by which services mark their secrets; the first
// that fits counts.
func shapes() []shape {
	const openai, anthropic, gemini, kiro = core.ProviderOpenAI, core.ProviderAnthropic, core.ProviderGemini, core.ProviderKiro
	const claude = "Claude subscription"
	return []shape{
		{prefix: "sk-ant-oat", provider: anthropic, reason: ReasonSubscription, detail: claude},
		{prefix: "sk-ant-ort", provider: anthropic, reason: ReasonSubscription, detail: claude},
		{prefix: "sk-ant-sid", provider: anthropic, reason: ReasonSubscription, detail: claude},
		{prefix: "sk-ant-admin", provider: anthropic, reason: ReasonAdminKey},
		{prefix: "sk-ant-", provider: anthropic},
		{prefix: core.KeyPrefix, reason: ReasonOwnKey},
		{prefix: "sk-admin-", provider: openai, reason: ReasonAdminKey},
		{prefix: "sk-proj-", provider: openai},
		{prefix: "sk-svcacct-", provider: openai},
		{prefix: "sk-or-", provider: openai, service: "OpenRouter", baseURL: "https://openrouter.ai/api/v1"},
		{prefix: "sk-", provider: openai, weak: true},
		{prefix: "AIza", provider: gemini},
		{prefix: "ya29.", provider: gemini, reason: ReasonShortLived},
		{prefix: "1//", provider: gemini, reason: ReasonSubscription, detail: "Google account"},
		{prefix: "rt_", provider: openai, reason: ReasonSubscription, detail: "ChatGPT subscription"},
		{prefix: "ksk_", provider: kiro},
		{prefix: "aor", provider: kiro},
		{prefix: "aoa", provider: kiro, reason: ReasonShortLived},
		{prefix: "xai-", provider: openai, service: "xAI", baseURL: "https://api.x.ai/v1"},
		{prefix: "gsk_", provider: openai, service: "Groq", baseURL: "https://api.groq.com/openai/v1"},
		{prefix: "pplx-", provider: openai, service: "Perplexity", baseURL: "https://api.perplexity.ai"},
		{prefix: "nvapi-", provider: openai, service: "NVIDIA", baseURL: "https://integrate.api.nvidia.com/v1"},
		{prefix: "csk-", provider: openai, service: "Cerebras", baseURL: "https://api.cerebras.ai/v1"},
		{prefix: "AKIA", reason: ReasonUnsupported, detail: "AWS itself (an access key id)"},
		{prefix: "github_pat_", reason: ReasonUnsupported, detail: "GitHub"},
		{prefix: "ghp_", reason: ReasonUnsupported, detail: "GitHub"},
		{prefix: "ghu_", reason: ReasonUnsupported, detail: "GitHub Copilot"},
		{prefix: "gho_", reason: ReasonUnsupported, detail: "GitHub Copilot"},
	}
}

// details are what completes the words of the reason.
func (s *shape) details() []any {
	if s.detail == "" {
		return nil
	}
	return []any{s.detail}
}

// shapeOf finds what the look of a secret tells; ok is false when it tells
// nothing.
func shapeOf(secret string) (shape, bool) {
	for _, s := range shapes() {
		if strings.HasPrefix(secret, s.prefix) {
			return s, true
		}
	}
	return shape{}, false
}

// looksLikeKey reports whether a cell of unknown meaning is a secret.
func looksLikeKey(cell string) bool {
	s, ok := shapeOf(cell)
	return ok && len(cell) > len(s.prefix)+2 && !strings.ContainsAny(cell, " \t@")
}

// minToken is the length below which a refresh token of Kiro is a shortened
// copy.
const minToken = 100

// shortened reports whether a secret was copied from where it was displayed.
func shortened(secret string) bool {
	return strings.Contains(secret, "...") || strings.ContainsAny(secret, "…•") || strings.Contains(secret, "***")
}

// example reports whether a secret is what manuals print in its place.
func example(secret string) bool {
	s := strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(secret))
	for _, word := range []string{"yourapikey", "yourkey", "yourtoken", "yourrefreshtoken", "yoursecret", "apikeyhere", "changeme"} {
		if strings.Contains(s, word) {
			return true
		}
	}
	if len(s) >= 8 && len(s) < 80 && strings.Count(s, "x") > len(s)/2 {
		return true
	}
	return strings.HasPrefix(s, "<") || strings.HasPrefix(s, "${") || strings.HasPrefix(s, "{{")
}

// secretOf makes the credential of a secret that stands alone. For Kiro it may
// be either of two: its API keys begin with "ksk_" (as the provider's console
// shows them), everything else is a refresh token.
func secretOf(value string, p core.Provider) core.Credential {
	if p == core.ProviderKiro && !strings.HasPrefix(value, "ksk_") {
		return core.Credential{RefreshToken: value}
	}
	return core.Credential{APIKey: value}
}

// Official reports whether a base URL is the provider's own address.
func Official(p core.Provider, base string) bool { return NormalBase(p, base) == "" }

// NormalBase writes a base URL so that two spellings of one place are equal; the
// provider's own address is "".
func NormalBase(p core.Provider, base string) string {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil || u.Host == "" {
		return strings.TrimSpace(base)
	}
	path := strings.TrimRight(u.Path, "/")
	for _, version := range []string{"/v1", "/v1beta"} {
		path = strings.TrimSuffix(path, version)
	}
	if path == "" && strings.EqualFold(u.Hostname(), ownHost(p)) {
		return ""
	}
	return strings.ToLower(u.Scheme+"://"+u.Host) + path
}

func ownHost(p core.Provider) string {
	switch p {
	case core.ProviderOpenAI:
		return "api.openai.com"
	case core.ProviderAnthropic:
		return "api.anthropic.com"
	case core.ProviderGemini:
		return "generativelanguage.googleapis.com"
	}
	return ""
}
