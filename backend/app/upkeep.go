package app

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/credential"
)

// newKeeper returns the keeper of sign-ins. What it learns of one goes to the
// balancer.
func (a *App) newKeeper(b *balance.Balancer) *credential.Keeper {
	return credential.New(credential.Deps{
		Store: a.store, Upstream: a.upstream, Health: b.Health, Now: time.Now, Log: a.log,
		Dead: func(id, reason string) {
			b.Refuse(id, reason)
			a.healthChanged(id)
		},
		Alive: func(id string) {
			b.SignedIn(id)
			a.healthChanged(id)
		},
	})
}

// inBackground runs something until Close, which waits for it.
func (a *App) inBackground(run func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	a.janitor.Go(func() {
		defer cancel()
		<-a.quit
	})
	a.janitor.Go(func() { run(ctx) })
}
