package importer

import (
	"net/url"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// addSecret adds a secret that stands alone, with what it is called.
func (d *doc) addSecret(line int, name, secret string) {
	e := d.entryAt(line)
	e.Name = clipName(name)
	e.Credential = d.alone(&e, strings.TrimSpace(secret))
	d.add(e)
}

// alone makes the credential of a secret without a field's name.
func (d *doc) alone(e *Entry, secret string) core.Credential {
	p := d.Provider
	if s, ok := shapeOf(secret); ok && !s.weak && s.provider != "" && d.ownAddress() {
		p = s.provider
	}
	if p == "" {
		p = d.Fallback
	}
	if e.Provider != "" {
		p = e.Provider
	}
	return secretOf(secret, p)
}

// ownAddress reports whether keys must look as the provider's own do.
func (r *reader) ownAddress() bool { return Official(r.Provider, r.BaseURL) }

// addAccount adds the account that a record words.
func (d *doc) addAccount(line int, name string, rec record) {
	e := d.entryAt(line)
	if e.Name = rec.name(); e.Name == "" {
		e.Name = clipName(name)
	}
	e.Enabled, e.ProxyURL, e.BaseURL = rec.enabled(), rec.proxy(), rec[fBaseURL]
	e.Provider, e.named = providerOf(rec)
	switch {
	case e.Provider == core.ProviderKiro || e.Provider == "" && d.isKiro(rec):
		d.addKiro(e, rec)
		return
	case rec[fKey] != "":
		e.Credential.APIKey, e.Credential.AdminKey = rec[fKey], rec[fAdminKey]
	case rec[fRefresh] != "":
		// The look of the token may tell whose it is.
		if e.Credential.APIKey = rec[fRefresh]; !looksLikeKey(rec[fRefresh]) {
			e.refuse(ReasonSubscription, "subscription or another account by OAuth")
		}
	case rec[fSecret] != "":
		e.Credential = d.alone(&e, rec[fSecret])
	default:
		e.refuse(ReasonShortLived)
	}
	d.add(e)
}

// isKiro reports whether a record without a provider's name is one of Kiro's.
func (r *reader) isKiro(rec record) bool {
	if s, ok := shapeOf(rec.first(fRefresh, fKey, fSecret)); ok && !s.weak && s.provider != core.ProviderKiro {
		return false
	}
	if s, ok := shapeOf(rec.first(fRefresh, fKey, fSecret, fAccess)); ok && s.provider == core.ProviderKiro {
		return true
	}
	_, method := methodOf(rec)
	return r.Provider == core.ProviderKiro || rec.first(fProfile, fClientHash, fStartURL) != "" || method && rec[fRefresh] != ""
}

// providerOf reads a provider's name where a record has one.
func providerOf(rec record) (core.Provider, bool) {
	for _, text := range []string{rec[fIDP], rec[fType]} {
		switch p := core.Provider(plain(text)); p {
		case core.ProviderOpenAI, core.ProviderAnthropic, core.ProviderGemini, core.ProviderKiro:
			return p, true
		case "claude":
			return core.ProviderAnthropic, true
		case "googlegemini", "aistudio", "googleai":
			return core.ProviderGemini, true
		case "awskiro", "codewhisperer", "amazonq":
			return core.ProviderKiro, true
		}
	}
	return "", false
}

// proxy is the record's proxy with the user and password that stand beside it.
func (rec record) proxy() string {
	raw := rec[fProxy]
	u, err := url.Parse(raw)
	if raw == "" || err != nil || u.User != nil || rec[fProxyUser] == "" {
		return raw
	}
	u.User = url.UserPassword(rec[fProxyUser], rec[fProxyPass])
	return u.String()
}

// foreign names the sign-ins of other programs, which AiHub cannot use.
func (d *doc) foreign(v value, ms []value, rec record) bool {
	owner := ""
	for _, m := range ms {
		switch {
		case m.name == "claudeAiOauth":
			owner = "Claude subscription"
		case plain(m.name) == "type" && m.is('"'):
			text, _ := m.text()
			owner = oauthOwner(plain(text))
		}
	}
	if owner == "" || rec[fKey] != "" {
		return false
	}
	e := d.entry(v.offset)
	e.Name = rec.name()
	if owner == vertex {
		e.refuse(ReasonUnsupported, owner)
	} else {
		e.refuse(ReasonSubscription, owner)
	}
	d.add(e)
	return true
}

const vertex = "Google Cloud (a service account)"

// oauthOwner words the "type" of an auth file as CLIProxyAPI writes one per
// account; "" for types that can be used or are no such file's.
func oauthOwner(kind string) string {
	return map[string]string{
		"claude": "Claude subscription", "codex": "ChatGPT subscription", "gemini": "Google account (Gemini CLI)",
		"geminicli": "Google account (Gemini CLI)", "antigravity": "Google account (Antigravity)", "aistudio": "Google account (AI Studio)",
		"qwen": "Qwen account", "iflow": "iFlow account", "kimi": "Kimi account", "githubcopilot": "GitHub Copilot subscription",
		"copilot": "GitHub Copilot subscription", "cursor": "Cursor subscription", "xai": "Grok account",
		"vertex": vertex, "serviceaccount": vertex,
	}[kind]
}

// methods are the words by which account managers say how an account signs in.
func methodOf(rec record) (string, bool) {
	social := []string{"social", "google", "github"}
	builder := []string{"builderid", "awsbuilderid"}
	sso := []string{"idc", "oidc", "iam", "awsidc", "iamsso", "enterprise", "internal", "identitycenter", "awssso", "sso"}
	out := ""
	for _, f := range []field{fMethod, fIDP} {
		switch word := plain(rec[f]); {
		case slices.Contains(builder, word):
			return core.AuthBuilderID, true // also beside "IdC", which the IDE writes for both
		case out != "":
		case slices.Contains(social, word):
			out = core.AuthSocial
		case slices.Contains(sso, word):
			out = core.AuthIDC
		case word == "externalidp":
			out = core.AuthExternalIDP
		case word == "apikey":
			out = core.AuthAPIKey
		}
	}
	return out, out != ""
}
