package upstream

import (
	"context"
	"net/http"

	"github.com/aihub/aihub/backend/core"
)

// Profiler is a provider whose organisations give profiles to their members.
type Profiler interface {
	// ListProfiles returns the ids of the account's profiles, the first choice
	// first; none is not an error.
	ListProfiles(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) ([]string, error)
}

// ListProfiles asks for the profiles of an account.
func (c *Client) ListProfiles(ctx context.Context, ch *core.Channel, a *core.Account) ([]string, error) {
	p, via, err := ask[Profiler](c, ch, a)
	if err != nil {
		return nil, err
	}
	return p.ListProfiles(ctx, via, ch, a)
}

// Via returns the way to the services of an account, for what is no request to
// the provider's API: signing in.
func (c *Client) Via(ch *core.Channel, a *core.Account) (http.RoundTripper, error) {
	transport, err := c.via(ch, a)
	if err != nil {
		return nil, err
	}
	return transport, nil
}
