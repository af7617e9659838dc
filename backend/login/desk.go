// Package login carries device sign-ins from the code to the account: it begins
// them, asks the provider until the person has decided, and hands the credential
// on. A sign-in survives the end of the program as long as its code lives.
//
// It stands beside the way of a request: what it makes is an account, which the
// balancer then finds like any other.
package login

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// Deps is what the desk works with. Every field must be set. An account id is
// "" for an account that is yet to be made.
type Deps struct {
	Store core.StateStore
	// Client returns what speaks to the sign-in services of a channel, through
	// the proxy of the account.
	Client func(channelID, accountID string) (*auth.Client, error)
	// Profiles lists the profiles that an organisation gives to who signed in.
	Profiles func(ctx context.Context, channelID, accountID string, cred core.Credential) ([]string, error)
	// Keep makes an account of the credential, or gives it to the account, and
	// returns the account's id. The same credential makes one account, however
	// often it is given.
	Keep func(ctx context.Context, channelID, accountID string, cred core.Credential) (string, error)
	// Changed is told of every new state.
	Changed func(core.Login)
	Now     func() time.Time
	Log     *slog.Logger
}

// Request is what a sign-in begins with.
type Request struct {
	ChannelID string
	AccountID string // the account to sign in again; "" makes a new one
	auth.Ask
}

const (
	// maxPending bounds the sign-ins under way: each one asks the provider every
	// few seconds.
	maxPending = 20
	// keepTime is how long the end of a sign-in can be looked up.
	keepTime = time.Hour
	// startTime bounds the beginning, in which ten regions may be asked.
	startTime = time.Minute
)

// Desk is where sign-ins are made. It is safe for concurrent use.
type Desk struct {
	deps Deps
	wg   sync.WaitGroup

	mu     sync.Mutex
	open   map[string]*entry
	closed bool
}

// entry is a sign-in; the desk's mu guards it.
type entry struct {
	document
	cancel  context.CancelFunc // ends the goroutine that asks; nil when there is none
	asked   <-chan struct{}    // closed when that goroutine has ended
	keeping bool               // the account is being made: too late to cancel
}

// New returns a desk without sign-ins. Resume takes up those of the last run.
func New(deps Deps) *Desk { return &Desk{deps: deps, open: map[string]*entry{}} }

// Begin starts a sign-in and returns the code for the person. The desk goes on
// asking until the sign-in ends, whatever becomes of ctx.
func (d *Desk) Begin(ctx context.Context, r Request) (core.Login, error) {
	if err := d.admit(ctx); err != nil {
		return core.Login{}, err
	}
	client, err := d.deps.Client(r.ChannelID, r.AccountID)
	if err != nil {
		return core.Login{}, err
	}
	starting, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	device, err := client.Start(starting, r.Ask)
	if err != nil {
		return core.Login{}, unavailable(err)
	}
	doc := document{Login: d.newLogin(r, device), Device: device}
	if err := d.save(ctx, doc); err != nil {
		return core.Login{}, err
	}
	if err := d.watch(doc); err != nil {
		return core.Login{}, errors.Join(err, d.drop(ctx, doc.Login.ID))
	}
	d.deps.Changed(doc.Login)
	return doc.Login, nil
}

// unavailable words what nobody can change now for the API.
func unavailable(err error) error {
	if later, ok := errors.AsType[*auth.Later](err); ok {
		return &core.Error{Code: core.CodeUpstream, Message: later.Error() + "; try again", Err: err}
	}
	return err
}

// admit makes room for one more sign-in.
func (d *Desk) admit(ctx context.Context) error {
	d.forget(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	pending := 0
	for _, e := range d.open {
		if e.Login.State == core.LoginPending {
			pending++
		}
	}
	if pending >= maxPending {
		return core.Errorf(core.CodeRateLimited, "%d sign-ins are under way; finish or cancel one first", pending)
	}
	return nil
}

func (d *Desk) newLogin(r Request, device auth.Device) core.Login {
	now := d.deps.Now().UTC()
	region := device.Region
	if r.Kind != auth.IdentityCenter {
		region = "" // fixed, so nothing to tell
	}
	return core.Login{
		ID: core.NewID("lgn", now), ChannelID: r.ChannelID, Renews: r.AccountID,
		Kind: core.LoginKind(r.Kind), StartURL: r.StartURL, Region: region,
		UserCode: device.UserCode, VerificationURL: device.URL, VerificationURLComplete: device.URLComplete,
		Interval: int(device.Interval.Seconds()), ExpiresAt: device.ExpiresAt,
		State: core.LoginPending, CreatedAt: now,
	}
}

// Find returns a sign-in. One that has ended is known for an hour at least.
func (d *Desk) Find(id string) (core.Login, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.open[id]
	if e == nil {
		return core.Login{}, notFound(id)
	}
	return e.Login, nil
}

func notFound(id string) error {
	return core.Errorf(core.CodeNotFound, "there is no sign-in with the id %q; it was cancelled, or ended long ago", id)
}

// List returns all sign-ins, the newest first.
func (d *Desk) List() []core.Login {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]core.Login, 0, len(d.open))
	for _, e := range d.open {
		out = append(out, e.Login)
	}
	slices.SortFunc(out, func(a, b core.Login) int {
		return -strings.Compare(a.CreatedAt.Format(time.RFC3339Nano)+a.ID, b.CreatedAt.Format(time.RFC3339Nano)+b.ID)
	})
	return out
}

// Cancel ends a sign-in and removes it. The provider is asked no more, so a
// consent that comes later leads nowhere.
func (d *Desk) Cancel(ctx context.Context, id string) error {
	e, err := d.take(id)
	if err != nil {
		return err
	}
	if e.cancel != nil {
		e.cancel()
		<-e.asked // it may be writing what is dropped below
	}
	if e.Login.State == core.LoginPending {
		e.Login.State = core.LoginCancelled
		d.deps.Changed(e.Login)
	}
	return d.drop(ctx, id)
}

func (d *Desk) take(id string) (*entry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.open[id]
	if e == nil {
		return nil, notFound(id)
	}
	if e.keeping {
		return nil, core.Errorf(core.CodeConflict, "the sign-in has just succeeded; delete the account instead")
	}
	delete(d.open, id)
	return e, nil
}

// Close stops asking and waits until nothing is under way. Pending sign-ins stay
// in the store for the next run.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	for _, e := range d.open {
		if e.cancel != nil {
			e.cancel()
		}
	}
	d.mu.Unlock()
	d.wg.Wait()
}
