package kiro

import (
	"context"
	"errors"
	"net/http"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// Refresh implements upstream.Refresher.
func (p *Provider) Refresh(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) (core.Credential, error) {
	cred, err := p.SignIn(via, ch).Refresh(ctx, a.Credential)
	if err == nil {
		return cred, nil
	}
	if dead, ok := errors.AsType[*auth.Dead](err); ok {
		return cred, &upstream.Dead{Reason: dead.Reason}
	}
	if later, ok := errors.AsType[*auth.Later](err); ok {
		return cred, &upstream.Later{Reason: "the sign-in service cannot be used now: " + later.Reason, After: later.After, Err: later.Err}
	}
	if core.CodeOf(err) == core.CodeInvalid {
		// What the sign-in lacks, no repetition brings.
		return cred, &upstream.Dead{Reason: err.Error()}
	}
	return cred, err
}
