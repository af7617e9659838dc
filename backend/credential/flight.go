package credential

import (
	"context"
	"errors"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream"
)

// account is what the keeper knows of one account.
type account struct {
	flight   *flight       // nil while no renewal is under way
	renewed  time.Time     // the last success
	life     time.Duration // of the token that it brought
	failed   error         // why the last renewal failed; nil after a success
	failures int           // in a row
	retryAt  time.Time     // not before; a person may
	dead     string        // the refresh token that is over; "" = none
	unsaved  *core.PutCredential
}

// flight is one renewal under way. What it leads to may be read once done is
// closed.
type flight struct {
	done    chan struct{}
	account *core.Account
	err     error
}

func (f *flight) wait(ctx context.Context) (*core.Account, error) {
	select {
	case <-f.done:
		return f.account, f.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// reason is why a renewal is asked for.
type reason int

const (
	needed     reason = iota // the token is about to end
	wasRefused               // the provider refused it
	wanted                   // a person asks
)

const (
	// flightTime bounds one renewal.
	flightTime = 30 * time.Second
	// A token that was just renewed is not the reason why it is refused.
	justRenewed = time.Minute
	// How long a renewal rests after a failure: doubled with each in a row.
	minRest  = 5 * time.Second
	maxRest  = 5 * time.Minute
	maxAfter = 30 * time.Minute // of what a provider asks for
	// sourceTime is how often the file that a dead sign-in is shared with is
	// looked at: its own program may have signed in anew.
	sourceTime = 5 * time.Minute
)

func (k *Keeper) of(id string) *account {
	st := k.accounts[id]
	if st == nil {
		st = &account{}
		k.accounts[id] = st
	}
	return st
}

// ahead is the time before the end of the account's token at which it is
// renewed.
func (k *Keeper) ahead(id string) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	var life time.Duration
	if st := k.accounts[id]; st != nil {
		life = st.life
	}
	return ahead(id, life)
}

// begin joins the account's renewal under way, or begins one. It does not end
// with ctx: several requests wait for it, and its answer must be kept.
func (k *Keeper) begin(ctx context.Context, a *core.Account, why reason) (*flight, error) {
	suspended := k.Health(a.ID).State == core.StateSuspended
	k.mu.Lock()
	defer k.mu.Unlock()
	st := k.of(a.ID)
	switch {
	case st.flight != nil:
		return st.flight, nil
	case k.closed:
		return nil, core.Errorf(core.CodeUnavailable, "AiHub is stopping")
	case suspended:
		return nil, core.Errorf(core.CodeConflict, "the provider has suspended the account, so its token is not renewed; reset the account when the provider has unlocked it")
	}
	if err := st.rests(a, why, k.Now()); err != nil {
		return nil, err
	}
	if why == wanted {
		st.dead = "" // whatever was said: ask again
	}
	f := &flight{done: make(chan struct{})}
	st.flight = f
	ctx = context.WithoutCancel(ctx)
	k.flights.Go(func() { k.fly(ctx, a.ID, st, f) })
	return f, nil
}

// rests says why no renewal begins now, nil when one may.
func (st *account) rests(a *core.Account, why reason, now time.Time) error {
	switch {
	case why == wanted:
		return nil
	case st.failed != nil && now.Before(st.retryAt):
		return st.failed
	case st.dead == a.Credential.RefreshToken && a.Credential.Source == (core.CredentialSource{}):
		return st.failed
	case why == wasRefused && now.Sub(st.renewed) < justRenewed:
		return &upstream.Later{Reason: "the provider refuses a token that it has just renewed"}
	}
	return nil
}

func (k *Keeper) fly(ctx context.Context, id string, st *account, f *flight) {
	short, cancel := context.WithTimeout(ctx, flightTime)
	defer cancel()
	a, err := k.renew(short, id, st)
	if err == nil {
		f.account = a
	}
	f.err = err
	k.land(id, st, a, err)
	close(f.done)
}

// land notes what came of a renewal with the account that was tried last, which
// is nil when it is gone.
func (k *Keeper) land(id string, st *account, a *core.Account, err error) {
	now := k.Now()
	dead, isDead := errors.AsType[*upstream.Dead](err)
	k.mu.Lock()
	st.flight = nil
	switch {
	case err == nil:
		*st = account{renewed: now, life: a.Credential.ExpiresAt.Sub(now)}
	case isDead:
		st.failed, st.dead, st.retryAt = err, a.Credential.RefreshToken, now.Add(sourceTime)
	default:
		st.failures++
		st.failed, st.retryAt = err, now.Add(st.rest(err))
	}
	k.mu.Unlock()
	switch {
	case err == nil && k.Alive != nil:
		k.Alive(id)
	case isDead && k.Dead != nil:
		k.Dead(id, dead.Reason)
	}
	k.report(id, err)
}

func (k *Keeper) report(id string, err error) {
	if err != nil {
		k.Log.Warn("credential: a token was not renewed", "account", id, "err", err)
		return
	}
	k.Log.Info("credential: a token was renewed", "account", id)
}

// rest is the time until the next try after a failure that tells nothing of the
// sign-in.
func (st *account) rest(err error) time.Duration {
	rest := min(maxRest, minRest<<min(st.failures-1, 10))
	if later, ok := errors.AsType[*upstream.Later](err); ok {
		rest = max(rest, min(later.After, maxAfter))
	}
	return rest
}
