package admin

import (
	"reflect"
	"slices"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

func TestSettings(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	if got := must(h.FindSettings(ctx))(t); !reflect.DeepEqual(got, core.DefaultSettings()) {
		t.Errorf("%+v", got)
	}
	got := must(h.UpdateSettings(ctx, SettingsInput{
		Port: ptr(9000), AllowedHosts: []string{"NAS.lan", "[::1]", "nas.lan"}, AllowedOrigins: []string{"https://App.example.com/", "vscode-webview://abc"},
	}))(t)
	want := core.DefaultSettings()
	want.Port, want.AllowedHosts, want.AllowedOrigins = 9000, []string{"nas.lan", "::1"}, []string{"https://app.example.com", "vscode-webview://abc"}
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(must(h.FindSettings(ctx))(t), want) {
		t.Errorf("got %+v", got)
	}
	got = must(h.UpdateSettings(ctx, SettingsInput{AllowedHosts: []string{}, CloseToTray: ptr(false)}))(t)
	if len(got.AllowedHosts) != 0 || got.CloseToTray || got.Port != 9000 {
		t.Errorf("got %+v", got)
	}
	got = must(h.UpdateSettings(ctx, SettingsInput{KiroClientVersion: ptr("2.0.1")}))(t)
	if got.KiroClientVersion != "2.0.1" {
		t.Errorf("got %+v", got)
	}
	got = must(h.UpdateSettings(ctx, SettingsInput{KiroClientVersion: ptr("")}))(t)
	if got.KiroClientVersion != want.KiroClientVersion {
		t.Errorf("got %+v", got)
	}
	if events := h.published(t, 0); !slices.Contains(events, `config {"kind":"settings","id":"settings"}`) {
		t.Errorf("events %q", events)
	}
}

func TestSettingsInput(t *testing.T) {
	tests := []struct {
		name  string
		in    SettingsInput
		field string
	}{
		{"a port too high", SettingsInput{Port: ptr(65536)}, "port"},
		{"no body at all", SettingsInput{MaxBodyMB: ptr(0)}, "max_body_mb"},
		{"no days", SettingsInput{LogDays: ptr(0)}, "log_days"},
		{"an unknown capture", SettingsInput{Capture: ptr(core.CaptureMode("some"))}, "capture"},
		{"bodies of no size", SettingsInput{CaptureKB: ptr(0)}, "capture_kb"},
		{"a negative budget", SettingsInput{LogMB: ptr(-1)}, "log_mb"},
		{"no patience", SettingsInput{FirstByteTimeoutS: ptr(0)}, "first_byte_timeout_s"},
		{"a host with a scheme", SettingsInput{AllowedHosts: []string{"http://nas"}}, "allowed_hosts"},
		{"a host with a port", SettingsInput{AllowedHosts: []string{"nas:8000"}}, "allowed_hosts"},
		{"any host", SettingsInput{AllowedHosts: []string{"*"}}, "allowed_hosts"},
		{"an empty host", SettingsInput{AllowedHosts: []string{""}}, "allowed_hosts"},
		{"any origin", SettingsInput{AllowedOrigins: []string{"*"}}, "allowed_origins"},
		{"any part of a domain", SettingsInput{AllowedOrigins: []string{"https://*.example.com"}}, "allowed_origins"},
		{"an origin with a path", SettingsInput{AllowedOrigins: []string{"https://a.example/b"}}, "allowed_origins"},
		{"a version of two words", SettingsInput{KiroClientVersion: ptr("1.1 AiHub")}, "kiro_client_version"},
		{"an origin without a scheme", SettingsInput{AllowedOrigins: []string{"a.example"}}, "allowed_origins"},
	}
	h := newHub(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := h.UpdateSettings(t.Context(), test.in)
			wantInvalid(t, err, test.field)
		})
	}
}

func TestGateway(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	if got := must(h.StartGateway(ctx))(t); !got.Running {
		t.Errorf("%+v", got)
	}
	if got := must(h.FindGateway(ctx))(t); !got.Running {
		t.Errorf("%+v", got)
	}
	if got := must(h.StopGateway(ctx))(t); got.Running {
		t.Errorf("%+v", got)
	}
	h.status.Error = "taken"
	_, err := h.StartGateway(ctx)
	wantCode(t, err, core.CodeConflict)
}
