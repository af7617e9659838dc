package core

import "time"

// LoginKind is whom a person signs in with.
type LoginKind string

// The kinds of sign-ins.
const (
	LoginBuilderID      LoginKind = "builder_id"      // AWS Builder ID
	LoginIdentityCenter LoginKind = "identity_center" // an organisation's IAM Identity Center
	LoginGoogle         LoginKind = "google"
	LoginGitHub         LoginKind = "github"
)

// LoginKinds lists them all, in the order in which they are offered.
func LoginKinds() []LoginKind {
	return []LoginKind{LoginBuilderID, LoginIdentityCenter, LoginGoogle, LoginGitHub}
}

// LoginState is how far a sign-in has come.
type LoginState string

// The states of a sign-in. All but pending are ends.
const (
	LoginPending   LoginState = "pending" // the person has not decided
	LoginDone      LoginState = "done"    // AccountID has the account
	LoginDenied    LoginState = "denied"  // the person or the provider refused
	LoginExpired   LoginState = "expired" // the code was not used in time
	LoginCancelled LoginState = "cancelled"
	LoginFailed    LoginState = "error" // Error says why
)

// Login is a device sign-in: the person opens the provider's page anywhere,
// types the code, and agrees that AiHub uses the account. It holds no secret:
// the user code is worth nothing without the device code, which stays inside.
type Login struct {
	ID        string    `json:"id"`
	ChannelID string    `json:"channel_id"`
	Kind      LoginKind `json:"kind"`
	StartURL  string    `json:"start_url,omitempty"`
	Region    string    `json:"region,omitempty"` // the one that was found, if none was given
	UserCode  string    `json:"user_code"`
	// VerificationURL is the page; VerificationURLComplete is the same with the
	// code in it, where the provider has one.
	VerificationURL         string     `json:"verification_url"`
	VerificationURLComplete string     `json:"verification_url_complete,omitempty"`
	Interval                int        `json:"interval"` // seconds between two questions to the provider
	ExpiresAt               time.Time  `json:"expires_at"`
	State                   LoginState `json:"state"`
	Error                   string     `json:"error,omitempty"`
	AccountID               string     `json:"account_id,omitempty"` // once done
	Renews                  string     `json:"renews,omitempty"`     // the account that is signed in again
	CreatedAt               time.Time  `json:"created_at"`
}
