package core

import "time"

// Forecast is when a limit of an account will be used up if the account goes on
// as it did over the last MeasuredHours. It assumes nothing else.
type Forecast struct {
	// Limit names what is used up: "quota", "budget_tokens", "budget_requests",
	// "budget_cost_usd", or the name of the window that an answer has told.
	Limit     string  `json:"limit"`
	Unit      string  `json:"unit"`
	Remaining float64 `json:"remaining"`
	Rate      float64 `json:"rate"` // used each hour
	Per       string  `json:"per"`  // "hour"
	// Basis says whose count the rate is taken from, MeasuredHours over how long.
	Basis         UsageSource `json:"basis" enum:"provider_quota,provider_report,answer_headers,error_details,own_ledger"`
	MeasuredHours float64     `json:"measured_hours"`
	// ExhaustedAt is absent when the limit lasts for years.
	ExhaustedAt *time.Time `json:"exhausted_at,omitempty"`
	ResetsAt    *time.Time `json:"resets_at,omitempty"`
	// BeforeReset says that ExhaustedAt comes before the limit is new; also when no
	// such time is known.
	BeforeReset bool       `json:"before_reset"`
	Confidence  Confidence `json:"confidence" enum:"low,medium,high"`
}

// Confidence says how far a forecast reaches beyond what was seen: no further is
// high, up to four times as far medium.
type Confidence string

// The degrees of confidence.
const (
	ConfidenceLow    Confidence = "low"
	ConfidenceMedium Confidence = "medium"
	ConfidenceHigh   Confidence = "high"
)

// ForecastGap says why there is no forecast.
type ForecastGap string

// The reasons for no forecast.
const (
	GapNoLimit   ForecastGap = "no_limit"   // no limit is known that could be used up
	GapUsedUp    ForecastGap = "used_up"    // nothing is left
	GapTooLittle ForecastGap = "too_little" // it is known for too short a time
	GapNoUse     ForecastGap = "no_use"     // nothing was used over the last days
)
