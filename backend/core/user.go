package core

import "time"

// User is a person or a program that may call the gateway, by one or more
// keys.
type User struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Enabled     bool       `json:"enabled"`
	Quota       Quota      `json:"quota"`
	RPM         int        `json:"rpm"`         // requests per minute; 0 = unlimited
	TPM         int        `json:"tpm"`         // tokens per minute; 0 = unlimited
	Concurrency int        `json:"concurrency"` // parallel requests; 0 = unlimited
	Models      []string   `json:"models"`      // allow-list with "*"; empty = all
	AllowedIPs  []string   `json:"allowed_ips"` // addresses or CIDR; empty = all
	ExpiresAt   *time.Time `json:"expires_at,omitempty"`
	// OnClientGone says what becomes of the upstream's answer when the client
	// leaves before its end.
	OnClientGone ClientGone `json:"on_client_gone"`
	CreatedAt    time.Time  `json:"created_at"`
	UpdatedAt    time.Time  `json:"updated_at"`
}

// GoneMode is what happens when a client leaves before the end of its answer.
type GoneMode string

// The ways to go on without a client; "" means cut.
const (
	GoneCut      GoneMode = "cut"       // the upstream is cancelled, the usage estimated
	GoneDrain    GoneMode = "drain"     // the upstream is read to its end, so that it reports the usage
	GoneDrainFor GoneMode = "drain_for" // the same for so many seconds, then cut
)

// MaxDrainSeconds is the longest that an answer is read without its client: one
// with much reasoning ends within it.
const MaxDrainSeconds = 900

// ClientGone is the policy of a user for clients that leave.
type ClientGone struct {
	Mode    GoneMode `json:"mode"`
	Seconds int      `json:"seconds,omitempty" doc:"of drain_for"`
}

// Period is the span over which a quota counts.
type Period string

// The periods of a quota. Day, week and month begin at 00:00 UTC (weeks on
// Monday); 5h is a rolling window.
const (
	PeriodTotal Period = "total"
	PeriodDay   Period = "day"
	PeriodWeek  Period = "week"
	PeriodMonth Period = "month"
	Period5h    Period = "5h"
)

// Quota limits what a user may consume in a period. A nil limit is none.
type Quota struct {
	Period   Period   `json:"period"`
	Tokens   *int64   `json:"tokens,omitempty"`
	Requests *int64   `json:"requests,omitempty"`
	CostUSD  *float64 `json:"cost_usd,omitempty"`
}

// Used is what a user has consumed in the current period of the quota.
type Used struct {
	Tokens   int64      `json:"tokens"`
	Requests int64      `json:"requests"`
	CostUSD  float64    `json:"cost_usd"`
	ResetsAt *time.Time `json:"resets_at,omitempty"` // nil when the period never resets
}

// Key is a secret of a user. Only its hash is kept.
type Key struct {
	ID        string    `json:"id"`
	UserID    string    `json:"user_id"`
	Name      string    `json:"name"`
	Prefix    string    `json:"prefix"` // the first characters, to recognise it by
	Hash      KeyHash   `json:"hash"`   // never leaves the store toward a client
	CreatedAt time.Time `json:"created_at"`
}

// Settings are what a person changes while the program runs.
type Settings struct {
	// Port on which the gateway listens when neither a flag nor the
	// environment names one; 0 means 8000. It takes effect at the next start
	// of the gateway.
	Port int `json:"port" minimum:"0" maximum:"65535"`
	// MaxBodyMB bounds a request body after decompression.
	MaxBodyMB int `json:"max_body_mb" minimum:"1" maximum:"1024"`
	// LogDays is how long ledger rows are kept; roll-ups stay for ever.
	LogDays int `json:"log_days" minimum:"1" maximum:"3650"`
	// LogMB is how much of the disk they may take, in megabytes; whole days are
	// dropped, the oldest first. 0 is unlimited.
	LogMB int `json:"log_mb" minimum:"0" maximum:"10000000"`
	// Capture says of which requests the bodies are kept.
	Capture CaptureMode `json:"capture"`
	// CaptureKB bounds each body that is kept, in kilobytes.
	CaptureKB int `json:"capture_kb" minimum:"1" maximum:"16384"`
	// FirstByteTimeoutS bounds the wait for an upstream's first byte.
	FirstByteTimeoutS int `json:"first_byte_timeout_s" minimum:"1" maximum:"3600"`
	// QueueWaitS bounds the wait of a request for an account when all are busy, or
	// rest for a few seconds; 0 = it is refused at once.
	QueueWaitS int `json:"queue_wait_s" minimum:"0" maximum:"600"`
	// MaxAttempts bounds how often one request is sent to a provider.
	MaxAttempts int `json:"max_attempts" minimum:"1" maximum:"20"`
	// StickyMinutes is how long a conversation stays with its account after its
	// last request, so that the provider's prompt cache is used; 0 = it does not.
	StickyMinutes int `json:"sticky_minutes" minimum:"0" maximum:"1440"`
	// HealthTestMinutes is how often accounts that rest or are idle are tried with
	// a tiny request; 0 = never.
	HealthTestMinutes int `json:"health_test_minutes" minimum:"0" maximum:"10080"`
	// AllowedHosts are further names under which the gateway may be addressed;
	// loopback names and addresses are always allowed.
	AllowedHosts []string `json:"allowed_hosts"`
	// AllowedOrigins are web pages that may call the gateway from a browser.
	AllowedOrigins []string `json:"allowed_origins"`
	// GatewayAutostart opens the gateway when the desktop app starts.
	GatewayAutostart bool `json:"gateway_autostart"`
	// CloseToTray keeps the desktop app running when its window is closed.
	CloseToTray bool `json:"close_to_tray"`
	// KiroClientVersion is the version of the Kiro client that AiHub is
	// compatible with and names beside its own; Kiro refuses old ones.
	KiroClientVersion string `json:"kiro_client_version"`
	// WebhookURL is told when an account or a user needs a person; "" = nobody.
	WebhookURL string `json:"webhook_url"`
	// WebhookSecret signs what the webhook is told. It never leaves the store
	// toward a client.
	WebhookSecret string `json:"webhook_secret"`
}

// LogBudget is LogMB in bytes.
func (s *Settings) LogBudget() int64 { return int64(s.LogMB) << 20 }

// DefaultSettings are those of a new installation.
func DefaultSettings() Settings {
	return Settings{
		MaxBodyMB: 64, LogDays: 30, Capture: CaptureOff, CaptureKB: 1024, FirstByteTimeoutS: 600,
		QueueWaitS: 30, MaxAttempts: 4, StickyMinutes: 60,
		AllowedHosts: []string{}, AllowedOrigins: []string{},
		GatewayAutostart: true, CloseToTray: true, KiroClientVersion: "1.1.70",
	}
}
