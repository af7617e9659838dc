package admin

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// maxSecret bounds a key or token, in bytes; the longest tokens known are a
// few kilobytes.
const maxSecret = 16 << 10

// apply checks the present fields and writes them to a. a is left in an
// unspecified state when it fails.
func (in *AccountInput) apply(p core.Provider, a *core.Account) error {
	return firstError(
		func() error { return in.applyCredential(p, a) },
		func() error { return in.applyAdminKey(p, a) },
		func() error { return in.applyName(p, a) },
		func() error { return applyInt(&a.Priority, in.Priority, "priority", -maxInt, maxInt) },
		func() error { return applyInt(&a.Weight, in.Weight, "weight", 1, maxInt) },
		func() error { return applyInt(&a.MaxConcurrency, in.MaxConcurrency, "max_concurrency", 0, maxInt) },
		func() error { return applyInt(&a.RPM, in.RPM, "rpm", 0, maxInt) },
		func() error { return applyInt(&a.DailyShare, in.DailyShare, "daily_share", 0, 100) },
		func() error { return in.applyHours(a) },
		func() error { return in.applyBudget(a) },
		func() error { return applyProxy(&a.ProxyURL, in.ProxyURL) },
		func() error { return applyList(&a.Models, in.Models, "models", checkModel) },
		func() error { return applyList(&a.Tags, in.Tags, "tags", checkTag) },
		func() error { set(&a.Enabled, in.Enabled); return nil },
	)
}

func (in *AccountInput) applyCredential(p core.Provider, a *core.Account) error {
	if in.Credential == nil {
		return nil
	}
	if in.Credential.Source != (core.CredentialSource{}) {
		return core.Invalid("credential.source", "source is set by AiHub itself when it reads a sign-in on its own machine; remove it")
	}
	c := trimCredential(*in.Credential)
	if err := checkCredential(p, c); err != nil {
		return err
	}
	if c.AdminKey == "" {
		c.AdminKey = a.Credential.AdminKey
	}
	a.Credential = c
	return nil
}

func (in *AccountInput) applyName(p core.Provider, a *core.Account) error {
	if in.Name == nil && a.Name == "" {
		a.Name = defaultName(p, a.Credential)
	}
	return applyName(&a.Name, in.Name)
}

// defaultName tells accounts apart without showing their secrets.
func defaultName(p core.Provider, c core.Credential) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s", p, c.Hint()))
}

// wanted says what a provider signs in with.
func wanted(p core.Provider) string {
	if p == core.ProviderKiro {
		return `{"refresh_token": "…"} or {"api_key": "…"}`
	}
	return `{"api_key": "…"}`
}

// trimCredential drops the spaces and line breaks that copying adds around a
// secret.
func trimCredential(c core.Credential) core.Credential {
	for _, f := range secretFields(&c) {
		*f.value = strings.TrimSpace(*f.value)
	}
	return c
}

type credentialField struct {
	name  string
	value *string
}

// secretFields lists the text fields of a credential.
func secretFields(c *core.Credential) []credentialField {
	return []credentialField{
		{"api_key", &c.APIKey},
		{"admin_key", &c.AdminKey},
		{"refresh_token", &c.RefreshToken},
		{"access_token", &c.AccessToken},
		{"client_id", &c.ClientID},
		{"client_secret", &c.ClientSecret},
		{"auth_method", &c.AuthMethod},
		{"idp", &c.IDP},
		{"region", &c.Region},
		{"api_region", &c.APIRegion},
		{"start_url", &c.StartURL},
		{"profile_arn", &c.ProfileARN},
		{"token_endpoint", &c.TokenEndpoint},
		{"issuer_url", &c.IssuerURL},
		{"audience", &c.Audience},
	}
}

// checkCredential refuses a credential that the provider cannot use. Its
// messages never repeat a secret.
func checkCredential(p core.Provider, c core.Credential) error {
	for _, f := range secretFields(&c) {
		if err := checkSecret("credential."+f.name, f.name, *f.value); err != nil {
			return err
		}
	}
	if err := checkAdminKey("credential.admin_key", p, c.AdminKey); err != nil {
		return err
	}
	if p != core.ProviderKiro {
		return checkAPIKey(p, c)
	}
	return firstError(func() error { return checkKiro(c) }, func() error { return checkIDP(c) })
}

// checkSecret refuses what no key or token looks like.
func checkSecret(field, name, value string) error {
	if len(value) > maxSecret {
		return core.Invalid(field, "%s is longer than %d bytes", name, maxSecret)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return core.Invalid(field, "%s holds a space, a line break or another character that no key has; paste it again", name)
	}
	return nil
}

func checkAPIKey(p core.Provider, c core.Credential) error {
	for _, f := range secretFields(&c) {
		if *f.value != "" && f.name != "api_key" && f.name != "admin_key" {
			return core.Invalid("credential."+f.name, "an account of %s signs in with an api_key alone; remove %s", p, f.name)
		}
	}
	if c.APIKey == "" {
		return core.Invalid("credential.api_key", "an account of %s signs in with an API key: %s", p, wanted(p))
	}
	return refuseAdminKey(p, c.APIKey)
}

func checkKiro(c core.Credential) error {
	switch {
	case c.APIKey == "" && c.RefreshToken == "":
		return core.Invalid("credential.refresh_token", "an account of kiro signs in with one of %s", wanted(core.ProviderKiro))
	case c.APIKey != "" && c.RefreshToken != "":
		return core.Invalid("credential.api_key", "give either an api_key or a refresh_token, not both")
	case (c.ClientID == "") != (c.ClientSecret == "") && c.AuthMethod != core.AuthExternalIDP:
		return core.Invalid("credential.client_id", "client_id and client_secret belong together; give both or none")
	case strings.ContainsFunc(c.Region, notRegionRune):
		return core.Invalid("credential.region", "%q is not a region; a region looks like us-east-1", c.Region)
	case strings.ContainsFunc(c.APIRegion, notRegionRune):
		return core.Invalid("credential.api_region", "%q is not a region; a region looks like us-east-1", c.APIRegion)
	case c.ProfileARN != "" && !strings.HasPrefix(c.ProfileARN, "arn:"):
		return core.Invalid("credential.profile_arn", "a profile ARN begins with \"arn:\"")
	}
	if c.StartURL != "" && secureHost(c.StartURL) == "" {
		return core.Invalid("credential.start_url", "the start URL is an address that begins with https://, such as https://example.awsapps.com/start")
	}
	return nil
}

// checkIDP holds the endpoint of an external identity provider to its issuer's
// host: a refresh token never goes elsewhere. Microsoft's issuer and token hosts
// are two.
func checkIDP(c core.Credential) error {
	if c.TokenEndpoint == "" && c.IssuerURL == "" {
		return nil
	}
	const microsoft = "login.microsoftonline.com"
	endpoint, issuer := secureHost(c.TokenEndpoint), secureHost(c.IssuerURL)
	if issuer == "" {
		return core.Invalid("credential.issuer_url", "the issuer of an external identity provider is an address that begins with https://")
	}
	if endpoint == "" || endpoint != issuer && endpoint != microsoft {
		return core.Invalid("credential.token_endpoint", "the token endpoint is an https address on the issuer's own host, %s", issuer)
	}
	if len(c.Scopes) > maxSecret {
		return core.Invalid("credential.scopes", "scopes is longer than %d bytes", maxSecret)
	}
	return nil
}

// secureHost is the host of an https address, "" for anything else.
func secureHost(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.User != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// notRegionRune keeps a region to what may stand in a host name: it becomes
// part of one.
func notRegionRune(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}
