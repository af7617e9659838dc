package credential

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/core"
)

const (
	// sweepTime is how often the keeper looks for tokens that are about to end.
	sweepTime = 15 * time.Second
	// width is how many renewals of its own it has under way at once.
	width = 4
)

// Run renews the tokens of all enabled accounts ahead of their end until ctx
// ends.
func (k *Keeper) Run(ctx context.Context) {
	ticker := time.NewTicker(sweepTime)
	defer ticker.Stop()
	for {
		k.sweep(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (k *Keeper) sweep(ctx context.Context) {
	snap := k.Store.Snapshot()
	free := width - k.forget(snap)
	for _, ch := range snap.Channels() {
		if !ch.Enabled {
			continue
		}
		for _, a := range snap.AccountsOf(ch.ID) {
			if free <= 0 || ctx.Err() != nil {
				return
			}
			if k.isDue(a) && k.tryBegin(ctx, a) {
				free--
			}
		}
	}
}

func (k *Keeper) isDue(a *core.Account) bool {
	return a.Enabled && a.Credential.RefreshToken != "" && k.left(a) <= k.ahead(a.ID) && !k.isUnderWay(a.ID)
}

func (k *Keeper) isUnderWay(id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	st := k.accounts[id]
	return st != nil && st.flight != nil
}

// tryBegin reports whether a renewal of the account has begun. One that rests
// after a failure has not.
func (k *Keeper) tryBegin(ctx context.Context, a *core.Account) bool {
	_, err := k.begin(ctx, a, needed)
	return err == nil
}

// forget drops what is known of deleted accounts and returns how many renewals
// are under way.
func (k *Keeper) forget(snap *core.Snapshot) (underway int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, st := range k.accounts {
		switch {
		case st.flight != nil:
			underway++
		case snap.Account(id) == nil:
			delete(k.accounts, id)
		}
	}
	return underway
}
