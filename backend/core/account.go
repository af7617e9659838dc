package core

import "time"

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
	ProxyURL       string     `json:"proxy_url"`       // overrides the channel's
	Models         []string   `json:"models"`          // restricts the channel's; empty = all of them
	Tags           []string   `json:"tags"`
	Enabled        bool       `json:"enabled"`
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
}

// Credential is what an account signs in with: an API key, or the tokens of a
// sign-in (Kiro).
type Credential struct {
	APIKey       string    `json:"api_key,omitempty"`
	RefreshToken string    `json:"refresh_token,omitempty"`
	AccessToken  string    `json:"access_token,omitempty"`
	ClientID     string    `json:"client_id,omitempty"`
	ClientSecret string    `json:"client_secret,omitempty"`
	AuthMethod   string    `json:"auth_method,omitempty"`
	Region       string    `json:"region,omitempty"`
	StartURL     string    `json:"start_url,omitempty"`
	ProfileARN   string    `json:"profile_arn,omitempty"`
	ExpiresAt    time.Time `json:"expires_at,omitzero"`
}

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
	n := min(4, len(secret)/4)
	return secret[len(secret)-n:]
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
