package simulator

import (
	"strconv"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// KiroKind is how a person of the simulated Kiro signs in.
type KiroKind string

// The kinds of accounts.
const (
	KiroBuilderID      KiroKind = "builder_id"
	KiroIdentityCenter KiroKind = "identity_center"
	KiroGoogle         KiroKind = "google"
	KiroGitHub         KiroKind = "github"
	KiroExternal       KiroKind = "external_idp"
	KiroAPIKey         KiroKind = "api_key"
)

// KiroRotation is what a refresh does to the refresh token.
type KiroRotation string

// The ways of rotation, from the mildest.
const (
	// KiroKeep answers without a refresh token: the old one stays.
	KiroKeep KiroRotation = "keep"
	// KiroRotate gives a new one; the old one works as well.
	KiroRotate KiroRotation = "rotate"
	// KiroOverlap gives a new one; the old one works until the new one, or the
	// access token that came with it, is used for the first time.
	KiroOverlap KiroRotation = "overlap"
	// KiroSingleUse gives a new one; the old one is dead at once.
	KiroSingleUse KiroRotation = "single_use"
)

// KiroPlan is a subscription.
type KiroPlan string

// The subscriptions, by their credits a month: 50, 1,000, 2,000, 10,000.
const (
	KiroFree    KiroPlan = "free"
	KiroPro     KiroPlan = "pro"
	KiroProPlus KiroPlan = "pro_plus"
	KiroPower   KiroPlan = "power"
)

// KiroARN is what the service wants to see as the profile of a Builder ID
// account, about which observations differ.
type KiroARN string

// The observations.
const (
	KiroARNFixed  KiroARN = "fixed"  // the service's own profile, and no other
	KiroARNNone   KiroARN = "none"   // none at all
	KiroARNEither KiroARN = "either" // both work
)

// KiroPart is credit beside that of the plan.
type KiroPart struct {
	Name    string    `json:"name,omitempty"`
	Used    float64   `json:"used"`
	Limit   float64   `json:"limit"`
	Expires time.Time `json:"expires_at,omitzero"` // zero = in 30 days
}

// KiroAccount is a person at the simulated Kiro. In a seed every field but Kind
// may be left out.
type KiroAccount struct {
	ID    string   `json:"id,omitempty"` // by which statistics and faults know the account
	Kind  KiroKind `json:"kind"`
	Email string   `json:"email,omitempty"`

	Plan      KiroPlan   `json:"plan,omitempty"` // free
	Used      float64    `json:"used,omitempty"` // credits of the plan
	Trial     *KiroPart  `json:"trial,omitempty"`
	Bonuses   []KiroPart `json:"bonuses,omitempty"`
	Packs     []KiroPart `json:"packs,omitempty"` // bought
	Overage   bool       `json:"overage,omitempty"`
	Overused  float64    `json:"overused,omitempty"`
	Suspended bool       `json:"suspended,omitempty"`

	Region     string  `json:"region,omitempty"`     // of the API: us-east-1 or eu-central-1
	SSORegion  string  `json:"sso_region,omitempty"` // of the sign-in
	StartURL   string  `json:"start_url,omitempty"`
	ProfileARN string  `json:"profile_arn,omitempty"`
	ARN        KiroARN `json:"arn,omitempty"` // Builder ID: fixed

	// TokenSeconds is the life of access tokens; 0 = 28,800 for SSO, else 3,600.
	TokenSeconds int          `json:"token_seconds,omitempty"`
	Rotation     KiroRotation `json:"rotation,omitempty"` // rotate
	// APIKey is taken in for kind api_key, and given out in the credential only.
	APIKey string `json:"api_key,omitempty"`
}

// The profile ARNs that every account of a kind shares.
const (
	kiroBuilderARN = "arn:aws:codewhisperer:us-east-1:638616132270:profile/AAAACCCCXXXX"
	kiroSocialARN  = "arn:aws:codewhisperer:us-east-1:699475941385:profile/EHGA3GRVQMUK"
)

// kiroBuilderURL is the start URL that stands for Builder ID.
const kiroBuilderURL = "https://view.awsapps.com/start"

// check refuses a seed that no service could have.
func (a *KiroAccount) check() error {
	switch a.Kind {
	case KiroBuilderID, KiroIdentityCenter, KiroGoogle, KiroGitHub, KiroExternal, KiroAPIKey:
	default:
		return core.Invalid("kind", "%q is no kind of Kiro account", a.Kind)
	}
	switch a.Rotation {
	case "", KiroKeep, KiroRotate, KiroOverlap, KiroSingleUse:
	default:
		return core.Invalid("rotation", "%q is no way of rotation; take keep, rotate, overlap or single_use", a.Rotation)
	}
	switch a.ARN {
	case "", KiroARNFixed, KiroARNNone, KiroARNEither:
	default:
		return core.Invalid("arn", "arn is fixed, none or either, not %q", a.ARN)
	}
	if a.Plan != "" && planOf(a.Plan).limit == 0 {
		return core.Invalid("plan", "%q is no plan; take free, pro, pro_plus or power", a.Plan)
	}
	if a.Region != "" && !isKiroRegion(a.Region) {
		return core.Invalid("region", "Kiro's API lives in us-east-1 and eu-central-1, not in %q", a.Region)
	}
	return nil
}

func isKiroRegion(name string) bool { return name == "us-east-1" || name == "eu-central-1" }

// social reports whether Kiro's own service signs the account in.
func (k KiroKind) social() bool { return k == KiroGoogle || k == KiroGitHub }

// sso reports whether AWS SSO OIDC signs the account in.
func (k KiroKind) sso() bool { return k == KiroBuilderID || k == KiroIdentityCenter }

// complete fills in what a seed left out. name tells accounts apart.
func (a *KiroAccount) complete(m mint, name string) {
	a.ID = orWord(a.ID, "kiro-"+name)
	a.Email = orWord(a.Email, a.ID+"@example.org")
	a.Plan = KiroPlan(orWord(string(a.Plan), string(KiroFree)))
	a.Region = orWord(a.Region, "us-east-1")
	a.Rotation = KiroRotation(orWord(string(a.Rotation), string(KiroRotate)))
	a.SSORegion = orWord(a.SSORegion, "us-east-1")
	switch {
	case a.Kind == KiroBuilderID:
		a.StartURL, a.ProfileARN = kiroBuilderURL, ""
		a.ARN = KiroARN(orWord(string(a.ARN), string(KiroARNFixed)))
	case a.Kind.social():
		a.Region, a.ProfileARN = "us-east-1", kiroSocialARN
	default:
		a.ProfileARN = orWord(a.ProfileARN, m.profileARN(a.Region, a.ID))
	}
	if a.Kind == KiroIdentityCenter {
		a.StartURL = orWord(a.StartURL, "https://d-9067642ac7.awsapps.com/start")
	}
	if a.Kind == KiroAPIKey {
		a.APIKey = orWord(a.APIKey, m.id("ksk_", 32, "kiro key", a.ID))
	}
	if a.TokenSeconds == 0 && a.Kind.sso() {
		a.TokenSeconds = 28_800
	}
	a.TokenSeconds = orElse(a.TokenSeconds, 3600)
}

// profileARN invents the profile of an organisation's account.
func (m mint) profileARN(region, account string) string {
	const digits = 899_999_999_999
	rng := m.random("kiro profile", account)
	return "arn:aws:codewhisperer:" + region + ":" + strconv.FormatInt(100_000_000_000+rng.Int64N(digits), 10) + ":profile/" + strings.ToUpper(m.id("", 12, "kiro profile", account))
}

// credential is what a client must hold to be the account, without tokens.
func (a *KiroAccount) credential() core.Credential {
	c := core.Credential{AuthMethod: string(a.Kind), Region: a.SSORegion, StartURL: a.StartURL, ProfileARN: a.ProfileARN}
	if a.Kind == KiroAPIKey {
		return core.Credential{APIKey: a.APIKey}
	}
	return c
}
