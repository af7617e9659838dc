// Package credential keeps sign-ins alive: it renews an access token before it
// ends, never twice at once for one account, and a rotated token is in the store
// before anybody uses it.
//
// On the way of a request it stands between the balancer and the upstream: it
// gives the chosen account a token that is good for this attempt. Accounts that
// sign in by an API key pass through it untouched.
package credential

import (
	"context"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
)

// Deps is what a keeper works with.
type Deps struct {
	Store    core.ConfigStore
	Upstream *upstream.Client
	// Reread reads a sign-in again where it was imported from; nil = nowhere.
	Reread func(context.Context, core.CredentialSource) (core.Credential, error)
	// Health tells whether an account is suspended: such a one is left alone.
	Health func(accountID string) core.Health
	// Dead is told that only a new sign-in helps an account, Alive that its
	// provider has taken the sign-in. Both may be nil.
	Dead  func(accountID, reason string)
	Alive func(accountID string)
	Now   func() time.Time
	Log   *slog.Logger
}

// Keeper renews tokens. Its methods may be called concurrently.
type Keeper struct {
	Deps

	mu       sync.Mutex
	accounts map[string]*account
	closed   bool
	flights  sync.WaitGroup
}

// New returns a keeper that has renewed nothing yet.
func New(d Deps) *Keeper { return &Keeper{Deps: d, accounts: map[string]*account{}} }

const (
	// A token is renewed between minAhead and twice that before its end, each
	// account at its own moment.
	minAhead = 5 * time.Minute
	// spare is what a request needs to reach its provider. While more is left
	// nobody waits for a renewal.
	spare = time.Minute
)

// ahead is how long before its end a token of the account is renewed: the same
// for the account always, and never so long that a short-lived token would be
// renewed all the time. life is how long its tokens live, 0 when not known.
func ahead(id string, life time.Duration) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(id))
	d := minAhead + time.Duration(h.Sum32()%uint32(minAhead/time.Second))*time.Second
	if life > 0 {
		d = min(d, life/4)
	}
	return d
}

// left is for how long the account's access token is still good.
func (k *Keeper) left(a *core.Account) time.Duration {
	if a.Credential.AccessToken == "" || a.Credential.ExpiresAt.IsZero() {
		return 0
	}
	return a.Credential.ExpiresAt.Sub(k.Now())
}

// Fresh returns the account as the store has it now, with a token that is good
// for a request. It renews a token that is about to end; while it is still good
// nobody waits for that. It fails with *upstream.Dead when only a new sign-in
// helps.
func (k *Keeper) Fresh(ctx context.Context, a *core.Account) (*core.Account, error) {
	if a.Credential.RefreshToken == "" {
		return a, nil
	}
	a, err := k.find(a.ID)
	if err != nil {
		return nil, err
	}
	left := k.left(a)
	if left > k.ahead(a.ID) {
		return a, nil
	}
	f, err := k.begin(ctx, a, needed)
	if left > min(spare, k.ahead(a.ID)) {
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	a, err = f.wait(ctx)
	return a, err
}

// Renew replaces an access token that the provider has refused although its time
// is not over. When another one is in the store already, that is the answer.
func (k *Keeper) Renew(ctx context.Context, id, refused string) (*core.Account, error) {
	return k.renewNow(ctx, id, refused, wasRefused)
}

// Force renews the token of an account now because a person asks for it.
func (k *Keeper) Force(ctx context.Context, id string) (*core.Account, error) {
	return k.renewNow(ctx, id, "", wanted)
}

func (k *Keeper) renewNow(ctx context.Context, id, refused string, why reason) (*core.Account, error) {
	a, err := k.find(id)
	switch {
	case err != nil:
		return nil, err
	case a.Credential.RefreshToken == "":
		return nil, core.Errorf(core.CodeUnsupported, "the account signs in by an API key, which is not renewed")
	case why == wasRefused && a.Credential.AccessToken != refused && k.left(a) > 0:
		return a, nil
	}
	f, err := k.begin(ctx, a, why)
	if err != nil {
		return nil, err
	}
	return f.wait(ctx)
}

// find returns the account of this moment.
func (k *Keeper) find(id string) (*core.Account, error) {
	a := k.Store.Snapshot().Account(id)
	if a == nil {
		return nil, core.Errorf(core.CodeNotFound, "the account was deleted")
	}
	return a, nil
}

// Close lets no further renewal begin and waits for those under way: to break
// one off could lose the token that its answer brings.
func (k *Keeper) Close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	k.flights.Wait()
}
