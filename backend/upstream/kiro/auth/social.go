package auth

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// authHost is Kiro's own sign-in service, behind Google and GitHub. It exists
// in one region only.
const authHost = "https://prod.us-east-1.auth.desktop.kiro.dev"

func (c *Client) social(path string) string {
	if base := c.plane("auth"); base != "" {
		return base + path
	}
	return authHost + path
}

// socialTokens is the answer of refreshToken and of a device poll that is done.
type socialTokens struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
	ExpiresIn    int64  `json:"expiresIn"` // seconds; a device poll has none
	ProfileARN   string `json:"profileArn"`
}

func (s socialTokens) tokens() tokens {
	return tokens{
		access: s.AccessToken, refresh: s.RefreshToken, profileARN: s.ProfileARN,
		lifetime: time.Duration(s.ExpiresIn) * time.Second,
	}
}

func (c *Client) refreshSocial(ctx context.Context, cred core.Credential) (tokens, error) {
	var out socialTokens
	in := map[string]string{"refreshToken": cred.RefreshToken}
	if err := c.postJSON(ctx, c.social("/refreshToken"), in, &out); err != nil {
		return tokens{}, err
	}
	return checked(out.tokens())
}

// socialClient is the client id that Kiro's device flow knows.
const socialClient = "kiro-cli"

// loginProvider is a kind in the words of Kiro's service.
func loginProvider(kind Kind) string {
	if kind == GitHub {
		return "Github"
	}
	return "Google"
}

func (c *Client) startSocial(ctx context.Context, ask Ask) (Device, error) {
	var out struct {
		DeviceCode  string `json:"deviceCode"`
		UserCode    string `json:"userCode"`
		URL         string `json:"verificationUri"`
		URLComplete string `json:"verificationUriComplete"`
		Interval    int64  `json:"intervalInMilliseconds"`
		Expires     int64  `json:"expiresInMilliseconds"`
	}
	in := map[string]string{"clientId": socialClient, "loginProvider": loginProvider(ask.Kind)}
	if err := c.postJSON(ctx, c.social("/oauth/device/authorization"), in, &out); err != nil {
		return Device{}, err
	}
	d := Device{Ask: ask, Code: out.DeviceCode, UserCode: out.UserCode, URL: out.URL, URLComplete: out.URLComplete}
	d.times(c.Now(), time.Duration(out.Expires)*time.Millisecond, time.Duration(out.Interval)*time.Millisecond)
	return d, nil
}

// pollSocial asks Kiro's service, which says "pending" in a success too, in one
// of two fields.
func (c *Client) pollSocial(ctx context.Context, d Device) (tokens, error) {
	var out struct {
		socialTokens
		Status string `json:"status"`
		Error  string `json:"error"`
	}
	in := map[string]string{"clientId": socialClient, "deviceCode": d.Code}
	if err := c.postJSON(ctx, c.social("/oauth/device/poll"), in, &out); err != nil {
		return tokens{}, err
	}
	if out.AccessToken != "" {
		return out.tokens(), nil
	}
	said := out.Error
	if said == "" {
		said = out.Status
	}
	if said == "" {
		return checked(tokens{})
	}
	return tokens{}, &refusal{status: 400, code: said, words: said}
}
