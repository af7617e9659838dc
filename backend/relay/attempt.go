package relay

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
)

// failure is an attempt that brought no answer to deliver.
type failure struct {
	err *llm.Error
	// res and body are the upstream's own error answer, when one came.
	res  *http.Response
	body []byte
	cred core.Credential // that it was sent with
	// means is whose matter the failure is, and what can be tried next.
	means limits.Finding
	// final says that another try would be in vain.
	final bool
}

// begin makes the row durable before the first upstream call, with the tokens
// that the upstream is about to read.
func (x *exchange) begin(ctx context.Context, l *balance.Lease) error {
	r := x.rec
	r.ChannelID, r.ChannelName = l.Channel.ID, l.Channel.Name
	r.AccountID, r.AccountName = l.Account.ID, l.Account.Name
	r.UpstreamModel, r.UpstreamProtocol = l.Model, l.Protocol
	row := *r
	if estimable(x.call.Op) {
		row.Usage = x.estimate(llm.Usage{}, 0)
	}
	if x.entry != nil {
		x.entry.Update(&row)
		return nil
	}
	entry, err := x.Ledger.Begin(context.WithoutCancel(ctx), &row)
	if err != nil {
		x.Log.Error("ledger: a row could not be begun", "request", x.call.ID, "err", err)
		return err
	}
	x.entry = entry
	return nil
}

// try sends the call with one account. It returns nil when the call has been
// answered, whatever the answer was.
func (x *exchange) try(ctx context.Context, l *balance.Lease) *failure {
	started := x.Now()
	x.trip = newTrip(x.Now, started)
	ctx, cancel, end := x.attach(ctx)
	defer end()
	if err := x.fresh(ctx, l); err != nil {
		return x.unsigned(ctx, l, started, err)
	}
	ship, bad := x.ship(ctx, l)
	if bad != nil {
		return x.unshippable(l, started, bad)
	}
	w := newWatch(cancel, time.Duration(x.call.Snapshot.Settings.FirstByteTimeoutS)*time.Second)
	defer w.stop()
	ship.watch = w
	x.tape.shipped(x.call, ship.body)
	res, err := x.send(ctx, l, ship)
	if err != nil {
		return x.unreachable(ctx, l, started, err)
	}
	x.trip.arrived()
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		w.hurry()
		return x.decide(ship, x.refusedBy(l, started, res, ship))
	}
	x.observe(l, res.Header, nil)
	res.Body = w.body(res.Body)
	if ship.encoded == nil {
		x.attempt(l, started, res.StatusCode, "")
		return x.decide(ship, x.deliver(ctx, l, res, ship))
	}
	return x.decide(ship, x.translate(ctx, l, started, res, ship))
}

// attempt adds one line to the row; done completes it.
func (x *exchange) attempt(l *balance.Lease, started time.Time, status int, reason string) {
	x.tried = append(x.tried, l.Account.ID)
	x.rec.Attempts = append(x.rec.Attempts, core.Attempt{
		ChannelID: l.Channel.ID, AccountID: l.Account.ID, Status: status, Reason: reason,
		StartedAt: started.UTC(), DurationMS: x.Now().Sub(started).Milliseconds(),
	})
	x.trip.open(x.rec)
}

// done ends the attempt.
func (x *exchange) done(l *balance.Lease, f limits.Finding) {
	x.trip.close(x.rec)
	x.lease, x.trip = nil, nil
	l.Done(f)
}

// unshippable is a call that cannot be put into the upstream's words. What is
// wrong with the request itself is so for every upstream; what only this
// upstream cannot do, another one may.
func (x *exchange) unshippable(l *balance.Lease, started time.Time, bad *llm.Error) *failure {
	x.attempt(l, started, 0, clip(bad.Message, maxErrorText))
	x.done(l, neutral)
	f := &failure{err: bad}
	if bad.Kind == llm.NotSupported {
		return f
	}
	x.refuse(f)
	return nil
}

// unreachable is an attempt that brought no answer at all.
func (x *exchange) unreachable(ctx context.Context, l *balance.Lease, started time.Time, err error) *failure {
	cause := context.Cause(ctx)
	if cause != nil && !isSilence(cause) {
		x.attempt(l, started, 0, "the client left")
		x.done(l, neutral)
		return &failure{err: &llm.Error{Kind: llm.BadUpstream, Message: "the client left"}}
	}
	lost := err
	if cause != nil {
		lost = cause
	}
	f := &failure{means: x.judgeLoss(l, lost)}
	f.err = &llm.Error{Kind: f.means.Kind, Message: cmp.Or(text(lost), f.means.Message)}
	x.Log.Warn("upstream: no answer", "request", x.call.ID, "channel", l.Channel.ID, "account", l.Account.ID, "err", err)
	x.attempt(l, started, 0, f.err.Message)
	x.done(l, f.means)
	return f
}

// text is the message of one of our own errors, which are worded for people,
// and "" for any other error.
func text(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok {
		return e.Message
	}
	return ""
}
