package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/core"
)

// oidcCall finds the operation of AWS SSO OIDC that a request asks for.
func (p *kiroPlane) oidcCall(r *http.Request) func(*exchange) error {
	switch p.path {
	case "/client/register":
		return post(r, p.registerClient)
	case "/device_authorization":
		return post(r, p.startDevice)
	case "/token":
		return post(r, p.createToken)
	}
	return func(*exchange) error { return p.noOperation() }
}

// oidcError is a refusal of SSO OIDC: OAuth's error in the body, AWS' exception
// in the header.
func oidcError(status int, code, exception, description string) *refusal {
	return (&refusal{status: status, kind: exception, code: code, message: description}).with("X-Amzn-ErrorType", exception)
}

// oidcInvalid is a refusal of what the request looks like.
func oidcInvalid(code, description string) *refusal {
	exception := map[string]string{
		"invalid_client_metadata": "InvalidClientMetadataException", "invalid_scope": "InvalidScopeException",
	}[code]
	return oidcError(http.StatusBadRequest, code, orWord(exception, "InvalidRequestException"), description)
}

// readSignIn parses the body of a plane that hands out tokens and lets the
// faults happen that are set for its path.
func (p *kiroPlane) readSignIn(x *exchange, r *rule) (gjson.Result, error) {
	body, err := x.parse()
	if err != nil {
		return body, err
	}
	if err := p.admitCall(x, p.owner(body.Get("refreshToken").Str), ""); err != nil {
		return body, err
	}
	return body, x.conform(r, body, exactly)
}

func (p *kiroPlane) owner(secret string) string { return p.dir.owner(secret) }

// admitCall names the account of an exchange and lets faults happen. On planes
// besides the runtime only those strike that name a path: a fault for an
// answer must not be used up by a poll for the usage.
func (p *kiroPlane) admitCall(x *exchange, account, model string) error {
	if account != "" {
		x.account = kiroIdentity(account)
	}
	return x.admitPath(core.ProviderKiro, model, p.name != planeRuntime && p.name != planeLegacy)
}

func registerRule() *rule {
	return object(
		field{"clientName", text().filled().need()}, field{"clientType", text().need()},
		field{"scopes", list(text())}, field{"grantTypes", list(text())}, field{"redirectUris", list(text())},
		field{"issuerUrl", text()}, field{"entitledApplicationArn", text()},
	)
}

// registerClient serves POST /client/register.
func (p *kiroPlane) registerClient(x *exchange) error {
	body, err := p.readSignIn(x, registerRule())
	if err != nil {
		return err
	}
	if body.Get("clientType").Str != "public" {
		return oidcInvalid("invalid_client_metadata", "Invalid client type provided")
	}
	for _, s := range texts(body.Get("scopes")) {
		if !strings.HasPrefix(s, "codewhisperer:") {
			return oidcInvalid("invalid_scope", "Invalid scope provided: "+s)
		}
	}
	grants := texts(body.Get("grantTypes"))
	for _, g := range grants {
		if g != grantDeviceCode && g != grantRefresh && g != grantAuthCode {
			return oidcInvalid("invalid_client_metadata", "Invalid grant type provided: "+g)
		}
	}
	if len(grants) == 0 {
		grants = kiroGrantTypes()
	}
	if slices.Contains(grants, grantAuthCode) && len(texts(body.Get("redirectUris"))) == 0 {
		return oidcInvalid("invalid_client_metadata", "A redirect URI is required for the authorization code grant")
	}
	c := p.dir.registerNamed(body.Get("clientName").Str, grants)
	return x.reply(obj{
		{"clientId", c.id},
		{"clientSecret", c.secret},
		{"clientIdIssuedAt", x.now().Unix()},
		{"clientSecretExpiresAt", c.expires.Unix()},
		{"authorizationEndpoint", nil},
		{"tokenEndpoint", nil},
	})
}

// client finds the registration that a request is made with.
func (p *kiroPlane) client(body gjson.Result, grant string) (*kiroClient, *refusal) {
	c, state := p.dir.client(body.Get("clientId").Str, body.Get("clientSecret").Str)
	switch {
	case state == bearerUnknown:
		return nil, oidcError(http.StatusUnauthorized, "invalid_client", "InvalidClientException", "Invalid client provided")
	case state == bearerExpired:
		return nil, oidcError(http.StatusUnauthorized, "invalid_client", "InvalidClientException", "Client is expired")
	case !slices.Contains(c.grants, grant):
		return nil, oidcError(http.StatusBadRequest, "unauthorized_client", "UnauthorizedClientException", "Client is not authorized for this grant type")
	}
	return c, nil
}

