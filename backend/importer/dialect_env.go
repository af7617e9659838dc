package importer

import (
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// envProviders are the variables from which the providers' own tools take
// their keys. A number or a word may follow: OPENAI_API_KEY_2.
func envProviders() []struct {
	prefix   string
	provider core.Provider
} {
	return []struct {
		prefix   string
		provider core.Provider
	}{
		{"OPENAI_API_KEY", core.ProviderOpenAI},
		{"ANTHROPIC_API_KEY", core.ProviderAnthropic},
		{"CLAUDE_API_KEY", core.ProviderAnthropic},
		{"GEMINI_API_KEY", core.ProviderGemini},
		{"GOOGLE_API_KEY", core.ProviderGemini},
		{"KIRO_API_KEY", core.ProviderKiro},
		{"KIRO_REFRESH_TOKEN", core.ProviderKiro},
	}
}

// readEnv reads a line of an .env file: NAME=value, with or without "export"
// and quotes.
func readEnv(line string, p core.Provider) (Entry, bool) {
	line = strings.TrimSpace(strings.TrimPrefix(line, "export "))
	name, value, ok := strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok || !envName(name) || value == "" || value[0] == '=' {
		return Entry{}, false
	}
	e := Entry{Name: name}
	of, known := envProvider(name)
	switch {
	case known && of != p:
		e.Problem = "this is a key of " + string(of) + ", but the channel is one of " + string(p) + "; import it into a channel of " + string(of)
	case !known && !secretName(name):
		e.Problem = "this variable holds no key; remove the line"
	default:
		e.Credential = envSecret(name, envValue(value), p)
	}
	return e, true
}

func envSecret(name, value string, p core.Provider) core.Credential {
	if strings.HasPrefix(strings.ToUpper(name), "KIRO_API_KEY") {
		return core.Credential{APIKey: value}
	}
	return secret(value, p)
}

// envName reports whether s can be the name of a variable.
func envName(s string) bool {
	if s == "" || len(s) > 64 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}

func envProvider(name string) (core.Provider, bool) {
	name = strings.ToUpper(name)
	for _, e := range envProviders() {
		if name == e.prefix || strings.HasPrefix(name, e.prefix+"_") {
			return e.provider, true
		}
	}
	return "", false
}

// secretName reports whether a variable of no known tool still holds a key by
// its name.
func secretName(name string) bool {
	name = strings.ToUpper(name)
	return strings.Contains(name, "KEY") || strings.Contains(name, "TOKEN")
}

// envValue drops quotes, and a comment behind a bare value.
func envValue(v string) string {
	if v[0] != '"' && v[0] != '\'' {
		v, _, _ = strings.Cut(v, " #")
		return strings.TrimSpace(v)
	}
	if end := strings.IndexByte(v[1:], v[0]); end >= 0 {
		return strings.TrimSpace(v[1 : end+1])
	}
	return unquote(v)
}
