package admin

import (
	"context"
	"net/netip"
	"net/url"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// SettingsInput changes settings; an absent field keeps its value.
type SettingsInput struct {
	Port              *int              `json:"port,omitempty" doc:"0 means 8000; takes effect at the next start of the gateway"`
	MaxBodyMB         *int              `json:"max_body_mb,omitempty" doc:"1 to 1024"`
	LogDays           *int              `json:"log_days,omitempty" doc:"1 to 3650"`
	LogMB             *int              `json:"log_mb,omitempty" doc:"0 is unlimited"`
	Capture           *core.CaptureMode `json:"capture,omitempty" doc:"of which requests the bodies are kept: off, errors or all"`
	CaptureKB         *int              `json:"capture_kb,omitempty" doc:"1 to 16384; how much of each body is kept"`
	FirstByteTimeoutS *int              `json:"first_byte_timeout_s,omitempty" doc:"1 to 3600"`
	QueueWaitS        *int              `json:"queue_wait_s,omitempty" doc:"0 to 600; how long a request waits when all accounts are busy; 0 = not at all"`
	MaxAttempts       *int              `json:"max_attempts,omitempty" doc:"1 to 20; how often one request is sent to a provider"`
	StickyMinutes     *int              `json:"sticky_minutes,omitempty" doc:"0 to 1440; how long a conversation stays with its account; 0 = it does not"`
	HealthTestMinutes *int              `json:"health_test_minutes,omitempty" doc:"0 to 10080; how often accounts that rest or are idle are tried with a tiny request; 0 = never"`
	AllowedHosts      []string          `json:"allowed_hosts,omitempty" doc:"further names of this machine, such as nas.lan"`
	AllowedOrigins    []string          `json:"allowed_origins,omitempty" doc:"web pages that may call the gateway, such as https://app.example.com"`
	GatewayAutostart  *bool             `json:"gateway_autostart,omitempty"`
	CloseToTray       *bool             `json:"close_to_tray,omitempty"`
	KiroClientVersion *string           `json:"kiro_client_version,omitempty" doc:"such as 1.1.70; empty means the default"`
	WebhookURL        *string           `json:"webhook_url,omitempty" doc:"is told when an account or a user needs a person; empty means nobody"`
	WebhookSecret     *string           `json:"webhook_secret,omitempty" doc:"signs what the webhook is told; never shown again, *** keeps it"`
}

// FindSettings returns the settings.
func (s *Service) FindSettings(context.Context) (core.Settings, error) {
	return viewSettings(s.snapshot().Settings), nil
}

// UpdateSettings changes the settings that in carries.
func (s *Service) UpdateSettings(ctx context.Context, in SettingsInput) (core.Settings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.snapshot().Settings
	if err := in.apply(&next); err != nil {
		return core.Settings{}, err
	}
	if err := s.commit(ctx, kindSettings, "settings", core.PutSettings{Settings: next}); err != nil {
		return core.Settings{}, err
	}
	return viewSettings(next), nil
}

func viewSettings(v core.Settings) core.Settings {
	if v.WebhookSecret != "" {
		v.WebhookSecret = masked
	}
	v.AllowedHosts, v.AllowedOrigins = list(v.AllowedHosts), list(v.AllowedOrigins)
	return v
}

func (in *SettingsInput) apply(dst *core.Settings) error {
	set(&dst.GatewayAutostart, in.GatewayAutostart)
	set(&dst.CloseToTray, in.CloseToTray)
	if in.WebhookSecret != nil && *in.WebhookSecret != masked {
		dst.WebhookSecret = *in.WebhookSecret
	}
	return firstError(
		func() error { return applyWebhook(&dst.WebhookURL, in.WebhookURL) },
		func() error { return applyInt(&dst.Port, in.Port, "port", 0, 65535) },
		func() error { return applyInt(&dst.MaxBodyMB, in.MaxBodyMB, "max_body_mb", 1, 1024) },
		func() error { return applyInt(&dst.LogDays, in.LogDays, "log_days", 1, 3650) },
		func() error { return applyInt(&dst.LogMB, in.LogMB, "log_mb", 0, 10_000_000) },
		func() error { return applyCapture(&dst.Capture, in.Capture) },
		func() error { return applyInt(&dst.CaptureKB, in.CaptureKB, "capture_kb", 1, 16384) },
		func() error {
			return applyInt(&dst.FirstByteTimeoutS, in.FirstByteTimeoutS, "first_byte_timeout_s", 1, 3600)
		},
		func() error { return applyInt(&dst.QueueWaitS, in.QueueWaitS, "queue_wait_s", 0, 600) },
		func() error { return applyInt(&dst.MaxAttempts, in.MaxAttempts, "max_attempts", 1, 20) },
		func() error { return applyInt(&dst.StickyMinutes, in.StickyMinutes, "sticky_minutes", 0, 1440) },
		func() error {
			return applyInt(&dst.HealthTestMinutes, in.HealthTestMinutes, "health_test_minutes", 0, 10080)
		},
		func() error { return applyList(&dst.AllowedHosts, in.AllowedHosts, "allowed_hosts", checkHost) },
		func() error { return applyList(&dst.AllowedOrigins, in.AllowedOrigins, "allowed_origins", checkOrigin) },
		func() error { return applyClientVersion(&dst.KiroClientVersion, in.KiroClientVersion) },
	)
}

func applyCapture(dst, in *core.CaptureMode) error {
	if in == nil {
		return nil
	}
	*dst = *in
	return oneOf("capture", *in, []core.CaptureMode{core.CaptureOff, core.CaptureErrors, core.CaptureAll})
}

// maxVersion bounds a version number, in bytes.
const maxVersion = 40

// applyClientVersion takes what may stand in a User-Agent as one word.
func applyClientVersion(dst, in *string) error {
	set(dst, in)
	*dst = strings.TrimSpace(*dst)
	if *dst == "" {
		*dst = core.DefaultSettings().KiroClientVersion
	}
	if len(*dst) > maxVersion || strings.Trim(*dst, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-") != "" {
		return core.Invalid("kiro_client_version", "%q is not a version number; a version looks like %s", *dst, core.DefaultSettings().KiroClientVersion)
	}
	return nil
}

func checkHost(h string) (string, error) {
	h = strings.ToLower(h)
	bare := strings.TrimSuffix(strings.TrimPrefix(h, "["), "]")
	if _, err := netip.ParseAddr(bare); err == nil {
		return bare, nil
	}
	if !hostName(h) {
		return "", core.Invalid("allowed_hosts", "%q is not the name of a machine; write it without http:// and without a port, such as nas.lan", h)
	}
	return strings.TrimSuffix(h, "."), nil
}

// hostName reports whether h, in lower case, may name a machine (RFC 1123; an
// underscore is common in container networks).
func hostName(h string) bool {
	if h == "" || len(h) > 253 {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(h, "."), ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" ||
			label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

func checkOrigin(o string) (string, error) {
	u, err := url.Parse(strings.TrimSuffix(strings.ToLower(o), "/"))
	if err != nil || u.Scheme == "" || u.Host == "" || u.Hostname() == "" || badPort(u) ||
		u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || strings.Contains(u.Host, "*") {
		return "", core.Invalid("allowed_origins",
			"%q is not the origin of a web page; write scheme and host alone, such as https://app.example.com (a wildcard is not possible)", o)
	}
	return u.Scheme + "://" + u.Host, nil
}