func deviceRule() *rule {
	return object(field{"clientId", text().need()}, field{"clientSecret", text().need()}, field{"startUrl", text().filled().need()})
}

// startDevice serves POST /device_authorization.
func (p *kiroPlane) startDevice(x *exchange) error {
	body, err := p.readSignIn(x, deviceRule())
	if err != nil {
		return err
	}
	client, bad := p.client(body, grantDeviceCode)
	if bad != nil {
		return bad
	}
	start := strings.TrimRight(body.Get("startUrl").Str, "/")
	kind := KiroIdentityCenter
	if start == kiroBuilderURL {
		kind = KiroBuilderID
	}
	if u, err := url.Parse(start); err != nil || u.Scheme != "https" || u.Host == "" {
		return oidcInvalid("invalid_request", "Invalid start url provided")
	}
	c := p.dir.start(kiroCode{client: client.id, program: client.name, kind: kind, startURL: start, region: p.region}, ssoCodeLife, ssoInterval)
	page := x.origin() + kiroPage
	return x.reply(obj{
		{"deviceCode", c.device},
		{"userCode", c.user},
		{"verificationUri", page},
		{"verificationUriComplete", page + "?user_code=" + c.user},
		{"expiresIn", int(ssoCodeLife.Seconds())},
		{"interval", int((c.interval + time.Second - 1) / time.Second)},
	})
}

func tokenRule() *rule {
	return object(
		field{"clientId", text().filled().need()}, field{"clientSecret", text().filled().need()}, field{"grantType", text().filled().need()},
		field{"deviceCode", text()}, field{"refreshToken", text()}, field{"code", text()}, field{"codeVerifier", text()},
		field{"redirectUri", text()}, field{"scope", list(text())},
	)
}

// createToken serves POST /token.
func (p *kiroPlane) createToken(x *exchange) error {
	body, err := p.readSignIn(x, tokenRule())
	if err != nil {
		return err
	}
	grant := body.Get("grantType").Str
	if grant != grantDeviceCode && grant != grantRefresh {
		return oidcError(http.StatusBadRequest, "unsupported_grant_type", "UnsupportedGrantTypeException", "Unsupported grant type provided: "+grant)
	}
	client, bad := p.client(body, grant)
	if bad != nil {
		return bad
	}
	if grant == grantDeviceCode {
		return p.redeem(x, body, client)
	}
	t, state := p.dir.refresh(body.Get("refreshToken").Str, client.id, KiroKind.sso)
	if state != grantLive {
		return oidcError(http.StatusBadRequest, "invalid_grant", "InvalidGrantException", "Invalid refresh token provided")
	}
	return x.reply(oidcTokens(x, t))
}

// redeem answers the poll for a device code.
func (p *kiroPlane) redeem(x *exchange, body gjson.Result, client *kiroClient) error {
	t, state, tooFast, ok := p.dir.poll(body.Get("deviceCode").Str, client.id)
	if ok {
		return x.reply(oidcTokens(x, t))
	}
	bad := func(code, exception, description string) error {
		return oidcError(http.StatusBadRequest, code, exception, description)
	}
	switch {
	case tooFast:
		return bad("slow_down", "SlowDownException", "Slow down")
	case state == codePending:
		return bad("authorization_pending", "AuthorizationPendingException", "Authorization is still pending")
	case state == codeDenied:
		return bad("access_denied", "AccessDeniedException", "Access denied")
	case state == codeExpired:
		return bad("expired_token", "ExpiredTokenException", "Device code has expired")
	}
	return bad("invalid_grant", "InvalidGrantException", "Invalid device code provided")
}

func oidcTokens(x *exchange, t kiroTokens) obj {
	body := obj{{"accessToken", t.access}, {"expiresIn", seconds(t.expires.Sub(x.now()))}, {"idToken", nil}}
	if t.refresh != "" {
		body = body.with("refreshToken", t.refresh)
	}
	return body.with("tokenType", "Bearer").with("aws_sso_app_session_id", nil).with("issuedTokenType", nil).with("originSessionId", nil)
}

// seconds rounds a life: the clock moved on since it was reckoned.
func seconds(d time.Duration) int { return int(d.Round(time.Second) / time.Second) }
