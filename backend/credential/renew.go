package credential

import (
	"context"
	"errors"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
)

// renew brings an account a new token: from where it is shared, if that holds a
// newer one, else from the provider. It returns the account that it tried last
// beside an error, too.
func (k *Keeper) renew(ctx context.Context, id string, st *account) (*core.Account, error) {
	if err := k.saveRest(ctx, st); err != nil {
		return nil, err
	}
	a, err := k.find(id)
	if err != nil {
		return nil, err
	}
	if other, err := k.fromSource(ctx, a, st); err != nil {
		return a, err
	} else if other != nil {
		if a = other; k.left(a) > k.ahead(id) {
			return a, nil
		}
	}
	if k.isDead(st, a) {
		return a, st.failed
	}
	next, err := k.refresh(ctx, a, st)
	if _, dead := errors.AsType[*upstream.Dead](err); dead {
		return k.secondChance(ctx, a, st, err)
	}
	return next, err
}

// isDead: the source of a dead sign-in was looked at, and it is the same.
func (k *Keeper) isDead(st *account, a *core.Account) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return st.dead != "" && st.dead == a.Credential.RefreshToken && a.Credential.Source != (core.CredentialSource{})
}

// secondChance looks for a token that somebody else has put in the place of the
// refused one while it was on its way: in the store, then at the source. Only
// when there is none, or it is refused too, is the sign-in over.
func (k *Keeper) secondChance(ctx context.Context, refused *core.Account, st *account, why error) (*core.Account, error) {
	a, err := k.find(refused.ID)
	if err != nil {
		return nil, err
	}
	if a.Credential.RefreshToken == refused.Credential.RefreshToken {
		other, err := k.fromSource(ctx, a, st)
		if err != nil {
			return a, err
		}
		if other == nil {
			return a, why
		}
		a = other
	}
	if k.left(a) > spare {
		return a, nil
	}
	return k.refresh(ctx, a, st)
}

// refresh asks the provider and stores its answer.
func (k *Keeper) refresh(ctx context.Context, a *core.Account, st *account) (*core.Account, error) {
	ch := k.Store.Snapshot().Channel(a.ChannelID)
	if ch == nil {
		return nil, core.Errorf(core.CodeNotFound, "the account was deleted")
	}
	cred, err := k.Upstream.Refresh(ctx, ch, a)
	if err != nil {
		return a, err
	}
	return k.keep(ctx, st, core.PutCredential{AccountID: a.ID, Was: a.Credential, Credential: cred})
}

// fromSource takes over the sign-in that another program holds, when it is not
// the one that the account has. nil means there is none.
func (k *Keeper) fromSource(ctx context.Context, a *core.Account, st *account) (*core.Account, error) {
	if a.Credential.Source == (core.CredentialSource{}) || k.Reread == nil {
		return nil, nil //nolint:nilnil // no source is no failure
	}
	cred, err := k.Reread(ctx, a.Credential.Source)
	if err != nil {
		// The program may be gone; the account's own token may still be good.
		k.Log.Info("credential: the file of a shared sign-in was not read", "account", a.ID, "err", err)
		return nil, nil //nolint:nilnil // as above
	}
	same := cred.RefreshToken == a.Credential.RefreshToken
	if cred.RefreshToken == "" || same && !cred.ExpiresAt.After(a.Credential.ExpiresAt) {
		return nil, nil //nolint:nilnil // as above
	}
	cred.Source = a.Credential.Source
	return k.keep(ctx, st, core.PutCredential{AccountID: a.ID, Was: a.Credential, Credential: cred})
}

// keep stores a new credential before anybody uses it. What cannot be stored is
// held and tried again before anything else: the old refresh token may be void.
func (k *Keeper) keep(ctx context.Context, st *account, put core.PutCredential) (*core.Account, error) {
	// The time of the renewal may be over, but not that of its answer.
	ctx = context.WithoutCancel(ctx)
	err := k.Store.Update(ctx, put)
	for core.CodeOf(err) == core.CodeConflict {
		a, gone := k.find(put.AccountID)
		if gone != nil {
			return nil, gone
		}
		if a.Credential.RefreshToken != put.Was.RefreshToken {
			return k.changed(a)
		}
		put = merge(put, a.Credential)
		err = k.Store.Update(ctx, put)
	}
	k.mu.Lock()
	st.unsaved = nil
	if err != nil && core.CodeOf(err) != core.CodeNotFound {
		st.unsaved = &put
	}
	k.mu.Unlock()
	if err != nil {
		return nil, &upstream.Later{Reason: "the renewed token could not be stored", Err: err}
	}
	return k.find(put.AccountID)
}

// changed is the account after a person has entered another sign-in during the
// renewal of the old one.
func (k *Keeper) changed(a *core.Account) (*core.Account, error) {
	if k.left(a) > 0 {
		return a, nil
	}
	return nil, &upstream.Later{Reason: "the account was given another sign-in; try again"}
}

// merge puts the tokens into a credential that was edited meanwhile but is the
// same sign-in.
func merge(put core.PutCredential, now core.Credential) core.PutCredential {
	put.Was = now
	now.AccessToken, now.RefreshToken, now.ExpiresAt = put.Credential.AccessToken, put.Credential.RefreshToken, put.Credential.ExpiresAt
	if now.ProfileARN == "" {
		now.ProfileARN = put.Credential.ProfileARN
	}
	put.Credential = now
	return put
}

// saveRest stores what an earlier renewal could not.
func (k *Keeper) saveRest(ctx context.Context, st *account) error {
	k.mu.Lock()
	put := st.unsaved
	k.mu.Unlock()
	if put == nil {
		return nil
	}
	_, err := k.keep(ctx, st, *put)
	return err
}

// With calls a provider with a good token, and once more with a renewed one when
// it says that the token has ended. call is given the account and its channel of
// that moment; what it returns of a provider's refusal is an *upstream.Refusal.
func (k *Keeper) With(ctx context.Context, a *core.Account, call func(*core.Channel, *core.Account) error) error {
	a, err := k.Fresh(ctx, a)
	if err != nil {
		return err
	}
	ch := k.Store.Snapshot().Channel(a.ChannelID)
	if ch == nil {
		return core.Errorf(core.CodeNotFound, "the account was deleted")
	}
	err = call(ch, a)
	refusal, refused := errors.AsType[*upstream.Refusal](err)
	if !refused || a.Credential.RefreshToken == "" || !k.Upstream.IsExpired(ch.Provider, refusal.Status, refusal.Body) {
		return err
	}
	renewed, failed := k.Renew(ctx, a.ID, a.Credential.AccessToken)
	if failed != nil {
		return errors.Join(err, failed)
	}
	return call(ch, renewed)
}
