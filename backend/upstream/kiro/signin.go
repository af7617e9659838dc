package kiro

import (
	"context"
	"net/http"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// SignIn returns what speaks to the sign-in services of a channel.
func (p *Provider) SignIn(via http.RoundTripper, ch *core.Channel) *auth.Client {
	return &auth.Client{HTTP: &http.Client{Transport: via}, Base: ch.BaseURL, Agent: p.agent(), Now: p.Now}
}

// ListProfiles implements upstream.Profiler. Each region knows only its own
// profiles; a region that cannot be asked matters only when no other has one.
func (p *Provider) ListProfiles(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) ([]string, error) {
	places := near(a.Credential.Region)
	if ch.BaseURL != "" {
		places = places[:1] // one host for all regions
	}
	var found []string
	var failed error
	for _, region := range places {
		arn, err := p.profileIn(ctx, via, ch, a, region)
		if err != nil {
			failed = err
		}
		if arn != "" {
			found = append(found, arn)
		}
	}
	if len(found) > 0 {
		failed = nil
	}
	return found, failed
}
