// Package auth speaks to the services that sign people in to Kiro: AWS SSO OIDC
// (Builder ID and IAM Identity Center), Kiro's own service (Google and GitHub)
// and the token endpoint of an external identity provider.
//
// It stands before the way of a request: a device sign-in makes a credential of
// a person's consent, Refresh keeps it alive, and both only speak the wire.
// When to refresh, and what a failure means for the account, is decided above.
package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Kind is a way of signing in.
type Kind string

// The ways of signing in.
const (
	BuilderID      Kind = "builder_id"
	IdentityCenter Kind = "identity_center"
	Google         Kind = "google"
	GitHub         Kind = "github"
	Social         Kind = "social" // Google or GitHub, the source did not say which
	External       Kind = "external_idp"
	APIKey         Kind = "api_key"
)

// BuilderIDStartURL is the start URL that stands for Builder ID.
const BuilderIDStartURL = "https://view.awsapps.com/start"

// DefaultRegion is where Builder ID lives, and Kiro's own sign-in service.
const DefaultRegion = "us-east-1"

// The lifetime that is assumed where an answer names none.
const defaultLifetime = time.Hour

// Client calls the sign-in services.
type Client struct {
	// HTTP carries the calls, through the account's proxy if it has one. Its
	// redirects are not followed: a token must not travel to another host.
	HTTP *http.Client
	// Base is the channel's base URL: one host with the planes /oidc and /auth.
	// Empty means the real hosts.
	Base string
	// Agent is the User-Agent.
	Agent string
	Now   func() time.Time
}

// KindOf tells how a credential signs in. Imported credentials carry the words
// of many programs (section 1.1 and 1.10 of the wire's description), and some
// only what their way of signing in needs.
func KindOf(c core.Credential) Kind {
	if c.APIKey != "" {
		return APIKey
	}
	method := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(c.AuthMethod))
	switch method {
	case "google":
		return Google
	case "github":
		return GitHub
	case "social":
		return social(c.IDP)
	case "externalidp":
		return External
	case "builderid":
		return BuilderID
	case "identitycenter", "enterprise", "awsidc", "iamsso":
		return IdentityCenter
	case "idc", "oidc":
		return directory(c)
	}
	return guess(c)
}

// guess goes by the fields that only one way of signing in has.
func guess(c core.Credential) Kind {
	switch {
	case c.TokenEndpoint != "":
		return External
	case c.ClientID == "" || c.ClientSecret == "":
		return social(c.IDP)
	}
	return directory(c)
}

func social(idp string) Kind {
	switch strings.ToLower(idp) {
	case "google":
		return Google
	case "github":
		return GitHub
	}
	return Social
}

// directory tells the two users of SSO OIDC apart: only an organisation has a
// start URL and a profile of its own.
func directory(c core.Credential) Kind {
	if c.StartURL == "" && c.ProfileARN == "" || isBuilderIDURL(c.StartURL) {
		return BuilderID
	}
	return IdentityCenter
}

func isBuilderIDURL(u string) bool { return strings.TrimRight(u, "/") == BuilderIDStartURL }

// Refresh trades the refresh token for new tokens. The answer is the credential
// to keep from then on: the old refresh token may be void once the new one was
// handed out. It fails with *Dead when only a new sign-in helps, with *Later
// when the same call may succeed later, and with a core.Error of CodeInvalid
// when the credential cannot be refreshed at all.
func (c *Client) Refresh(ctx context.Context, cred core.Credential) (core.Credential, error) {
	kind := KindOf(cred)
	if kind == APIKey || cred.RefreshToken == "" {
		return cred, core.Invalid("credential.refresh_token", "the account has no refresh token")
	}
	var t tokens
	var err error
	switch kind {
	case BuilderID, IdentityCenter:
		t, err = c.refreshOIDC(ctx, cred)
	case External:
		t, err = c.refreshExternal(ctx, cred)
	default:
		t, err = c.refreshSocial(ctx, cred)
	}
	if err != nil {
		return cred, scrub(failure(err), cred.RefreshToken, cred.AccessToken, cred.ClientSecret)
	}
	return t.into(cred, c.Now()), nil
}

// tokens is what every service answers, under its own names.
type tokens struct {
	access, refresh, profileARN string
	lifetime                    time.Duration
}

// into returns the credential with the tokens in it. What an answer leaves out
// stays.
func (t tokens) into(cred core.Credential, now time.Time) core.Credential {
	cred.AccessToken = t.access
	if t.refresh != "" {
		cred.RefreshToken = t.refresh
	}
	if t.profileARN != "" {
		cred.ProfileARN = t.profileARN
	}
	if t.lifetime <= 0 {
		t.lifetime = defaultLifetime
	}
	cred.ExpiresAt = now.Add(t.lifetime).UTC().Truncate(time.Second)
	return cred
}
