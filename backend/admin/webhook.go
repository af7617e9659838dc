package admin

import (
	"context"
	"net/url"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

func applyWebhook(dst, in *string) error {
	if in == nil {
		return nil
	}
	*dst = strings.TrimSpace(*in)
	u, err := url.Parse(*dst)
	if *dst != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || len(*dst) > 2000) {
		return core.Invalid("webhook_url", "the webhook is an address that begins with https:// or http://")
	}
	return nil
}

// WebhookTest says whether a webhook could be reached.
type WebhookTest struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

// TestWebhook sends a test to the webhook of the settings. A webhook that fails
// is not an error of the operation: the answer says so.
func (s *Service) TestWebhook(ctx context.Context) (WebhookTest, error) {
	set := s.snapshot().Settings
	if set.WebhookURL == "" {
		return WebhookTest{}, core.Invalid("webhook_url", "there is no webhook in the settings yet; save its address first")
	}
	if err := s.deps.TestWebhook(ctx, set.WebhookURL, set.WebhookSecret); err != nil {
		return WebhookTest{Error: "the webhook did not take the test: " + err.Error()}, nil //nolint:nilerr // the answer tells it
	}
	return WebhookTest{OK: true}, nil
}
