package core

import "time"

// AccountUsage is what is known of how much of an account is used. Who has
// counted it is said by Source, for the whole and for each part.
type AccountUsage struct {
	Unit      string      `json:"unit"` // what is counted, such as "credits" or "usd"
	Source    UsageSource `json:"source,omitempty" enum:"provider_quota,provider_report,answer_headers,error_details,own_ledger"`
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

// UsageSource says who has counted a usage.
type UsageSource string

// The sources of a usage.
const (
	// UsageQuota is the provider's count of a quota, asked for with the account's
	// own credential. It alone decides whether an account is used up.
	UsageQuota UsageSource = "provider_quota"
	// UsageReport is the provider's usage and cost report, asked for with an admin
	// key. It lags behind, counts the whole organisation and knows no limit.
	UsageReport UsageSource = "provider_report"
	// UsageHeaders are the limits that stood in the headers of the last answer.
	UsageHeaders UsageSource = "answer_headers"
	// UsageRefusal are the quotas that a refusal has named (Gemini).
	UsageRefusal UsageSource = "error_details"
	// UsageLedger is what this gateway has sent to the account.
	UsageLedger UsageSource = "own_ledger"
)

// The units of money and of what the reports and the ledger count.
const (
	UnitUSD      = "usd"
	UnitTokens   = "tokens"
	UnitRequests = "requests"
	UnitCredits  = "credits"
)

// The names of the parts of a report and of the ledger.
const (
	PartCost       = "cost"
	PartRequests   = "requests"
	PartInput      = "input_tokens"
	PartCacheRead  = "cache_read_tokens"
	PartCacheWrite = "cache_write_tokens"
	PartOutput     = "output_tokens"
)

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
	Limit     float64    `json:"limit"`                // 0 = none is known
	ExpiresAt *time.Time `json:"expires_at,omitempty"` // what is left then is lost
	ResetsAt  *time.Time `json:"resets_at,omitempty"`  // the whole limit is there again
	// Unit, Source and FetchedAt are those of the whole where they are empty.
	Unit      string      `json:"unit,omitempty"`
	Source    UsageSource `json:"source,omitempty" enum:"provider_quota,provider_report,answer_headers,error_details,own_ledger"`
	FetchedAt *time.Time  `json:"fetched_at,omitempty"`
	// WasReset says that the window has ended since it was told; Used is 0 since
	// then, as far as is known.
	WasReset bool `json:"was_reset,omitempty"`
}

// Overage is consumption beyond a quota.
type Overage struct {
	Enabled bool    `json:"enabled"`
	Used    float64 `json:"used"`
	Limit   float64 `json:"limit"`
	CostUSD float64 `json:"cost_usd"`
}
