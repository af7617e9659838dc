package app

import (
	"context"
	"errors"
	"time"

	"github.com/aihub/aihub/backend/catalog"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/upstream"
	"github.com/aihub/aihub/backend/usage"
)

// buildWatch makes what asks the providers about their accounts.
func (a *App) buildWatch(ctx context.Context) (err error) {
	offers := catalog.NewOffers()
	a.balancer.Offers = offers.Allows
	a.survey, err = catalog.NewSurvey(ctx, catalog.SurveyDeps{
		Store:  a.store,
		States: a.store,
		Offers: offers,
		Lists:  a.upstream.ListsModels,
		Ask:    a.listModels,
		Health: a.balancer.Health,
		Now:    time.Now,
		Log:    a.log,
	})
	if err != nil {
		return err
	}
	a.watcher, err = usage.New(ctx, usage.Deps{
		Store:   a.store,
		States:  a.store,
		Reads:   a.upstream.ReadsUsage,
		Read:    a.readUsage,
		Health:  a.balancer.Health,
		Exhaust: a.balancer.Exhaust,
		Refill:  a.balancer.Refill,
		Refused: a.refused,
		Changed: a.tellAccount,
		Now:     time.Now,
		Log:     a.log,
	})
	return err
}

// listModels asks with a good token.
func (a *App) listModels(ctx context.Context, acc *core.Account) (models []llm.ModelInfo, err error) {
	err = a.keeper.With(ctx, acc, func(ch *core.Channel, acc *core.Account) error {
		models, err = a.upstream.ListModels(ctx, ch, acc)
		return err
	})
	return models, err
}

func (a *App) readUsage(ctx context.Context, acc *core.Account) (u core.AccountUsage, err error) {
	err = a.keeper.With(ctx, acc, func(ch *core.Channel, acc *core.Account) error {
		u, err = a.upstream.ReadUsage(ctx, ch, acc)
		return err
	})
	return u, err
}

// refused lets the balancer learn from a refusal that locks an account. What
// else a question about an account is refused for says nothing about requests.
func (a *App) refused(id string, err error) {
	refusal, ok := errors.AsType[*upstream.Refusal](err)
	if !ok {
		return
	}
	provider, ok := a.askedWithOwn(id)
	format := formats()[provider]
	if !ok || format == nil {
		return
	}
	finding := limits.Classify(limits.Answer{
		Provider: provider, Protocol: format.ID(), Status: refusal.Status, Body: refusal.Body,
		Err: format.ParseError(refusal.Status, refusal.Body), Now: time.Now(),
	})
	if finding.State == core.StateSuspended {
		a.balancer.Report(id, "", finding)
	}
}

// askedWithOwn returns the provider of an account whose usage is asked for with
// its own credential; false when that is an admin key, whose refusal says nothing
// of the account.
func (a *App) askedWithOwn(id string) (core.Provider, bool) {
	snap := a.store.Snapshot()
	acc := snap.Account(id)
	if acc == nil || acc.Credential.AdminKey != "" {
		return "", false
	}
	ch := snap.Channel(acc.ChannelID)
	if ch == nil {
		return "", false
	}
	return ch.Provider, true
}

// refreshUsage asks for an account's usage because a person wants to know it. Of
// a provider that cannot be asked, the headers of its answers and the own ledger
// are all there is to know, and they are always up to date.
func (a *App) refreshUsage(ctx context.Context, acc *core.Account) error {
	if !a.isAsked(acc.ID) {
		return nil
	}
	return outside(a.watcher.Refresh(ctx, acc))
}

// refreshToken renews an account's token because a person wants it.
func (a *App) refreshToken(ctx context.Context, acc *core.Account) error {
	_, err := a.keeper.Force(ctx, acc.ID)
	return outside(err)
}

// outside words what a provider did not do for the person who asked for it.
func outside(err error) error {
	if _, ours := errors.AsType[*core.Error](err); err == nil || ours {
		return err
	}
	return &core.Error{Code: core.CodeUpstream, Message: err.Error(), Err: err}
}
