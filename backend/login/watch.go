package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

const (
	// callTime bounds one question to the provider.
	callTime = 30 * time.Second
	// slowDown is what a provider's slow_down adds to the pause (RFC 8628, 3.5).
	slowDown = 5 * time.Second
	// maxTrouble is the longest pause after errors of the network.
	maxTrouble = 30 * time.Second
)

// watch makes the sign-in known and begins to ask for it.
func (d *Desk) watch(doc document) error {
	ctx, cancel := context.WithCancel(context.Background())
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		cancel()
		return core.Errorf(core.CodeUnavailable, "AiHub is stopping")
	}
	asked := make(chan struct{})
	d.open[doc.Login.ID] = &entry{document: doc, cancel: cancel, asked: asked}
	d.wg.Go(func() {
		defer close(asked)
		defer cancel()
		accountID, err := d.carry(ctx, doc)
		if accountID != "" || ctx.Err() == nil {
			d.end(doc.Login.ID, accountID, err)
		}
	})
	return nil
}

// carry leads a sign-in to its account.
func (d *Desk) carry(ctx context.Context, doc document) (accountID string, err error) {
	if doc.Grant == nil {
		cred, err := d.ask(ctx, doc)
		if err != nil {
			return "", err
		}
		doc.Grant = &cred
		if err := d.save(ctx, doc); err != nil {
			d.deps.Log.Error("login: the credential could not be kept for a restart", "login", doc.Login.ID, "err", err)
		}
	}
	cred, err := d.withProfile(ctx, doc)
	if err != nil || ctx.Err() != nil || !d.claim(doc.Login.ID) {
		return "", err
	}
	// From here on it is finished, even if the program stops.
	return d.deps.Keep(context.WithoutCancel(ctx), doc.Login.ChannelID, doc.Login.Renews, cred)
}

// claim makes the sign-in one that cannot be cancelled any more.
func (d *Desk) claim(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.open[id]
	if e == nil {
		return false
	}
	e.keeping = true
	return true
}

// ask polls until the person has decided or the code has expired.
func (d *Desk) ask(ctx context.Context, doc document) (core.Credential, error) {
	p := pace{interval: doc.Device.Interval}
	for {
		left := doc.Device.ExpiresAt.Sub(d.deps.Now())
		if left <= 0 {
			return core.Credential{}, auth.ErrExpired
		}
		if err := sleep(ctx, min(p.pause(), left)); err != nil {
			return core.Credential{}, err
		}
		cred, err := d.poll(ctx, doc)
		if err == nil || !p.goesOn(err) {
			return cred, err
		}
	}
}

func (d *Desk) poll(ctx context.Context, doc document) (core.Credential, error) {
	client, err := d.deps.Client(doc.Login.ChannelID, doc.Login.Renews)
	if err != nil {
		return core.Credential{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return client.Poll(ctx, doc.Device)
}

func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// pace says how long to wait between two questions.
type pace struct {
	interval time.Duration // what the provider allows
	trouble  time.Duration // what errors of the network add up to
}

func (p *pace) pause() time.Duration { return max(p.interval, p.trouble) }

// goesOn learns from an answer without tokens; it is false for an end.
func (p *pace) goesOn(err error) bool {
	later, isLater := errors.AsType[*auth.Later](err)
	switch {
	case errors.Is(err, auth.ErrPending):
		p.trouble = 0
	case errors.Is(err, auth.ErrSlowDown):
		p.interval += slowDown
	case isLater:
		p.trouble = max(min(2*p.pause(), maxTrouble), later.After)
	default:
		return false
	}
	return true
}

// withProfile completes the credential of an organisation's member. An answer
// that does not come is no reason to lose the tokens: the profile is looked for
// again when the account is first used.
func (d *Desk) withProfile(ctx context.Context, doc document) (core.Credential, error) {
	cred := *doc.Grant
	if auth.Kind(doc.Login.Kind) != auth.IdentityCenter || cred.ProfileARN != "" {
		return cred, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	profiles, err := d.deps.Profiles(ctx, doc.Login.ChannelID, doc.Login.Renews, cred)
	if err != nil {
		d.deps.Log.Warn("login: the profiles could not be listed", "login", doc.Login.ID, "err", err)
		return cred, nil
	}
	if len(profiles) == 0 {
		return cred, core.Errorf(core.CodeForbidden, "your organisation has given you no Kiro profile; ask its administrator for a subscription, then sign in again")
	}
	cred.ProfileARN = profiles[0]
	return cred, nil
}

// end writes down how a sign-in ended, and drops its secrets.
func (d *Desk) end(id, accountID string, err error) {
	d.mu.Lock()
	e := d.open[id]
	if e == nil {
		d.mu.Unlock()
		return
	}
	e.Device, e.Grant, e.keeping = auth.Device{}, nil, false
	e.Login.State, e.Login.Error = outcome(err)
	e.Login.AccountID = accountID
	doc := e.document
	d.mu.Unlock()
	if doc.Login.State == core.LoginFailed {
		d.deps.Log.Warn("login: failed", "login", id, "err", err)
	}
	if err := d.save(context.Background(), doc); err != nil {
		d.deps.Log.Error("login: the end could not be stored", "login", id, "err", err)
	}
	d.deps.Changed(doc.Login)
}

// outcome is an end in the words of the API.
func outcome(err error) (core.LoginState, string) {
	e, ok := errors.AsType[*core.Error](err)
	switch {
	case err == nil:
		return core.LoginDone, ""
	case errors.Is(err, auth.ErrDenied):
		return core.LoginDenied, ""
	case errors.Is(err, auth.ErrExpired):
		return core.LoginExpired, ""
	case ok:
		return core.LoginFailed, e.Message
	}
	return core.LoginFailed, fmt.Sprintf("the sign-in failed: %v", err)
}
