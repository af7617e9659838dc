package auth

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// refreshExternal is a plain OAuth refresh at the organisation's own identity
// provider.
func (c *Client) refreshExternal(ctx context.Context, cred core.Credential) (tokens, error) {
	if err := checkEndpoint(cred.TokenEndpoint, cred.IssuerURL); err != nil {
		return tokens{}, err
	}
	form := url.Values{"grant_type": {grantRefresh}, "client_id": {cred.ClientID}, "refresh_token": {cred.RefreshToken}}
	for name, value := range map[string]string{"scope": cred.Scopes, "audience": cred.Audience, "client_secret": cred.ClientSecret} {
		if value != "" {
			form.Set(name, value)
		}
	}
	var out struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		ExpiresIn    int64  `json:"expires_in"`
	}
	if err := c.postForm(ctx, cred.TokenEndpoint, form, &out); err != nil {
		return tokens{}, err
	}
	return checked(tokens{access: out.AccessToken, refresh: out.RefreshToken, lifetime: time.Duration(out.ExpiresIn) * time.Second})
}

// checkEndpoint makes sure that a refresh token, whose endpoint came out of an
// imported file, goes nowhere but to its issuer: https only, and the issuer's
// own host or, as Entra has it, one of Microsoft's.
func checkEndpoint(endpoint, issuer string) error {
	e, err := url.Parse(endpoint)
	if err != nil || e.Scheme != "https" || e.Host == "" || e.User != nil {
		return core.Invalid("credential.token_endpoint", "the token endpoint must be an https URL")
	}
	if isMicrosoft(e.Host) {
		return nil
	}
	i, err := url.Parse(issuer)
	if err != nil || i.Host == "" || !strings.EqualFold(i.Host, e.Host) {
		return core.Invalid("credential.token_endpoint", "the token endpoint is on another host than its issuer, so the refresh token is not sent there")
	}
	return nil
}

// isMicrosoft reports whether a host is where Microsoft's clouds hand out tokens.
func isMicrosoft(host string) bool {
	for _, known := range []string{"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn", "login.microsoft.com"} {
		if strings.EqualFold(host, known) {
			return true
		}
	}
	return false
}
