package relay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/upstream"
)

// fresh gives the attempt a token that is good. An account with an API key pays
// nothing for it.
func (x *exchange) fresh(ctx context.Context, l *balance.Lease) error {
	if x.Keeper == nil || l.Account.Credential.RefreshToken == "" {
		return nil
	}
	began := x.Now()
	a, err := x.Keeper.Fresh(ctx, l.Account)
	x.trip.signed(began)
	if err == nil {
		l.Account = a
	}
	return err
}

// unsigned is an attempt that was not sent for want of a good token.
func (x *exchange) unsigned(ctx context.Context, l *balance.Lease, started time.Time, err error) *failure {
	if ctx.Err() != nil {
		return x.unreachable(ctx, l, started, err)
	}
	e := &llm.Error{Kind: llm.BadUpstream, Message: "the account's token could not be renewed: " + reason(err)}
	f := limits.Finding{Scope: limits.ScopeAccount, State: core.StateCooling}
	if _, dead := errors.AsType[*upstream.Dead](err); dead {
		e.Kind, f.State = llm.Unauthorized, core.StateNeedsLogin
	}
	f.Kind, f.Message = e.Kind, clip(e.Message, maxErrorText)
	x.attempt(l, started, 0, f.Message)
	x.done(l, f)
	return &failure{err: e}
}

// send sends the shipment, and once more with a renewed token when the provider
// says that the one it got has ended.
func (x *exchange) send(ctx context.Context, l *balance.Lease, ship *shipment) (*http.Response, error) {
	res, err := x.Upstream.Do(ctx, ship.request)
	if err != nil || res.StatusCode < 400 || x.Keeper == nil || l.Account.Credential.RefreshToken == "" {
		return res, err
	}
	ship.watch.hurry()
	// An error that cannot be read to its end is still judged by its status.
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	ship.watch.again()
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	if !x.Upstream.IsExpired(l.Channel.Provider, res.StatusCode, body) || !x.renew(ctx, l) {
		return res, nil
	}
	again := *ship.request
	again.Account = l.Account
	if again.GetBody != nil {
		if again.Body, err = again.GetBody(); err != nil {
			return nil, err
		}
	}
	return x.Upstream.Do(ctx, &again)
}

// renew replaces the token that the provider has refused.
func (x *exchange) renew(ctx context.Context, l *balance.Lease) bool {
	began := x.Now()
	a, err := x.Keeper.Renew(ctx, l.Account.ID, l.Account.Credential.AccessToken)
	x.trip.signed(began)
	if err != nil {
		return false
	}
	l.Account = a
	return true
}
