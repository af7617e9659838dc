package core

import "time"

// AccountUsage is the provider's own count of an account's quota.
type AccountUsage struct {
	Unit      string      `json:"unit"` // what is counted, such as "credits"
	Plan      string      `json:"plan,omitempty"`
	Owner     string      `json:"owner,omitempty"` // who signed in, such as an e-mail address
	Used      float64     `json:"used"`
	Limit     float64     `json:"limit"`
	Remaining float64     `json:"remaining"`
	Unlimited bool        `json:"unlimited,omitempty"`
	ResetsAt  *time.Time  `json:"resets_at,omitempty"`
	FetchedAt time.Time   `json:"fetched_at"`
	Parts     []UsagePart `json:"parts"`
	// Overage is what is used beyond the quota and paid for by itself; nil where
	// the provider has none. It is no part of Remaining.
	Overage *Overage `json:"overage,omitempty"`
	// SpentSince is what the gateway's own requests have used since FetchedAt;
	// Used and Remaining include it.
	SpentSince float64 `json:"spent_since,omitempty"`
	// Error is why the last attempt to fetch the usage failed; the numbers are
	// then those of FetchedAt.
	Error string `json:"error,omitempty"`
}

// UsageKind says what a part of a quota is.
type UsageKind string

// The kinds of parts.
const (
	UsagePlan  UsageKind = "plan"  // of the subscription
	UsageTrial UsageKind = "trial" // for new accounts
	UsageBonus UsageKind = "bonus" // given
	UsagePack  UsageKind = "pack"  // bought beside the plan
)

// UsagePart is one part of a quota, such as a trial or a bonus, or one of several
// limits that hold at once.
type UsagePart struct {
	Kind      UsageKind  `json:"kind,omitempty"`
	Name      string     `json:"name"`
	Used      float64    `json:"used"`
	Limit     float64    `json:"limit"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"` // what is left then is lost
	ResetsAt  *time.Time `json:"resets_at,omitempty"`  // the whole limit is there again
}

// Overage is consumption beyond a quota.
type Overage struct {
	Enabled bool    `json:"enabled"`
	Used    float64 `json:"used"`
	Limit   float64 `json:"limit"`
	CostUSD float64 `json:"cost_usd"`
}
