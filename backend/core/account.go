package core

import (
	"bytes"
	"time"
)

// Account is one credential of a channel.
type Account struct {
	ID             string     `json:"id"`
	ChannelID      string     `json:"channel_id"`
	Name           string     `json:"name"`
	Credential     Credential `json:"credential"` // never leaves the store toward a client
	Priority       int        `json:"priority"`   // higher first
	Weight         int        `json:"weight"`
	MaxConcurrency int        `json:"max_concurrency"` // parallel requests; 0 = unlimited
	RPM            int        `json:"rpm"`             // requests per minute; 0 = unlimited
	// DailyShare is how much of its quota or budget one day may use, in percent;
	// 0 = all of it.
	DailyShare int `json:"daily_share"`
	// ActiveHours are the hours of the day in which it is used; nil = all.
	ActiveHours *Hours `json:"active_hours,omitempty"`
	// Budget is what AiHub may use of the account in a day, week or month, counted
	// by its own ledger; nil = no limit.
	Budget    *Quota    `json:"budget,omitempty"`
	ProxyURL  string    `json:"proxy_url"` // overrides the channel's
	Models    []string  `json:"models"`    // restricts the channel's; empty = all of them
	Tags      []string  `json:"tags"`
	Enabled   bool      `json:"enabled"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Credential is what an account signs in with: an API key, or the tokens of a
// sign-in (Kiro).
type Credential struct {
	APIKey string `json:"api_key,omitempty"`
	// AdminKey reads the usage and cost reports of the account's organisation
	// (OpenAI, Anthropic). Requests are never sent with it.
	AdminKey     string `json:"admin_key,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	AccessToken  string `json:"access_token,omitempty"`
	ClientID     string `json:"client_id,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"`
	// AuthMethod is one of the AuthMethod values; "" leaves it to what else is
	// there: a client id means SSO OIDC, none means social.
	AuthMethod string `json:"auth_method,omitempty"`
	// IDP is who vouches for a social sign-in, as Kiro names them: "Google" or
	// "Github"; "" when that is not known.
	IDP    string `json:"idp,omitempty"`
	Region string `json:"region,omitempty"` // of the sign-in (SSO OIDC)
	// APIRegion is where the API is called; "" means that of the profile ARN.
	APIRegion  string    `json:"api_region,omitempty"`
	StartURL   string    `json:"start_url,omitempty"`
	ProfileARN string    `json:"profile_arn,omitempty"`
	ExpiresAt  time.Time `json:"expires_at,omitzero"` // of the access token

	// An external identity provider refreshes at its own endpoint.
	TokenEndpoint string `json:"token_endpoint,omitempty"`
	IssuerURL     string `json:"issuer_url,omitempty"`
	Scopes        string `json:"scopes,omitempty"` // separated by spaces
	Audience      string `json:"audience,omitempty"`

	// Source is set when another program on this machine shares the sign-in.
	Source CredentialSource `json:"source,omitzero"`
}

// The values of Credential.AuthMethod.
const (
	AuthSocial      = "social"     // Google or GitHub: Kiro's own auth service
	AuthBuilderID   = "builder-id" // AWS Builder ID: SSO OIDC
	AuthIDC         = "idc"        // IAM Identity Center: SSO OIDC in its own region
	AuthExternalIDP = "external_idp"
	AuthAPIKey      = "api_key"
)

// CredentialSource says where a credential was read on this machine. The
// program that owns the file rotates the refresh token by itself, so an account
// whose token is refused is read again there before it is called dead. It is
// set by AiHub alone: a client could otherwise name any file.
type CredentialSource struct {
	Kind SourceKind `json:"kind"`
	Path string     `json:"path"`
	// Key names the entry inside the file; "" when the file has only one.
	Key string `json:"key,omitempty"`
}

// SourceKind names a program that keeps sign-ins on the disk.
type SourceKind string

// The kinds of sources.
const (
	SourceKiroIDE SourceKind = "kiro-ide" // the IDE's token file and client registration
	SourceKiroCLI SourceKind = "kiro-cli" // the command line's SQLite database
)

// String keeps a credential out of logs that print it by accident.
func (c Credential) String() string { return "[credential …" + c.Hint() + "]" }

// GoString does the same for %#v.
func (c Credential) GoString() string { return c.String() }

// Hint returns the last four characters of the secret that identifies the
// account, or fewer of a short one: never more than a quarter of it.
func (c Credential) Hint() string {
	secret := c.APIKey
	if secret == "" {
		secret = c.RefreshToken
	}
	return hint(secret)
}

// AdminHint is Hint for the admin key; "" means that there is none.
func (c Credential) AdminHint() string { return hint(c.AdminKey) }

func hint(secret string) string {
	n := min(4, len(secret)/4)
	return secret[len(secret)-n:]
}

// Secrets lists the parts of the credential that nobody may see. What is shorter
// than eight bytes is no secret and would only garble a text.
func (c Credential) Secrets() []string {
	var found []string
	for _, s := range []string{c.APIKey, c.AdminKey, c.AccessToken, c.RefreshToken, c.ClientSecret} {
		if len(s) >= 8 {
			found = append(found, s)
		}
	}
	return found
}

// Redact removes the credential from what a provider repeats of it.
func (c Credential) Redact(text []byte) []byte {
	for _, secret := range c.Secrets() {
		text = bytes.ReplaceAll(text, []byte(secret), []byte("[credential]"))
	}
	return text
}

// State is what an account can do right now.
type State string

// The states of an account.
const (
	StateReady      State = "ready"
	StateCooling    State = "cooling"     // a limit was hit; back at StateUntil
	StateExhausted  State = "exhausted"   // its quota is used up; back when it resets
	StateNeedsLogin State = "needs_login" // the provider refuses the credential
	StateSuspended  State = "suspended"   // the provider locked the account
	StateDisabled   State = "disabled"    // switched off by a person
)

// Health is the changing part of an account: why it is or is not chosen.
type Health struct {
	State     State      `json:"state"`
	Reason    string     `json:"state_reason"`
	Until     *time.Time `json:"state_until,omitempty"`
	Link      string     `json:"state_link,omitempty"` // where a person can do something about it
	Cooldowns []Cooldown `json:"cooldowns"`
	InFlight  int        `json:"in_flight"`
	LastUsed  *time.Time `json:"last_used_at,omitempty"`
	LastError string     `json:"last_error"`
}

// Cooldown keeps an account from one model ("" = from all) until a time.
type Cooldown struct {
	Model  string    `json:"model"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}
