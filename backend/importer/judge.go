package importer

import (
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// judge finds out whose an entry is and whether it can work there.
func (r *reader) judge(e *Entry) {
	defer func() { e.Kind = kindOf(e) }()
	secret := e.Credential.APIKey
	if secret == "" {
		secret = e.Credential.RefreshToken
	}
	switch {
	case e.Reason != "":
	case secret == "":
		e.refuse(ReasonNoCredential)
	case shortened(secret):
		e.refuse(ReasonTruncated)
	case strings.ContainsAny(secret, " \t\n"):
		e.refuse(ReasonBadLine)
	case example(secret):
		e.refuse(ReasonPlaceholder)
	case r.Provider != "":
		r.judgeForChannel(e, secret)
	default:
		r.judgeForAny(e, secret)
	}
	if e.Reason == "" && r.cutToken(e) {
		e.refuse(ReasonTruncated)
	}
}

// cutToken reports whether a refresh token is too short to be one. Those of
// another identity provider have any length, and so have those of a service
// that only stands in for Kiro's.
func (r *reader) cutToken(e *Entry) bool {
	c := &e.Credential
	base := e.BaseURL
	if r.Provider != "" {
		base = r.BaseURL
	}
	return c.RefreshToken != "" && len(c.RefreshToken) < minToken && c.AuthMethod != core.AuthExternalIDP && base == ""
}

// judgeForChannel holds an entry against the provider of its channel.
func (r *reader) judgeForChannel(e *Entry, secret string) {
	s, known := shapeOf(secret)
	if !r.ownAddress() {
		s, known = shape{}, false
	}
	switch {
	case e.named && e.Provider != r.Provider:
		e.refuse(ReasonOtherProvider, Title(e.Provider), Title(r.Provider))
	case known && s.reason != "":
		e.Provider = s.provider
		e.refuse(s.reason, s.details()...)
	case known && s.provider != r.Provider:
		e.Provider = s.provider
		e.refuse(ReasonOtherProvider, s.owner(), Title(r.Provider))
	case known && s.service != "":
		e.refuse(ReasonOtherService, s.service+" ("+s.baseURL+")")
	case r.Provider != core.ProviderKiro && e.Credential.RefreshToken != "":
		e.Provider = core.ProviderKiro
		e.refuse(ReasonOtherProvider, Title(core.ProviderKiro), Title(r.Provider))
	default:
		e.Provider = r.Provider
	}
}

// judgeForAny finds out whose an entry is.
func (r *reader) judgeForAny(e *Entry, secret string) {
	s, known := shapeOf(secret)
	elsewhere := e.BaseURL != "" && !Official(e.Provider, e.BaseURL)
	switch {
	case known && s.reason != "" && !elsewhere:
		if e.Provider == "" {
			e.Provider = s.provider
		}
		e.refuse(s.reason, s.details()...)
		return
	case e.named && (!known || s.weak || elsewhere || s.provider == e.Provider):
	case e.Provider != "" && !known:
	case known && (!s.weak || r.Fallback == ""):
		e.Provider = s.provider
	default:
		e.Provider = r.Fallback
	}
	if e.Provider == "" {
		e.refuse(ReasonUnknownProvider)
		return
	}
	if e.BaseURL == "" {
		e.BaseURL = s.baseURL
	}
	if key := e.Credential.APIKey; e.Provider == core.ProviderKiro && strings.HasPrefix(key, "aor") {
		e.Credential = core.Credential{RefreshToken: key}
	}
}

func kindOf(e *Entry) Kind {
	switch c := &e.Credential; {
	case e.Reason == ReasonSubscription:
		return KindSubscription
	case c.APIKey != "":
		return KindAPIKey
	case c.RefreshToken != "":
		return KindRefreshToken
	}
	return KindUnknown
}

// owner names whose secrets look so.
func (s shape) owner() string {
	switch {
	case s.weak:
		return "OpenAI or a service like it"
	case s.service != "":
		return s.service
	}
	return Title(s.provider)
}

// Title is a provider's name as people write it.
func Title(p core.Provider) string {
	switch p {
	case core.ProviderOpenAI:
		return "OpenAI"
	case core.ProviderAnthropic:
		return "Anthropic"
	case core.ProviderGemini:
		return "Google Gemini"
	case core.ProviderKiro:
		return "Kiro"
	}
	return string(p)
}
