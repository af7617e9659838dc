package relay

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	// retryTime is for how long after its start, beyond the wait for one first
	// byte, a request is still tried again. Clients give up by themselves, and
	// then try again.
	retryTime = 2 * time.Minute
	// otherPause and samePause are the first pauses before another account of a
	// provider that fails, and before the same account, doubled every time.
	otherPause = 50 * time.Millisecond
	samePause  = 300 * time.Millisecond
	maxPause   = 5 * time.Second
)

// run tries accounts until one answers, the client is gone, or none is left:
// other accounts first, and when all have failed, those again whose failure was
// of the moment.
func (x *exchange) run(ctx context.Context) {
	if x.call.Op == protocol.CountTokens && !x.cands[0].Native {
		x.count()
		return
	}
	var last *failure
	for x.mayTry() && ctx.Err() == nil {
		lease, unfit := x.acquire(ctx)
		if lease == nil {
			if x.startOver(ctx) {
				continue
			}
			if last == nil && ctx.Err() == nil {
				x.rec.Outcome = core.OutcomeUpstreamError
				x.fail(nobody(unfit))
				return
			}
			break
		}
		x.lease = lease
		if err := x.begin(ctx, lease); err != nil {
			x.done(lease, neutral)
			x.rec.Outcome = core.OutcomeRejected
			x.fail(&llm.Error{Kind: llm.Internal, Message: "AiHub could not write its ledger; the request was not sent"})
			return
		}
		if last = x.try(ctx, lease); last == nil {
			return
		}
		if last.final {
			break
		}
		x.settleTry(ctx, lease.Account.ID, &last.means)
	}
	x.hint(last)
	x.giveUp(ctx, last)
}

// mayTry reports whether the budget of attempts and time allows another one. What
// is sent again without its reasoning, or because its answer was empty, does not
// count.
func (x *exchange) mayTry() bool {
	set := &x.call.Snapshot.Settings
	budget := set.MaxAttempts + x.empty
	if x.strip {
		budget++
	}
	patience := time.Duration(set.FirstByteTimeoutS)*time.Second + retryTime
	return len(x.rec.Attempts) < budget && x.Now().Sub(x.call.Start) < patience
}

// acquire gets an account that has not failed this call, and waits for it as long
// as the settings allow all in all.
func (x *exchange) acquire(ctx context.Context) (*balance.Lease, *balance.Unfit) {
	set := &x.call.Snapshot.Settings
	a := &x.ask
	a.Candidates, a.Tried, a.User = x.cands, x.tried, x.call.User.ID
	if a.Sticky = time.Duration(set.StickyMinutes) * time.Minute; a.Sticky > 0 && a.Session == "" {
		a.Session = x.session()
	}
	a.Patience = max(0, time.Duration(set.QueueWaitS)*time.Second-x.queued)
	began := x.Now()
	lease, unfit := x.Balance.Acquire(ctx, a)
	x.queued += x.Now().Sub(began)
	x.rec.QueueMS = x.queued.Milliseconds()
	return lease, unfit
}

// settleTry decides whether the account may be asked again, and pauses before the
// next one where the provider itself has failed.
func (x *exchange) settleTry(ctx context.Context, account string, means *limits.Finding) {
	if !slices.Contains(x.tried, account) {
		return // it is asked again at once
	}
	ofTheMoment := means.Retry == limits.RetrySame ||
		means.State == core.StateCooling && !means.Until.IsZero() // its rest is waited for, if it is short
	if !ofTheMoment {
		x.spent = append(x.spent, account)
	}
	if means.Retry == limits.RetrySame && means.Scope != limits.ScopeAccount {
		pause(ctx, otherPause, len(x.rec.Attempts)-1)
	}
}

// startOver makes those accounts fit again, for a call that all have failed,
// whose failure was of the moment.
func (x *exchange) startOver(ctx context.Context) bool {
	if len(x.tried) == len(x.spent) {
		return false
	}
	x.tried = slices.Clone(x.spent)
	pause(ctx, samePause, x.rounds)
	x.rounds++
	return true
}

// pause waits for a time that doubles, spread so that what failed together does
// not come again together.
func pause(ctx context.Context, first time.Duration, before int) {
	d := min(maxPause, first<<min(before, 10))
	timer := time.NewTimer(d/2 + rand.N(d))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// hint tells the client when an account can serve it, whatever the account that
// failed last has said of itself.
func (x *exchange) hint(last *failure) {
	if last == nil || isClients(last.err.Kind) {
		return
	}
	x.ask.Tried = nil
	if after, known := x.Balance.Soonest(&x.ask); known {
		last.err.RetryAfter = max(1, seconds(after))
	}
}

// nobody says why no account can serve.
func nobody(u *balance.Unfit) *llm.Error {
	switch {
	case u.Crowded:
		return &llm.Error{Kind: llm.RateLimited, RetryAfter: max(1, seconds(u.After)), Message: "every account is busy, and too many requests wait for one already; try again soon"}
	case u.Busy > 0:
		return &llm.Error{Kind: llm.RateLimited, RetryAfter: max(1, seconds(u.After)), Message: "every account is at its own limit of requests; try again soon"}
	case u.Closed > 0:
		return resting(u)
	}
	return &llm.Error{Kind: llm.Overloaded, NoRetry: true, Message: "no enabled account offers this model: add one in the AiHub dashboard"}
}

// resting words that all accounts are closed. What their providers refuse is not
// the client's to mend: it must not be asked to sign in or to pay.
func resting(u *balance.Unfit) *llm.Error {
	e := &llm.Error{
		Kind: cmp.Or(u.Kind, llm.Overloaded), RetryAfter: seconds(u.After),
		Message: fmt.Sprintf("no account can serve now (%d resting): %s", u.Closed, u.Reason),
	}
	switch e.Kind {
	case llm.Billing:
		e.Kind = llm.RateLimited
	case llm.Unauthorized, llm.Forbidden:
		e.Kind, e.NoRetry = llm.BadUpstream, u.After == 0
	}
	return e
}
