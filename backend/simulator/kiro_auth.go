package simulator

import (
	"net/http"
	"net/url"

	"github.com/tidwall/gjson"
)

// authCall finds the operation of Kiro's own sign-in service, which stands
// behind Google and GitHub.
func (p *kiroPlane) authCall(r *http.Request) func(*exchange) error {
	switch p.path {
	case "/refreshToken":
		return post(r, p.refreshSocial)
	case "/oauth/device/authorization":
		return post(r, p.startSocial)
	case "/oauth/device/poll":
		return post(r, p.pollSocial)
	}
	return func(*exchange) error { return p.noOperation() }
}

// authError is the body of a refusal.
func authError(r *refusal) obj {
	if r.code == "" {
		return obj{{"message", r.message}}
	}
	return obj{{"error", r.code}, {"message", r.message}}
}

// refreshSocial serves POST /refreshToken.
func (p *kiroPlane) refreshSocial(x *exchange) error {
	body, err := p.readSignIn(x, object(field{"refreshToken", text().need()}))
	if err != nil {
		return err
	}
	t, state := p.dir.refresh(body.Get("refreshToken").Str, "", KiroKind.social)
	switch state {
	case "":
		return &refusal{status: http.StatusUnauthorized, message: "Bad credentials"}
	case grantSpent:
		return &refusal{status: http.StatusBadRequest, message: "Invalid refresh token provided"}
	case grantRevoked:
		return &refusal{status: http.StatusBadRequest, code: "invalid_grant", message: "The refresh token was revoked"}
	}
	answer := obj{{"accessToken", t.access}, {"expiresIn", seconds(t.expires.Sub(x.now()))}, {"profileArn", t.account.ProfileARN}}
	if t.refresh != "" {
		answer = answer.with("refreshToken", t.refresh)
	}
	return x.reply(answer)
}

// kiroProgram is the client id of the device flow.
const kiroProgram = "kiro-cli"

// startSocial serves POST /oauth/device/authorization.
func (p *kiroPlane) startSocial(x *exchange) error {
	body, err := p.readSignIn(x, object(field{"clientId", oneOf(kiroProgram).need()}, field{"loginProvider", oneOf("Google", "Github").need()}))
	if err != nil {
		return err
	}
	provider := body.Get("loginProvider").Str
	kind := KiroGoogle
	if provider == "Github" {
		kind = KiroGitHub
	}
	c := p.dir.start(kiroCode{client: kiroProgram, program: kiroProgram, kind: kind}, socialCodeLife, socialInterval)
	page := x.origin() + kiroPage
	return x.reply(obj{
		{"deviceCode", c.device},
		{"userCode", c.user},
		{"verificationUri", page},
		{"verificationUriComplete", page + "?user_code=" + c.user + "&login_provider=" + provider},
		{"intervalInMilliseconds", c.interval.Milliseconds()},
		{"expiresInMilliseconds", socialCodeLife.Milliseconds()},
	})
}

// pollSocial serves POST /oauth/device/poll.
func (p *kiroPlane) pollSocial(x *exchange) error {
	body, err := p.readSignIn(x, object(field{"clientId", oneOf(kiroProgram).need()}, field{"deviceCode", text().filled().need()}))
	if err != nil {
		return err
	}
	t, state, tooFast, ok := p.dir.poll(body.Get("deviceCode").Str, kiroProgram)
	if ok {
		return x.reply(socialTokens(t))
	}
	status := map[codeState]string{codePending: "authorization_pending", codeDenied: "access_denied", codeExpired: "expired_token"}[state]
	if tooFast {
		status = "slow_down"
	}
	if status == "" {
		return &refusal{status: http.StatusBadRequest, code: "invalid_grant", message: "Invalid device code"}
	}
	if p.dir.set().PollErrors {
		return &refusal{status: http.StatusBadRequest, code: status, message: status}
	}
	return x.reply(obj{{"status", status}})
}

func socialTokens(t kiroTokens) obj {
	provider := "Google"
	if t.account.Kind == KiroGitHub {
		provider = "Github"
	}
	return obj{
		{"status", "authorized"},
		{"accessToken", t.access},
		{"refreshToken", t.refresh},
		{"profileArn", t.account.ProfileARN},
		{"identityProvider", provider},
	}
}

// idpCall serves the token endpoint of an organisation's own identity provider.
func (p *kiroPlane) idpCall(r *http.Request) func(*exchange) error {
	if p.path != "/token" {
		return func(*exchange) error { return p.noOperation() }
	}
	return post(r, p.refreshExternal)
}

// refreshExternal serves POST /token of the identity provider: plain OAuth.
func (p *kiroPlane) refreshExternal(x *exchange) error {
	form, err := url.ParseQuery(string(x.body))
	if err != nil || gjson.ValidBytes(x.body) {
		return &refusal{status: http.StatusBadRequest, code: "invalid_request", message: "The request body must contain the parameters of the grant, form encoded"}
	}
	if err := p.admitCall(x, p.owner(form.Get("refresh_token")), ""); err != nil {
		return err
	}
	if grant := form.Get("grant_type"); grant != grantRefresh {
		return &refusal{status: http.StatusBadRequest, code: "unsupported_grant_type", message: "The grant type '" + grant + "' is not supported"}
	}
	t, state := p.dir.refresh(form.Get("refresh_token"), form.Get("client_id"), func(k KiroKind) bool { return k == KiroExternal })
	if state != grantLive {
		return &refusal{status: http.StatusBadRequest, code: "invalid_grant", message: "The refresh token has expired or was revoked"}
	}
	answer := obj{{"token_type", "Bearer"}, {"scope", orWord(form.Get("scope"), "codewhisperer:completions")}, {"expires_in", seconds(t.expires.Sub(x.now()))}, {"access_token", t.access}}
	if t.refresh != "" {
		answer = answer.with("refresh_token", t.refresh)
	}
	return x.reply(answer)
}
