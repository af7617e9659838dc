package importer

import (
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// variable is what the name of a variable says about its value.
type variable struct {
	provider core.Provider
	// field says what part of an account the value is; fKey, fRefresh and
	// fSecret begin one.
	field   field
	service string
	baseURL string
	reason  Reason
	detail  string
}

// variables are those from which the providers' own tools and the gateways take
// their keys. A number or a word may follow: OPENAI_API_KEY_2.
func variables() map[string]variable {
	const openai, anthropic, gemini, kiro = core.ProviderOpenAI, core.ProviderAnthropic, core.ProviderGemini, core.ProviderKiro
	key := func(p core.Provider) variable { return variable{provider: p, field: fKey} }
	service := func(name, base string) variable {
		return variable{provider: openai, field: fKey, service: name, baseURL: base}
	}
	return map[string]variable{
		"OPENAI_API_KEY": key(openai), "OPENAI_KEY": key(openai), "OPENAI_API_KEYS": key(openai), "OPENAI_TOKEN": key(openai),
		"OPENAI_BASE_URL": {provider: openai, field: fBaseURL}, "OPENAI_API_BASE": {provider: openai, field: fBaseURL},
		"ANTHROPIC_API_KEY": key(anthropic), "ANTHROPIC_API_KEYS": key(anthropic), "ANTHROPIC_AUTH_TOKEN": key(anthropic),
		"CLAUDE_API_KEY": key(anthropic), "CLAUDE_API_KEYS": key(anthropic),
		"ANTHROPIC_BASE_URL":      {provider: anthropic, field: fBaseURL},
		"CLAUDE_CODE_OAUTH_TOKEN": {provider: anthropic, field: fKey, reason: ReasonSubscription, detail: "Claude subscription"},
		"GEMINI_API_KEY":          key(gemini), "GEMINI_API_KEYS": key(gemini), "GOOGLE_API_KEY": key(gemini),
		"GOOGLE_GENERATIVE_AI_API_KEY": key(gemini), "GOOGLE_GEMINI_BASE_URL": {provider: gemini, field: fBaseURL},
		"KIRO_API_KEY": key(kiro), "KIRO_API_KEYS": key(kiro),
		"KIRO_REFRESH_TOKEN": {provider: kiro, field: fRefresh}, "REFRESH_TOKEN": {provider: kiro, field: fRefresh},
		"KIRO_AUTH_TOKEN": {provider: kiro, field: fSecret},
		"PROFILE_ARN":     {provider: kiro, field: fProfile}, "KIRO_PROFILE_ARN": {provider: kiro, field: fProfile},
		"KIRO_REGION": {provider: kiro, field: fRegion}, "KIRO_API_REGION": {provider: kiro, field: fAPIRegion},
		"KIRO_CLIENT_ID": {provider: kiro, field: fClient}, "KIRO_CLIENT_SECRET": {provider: kiro, field: fClientSec},
		"KIRO_START_URL":  {provider: kiro, field: fStartURL},
		"KIRO_CREDS_FILE": {provider: kiro, field: fKey, reason: ReasonNamesFile}, "KIRO_CLI_DB_FILE": {provider: kiro, field: fKey, reason: ReasonNamesFile},
		"OPENROUTER_API_KEY":  service("OpenRouter", "https://openrouter.ai/api/v1"),
		"DEEPSEEK_API_KEY":    service("DeepSeek", "https://api.deepseek.com"),
		"MOONSHOT_API_KEY":    service("Moonshot", "https://api.moonshot.cn/v1"),
		"GROQ_API_KEY":        service("Groq", "https://api.groq.com/openai/v1"),
		"XAI_API_KEY":         service("xAI", "https://api.x.ai/v1"),
		"MISTRAL_API_KEY":     service("Mistral", "https://api.mistral.ai/v1"),
		"DASHSCOPE_API_KEY":   service("Alibaba Cloud", "https://dashscope.aliyuncs.com/compatible-mode/v1"),
		"SILICONFLOW_API_KEY": service("SiliconFlow", "https://api.siliconflow.cn/v1"),
		"PERPLEXITY_API_KEY":  service("Perplexity", "https://api.perplexity.ai"),
		"CEREBRAS_API_KEY":    service("Cerebras", "https://api.cerebras.ai/v1"),
	}
}

// exactly names the variables that many programs use: only a number may follow.
func exactly(name string) bool { return name == "REFRESH_TOKEN" || name == "PROFILE_ARN" }

// variableOf finds what a variable's name says. A number or a word may follow
// the name that is known; it is returned, since it tells which variables belong
// together.
func (r *reader) variableOf(name string) (v variable, tail string, known bool) {
	if r.vars == nil {
		r.vars = variables()
	}
	name = strings.ToUpper(name)
	for head := name; head != ""; {
		tail = name[len(head):]
		v, known = r.vars[head]
		if known && (!exactly(head) || strings.Trim(tail, "_0123456789") == "") {
			return v, strings.Trim(tail, "_"), true
		}
		if digits := strings.TrimRight(head, "0123456789"); digits != head {
			head = digits
			continue
		}
		head = head[:max(0, strings.LastIndexByte(head, '_'))]
	}
	return variable{}, "", false
}
