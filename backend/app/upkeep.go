package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/credential"
	upkiro "github.com/aihub/aihub/backend/upstream/kiro"
)

// newKeeper returns the keeper of sign-ins. What it learns of one goes to the
// balancer.
func (a *App) newKeeper(b *balance.Balancer) *credential.Keeper {
	return credential.New(credential.Deps{
		Store: a.store, Upstream: a.upstream, Health: b.Health, Now: time.Now, Log: a.log,
		Dead: b.Refuse, Alive: b.SignedIn, Reread: a.machine.Reread,
	})
}

// installationName is the name of the secret by which Kiro recognises this
// installation: one of its own, not the machine's.
const installationName = "kiro_installation"

func (a *App) newKiro(ctx context.Context) (*upkiro.Provider, error) {
	id := a.store.Snapshot().Secret(installationName)
	if id == "" {
		var random [32]byte
		rand.Read(random[:])
		id = hex.EncodeToString(random[:])
		if err := a.store.Update(ctx, core.PutSecret{Name: installationName, Value: id}); err != nil {
			return nil, err
		}
	}
	return upkiro.New(ctx, upkiro.Options{
		States: a.store, Installation: id, Version: a.cfg.Version, Now: time.Now, Log: a.log,
		ClientVersion: func() string { return a.store.Snapshot().Settings.KiroClientVersion },
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
