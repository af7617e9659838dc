package relay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// maxErrorBody bounds how much of an upstream's error answer is read.
const maxErrorBody = 256 << 10

// refusedBy handles an upstream's error answer.
func (x *exchange) refusedBy(l *balance.Lease, started time.Time, res *http.Response, ship *shipment) *failure {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	if err != nil {
		body = nil
	}
	body = redact(body, l.Account.Credential)
	f := &failure{err: ship.format.ParseError(res.StatusCode, body)}
	switch {
	case res.StatusCode < 400:
		f.err = &llm.Error{Kind: llm.BadUpstream, Message: fmt.Sprintf("the provider redirects (status %d); check the channel's base URL", res.StatusCode)}
	case ship.format.ID() == x.call.Format.ID():
		f.res, f.body, f.cred = res, body, l.Account.Credential
	}
	if at := limits.RetryAfter(res.Header, x.Now()); !at.IsZero() {
		f.err.RetryAfter = seconds(at.Sub(x.Now()))
	}
	f.means = x.judge(l, limits.Answer{Status: res.StatusCode, Header: res.Header, Body: body, Err: f.err})
	x.observe(l, res.Header, body)
	x.attempt(l, started, res.StatusCode, f.means.Message)
	x.done(l, f.means)
	if x.call.Op == protocol.CountTokens && cannotCount(res.StatusCode) && x.convertible() {
		x.count()
		return nil
	}
	return f
}

// refuse answers with what the upstream said about the request.
func (x *exchange) refuse(f *failure) {
	x.rec.Outcome = core.OutcomeBadRequest
	if f.res == nil {
		x.fail(f.err)
		return
	}
	x.pass(f)
}

// withoutReasoning arranges for another try without the reasoning in the
// history, when that is what the upstream has refused: a signature is valid for
// the provider, and often the account and model, that it was made by.
func (x *exchange) withoutReasoning(ship *shipment) bool {
	if x.strip || ship.codec == nil {
		return false
	}
	if _, some := ship.codec.StripReasoning(ship.body); !some {
		return false
	}
	x.strip = true
	x.tried = x.tried[:len(x.tried)-1] // the same account may be asked again
	return true
}

// owners are the names by which providers call an account or its owner: the
// organisations and projects of OpenAI and of those that imitate it, the
// organisations of Anthropic, and the users of Kiro.
var owners = regexp.MustCompile(`\b(?:org[-_]|proj_|ak-)[A-Za-z0-9]{12,}\b|\bd-[0-9a-f]{10}(?:\.[0-9a-f-]{36})?|\borg(?:anization)?: [0-9a-f-]{36}`)

// redact removes from an error what tells of the account: the credential, where
// a provider repeats it, and the account's owner. The client is somebody else.
func redact(body []byte, cred core.Credential) []byte {
	return owners.ReplaceAll(cred.Redact(body), []byte("[account]"))
}

// giveUp answers a call for which no account worked.
func (x *exchange) giveUp(ctx context.Context, last *failure) {
	if errors.Is(context.Cause(ctx), ErrStopping) {
		x.rec.Outcome = core.OutcomeInterrupted
		x.fail(&llm.Error{Kind: llm.Overloaded, Message: "AiHub is stopping", RetryAfter: 1})
		return
	}
	if ctx.Err() != nil {
		x.rec.Outcome, x.rec.Status = core.OutcomeClientGone, statusClientGone
		x.rec.Error = "the client left before an answer came"
		x.end()
		return
	}
	if isClients(last.err.Kind) {
		x.refuse(last)
		return
	}
	x.rec.Outcome = core.OutcomeUpstreamError
	if k := last.err.Kind; k == llm.Unauthorized || k == llm.Forbidden {
		// It is the gateway's credential that was refused. A 401 would make the
		// client ask its own user to sign in.
		x.fail(&llm.Error{Kind: llm.BadUpstream, NoRetry: true, Message: cmp.Or(last.means.Message, last.err.Message)})
		return
	}
	if last.res == nil {
		x.fail(last.err)
		return
	}
	x.pass(last)
}

// statusClientGone is the customary status of a request whose client left.
const statusClientGone = 499

// pass hands an upstream's error answer to the client as it is.
func (x *exchange) pass(f *failure) {
	if x.pulse.silence() {
		x.failInside(f.err)
		return
	}
	x.rec.Status, x.rec.Error = f.res.StatusCode, clip(f.err.Message, maxErrorText)
	x.rec.ResponseBytes = int64(len(f.body))
	x.end()
	h := x.w.Header()
	responseHeader(h, f.res.Header, f.cred)
	x.setHeaders(h)
	h.Set("Content-Length", strconv.Itoa(len(f.body)))
	if f.err.RetryAfter > 0 {
		// The limits of one account are not the pool's.
		h.Set("Retry-After", strconv.Itoa(f.err.RetryAfter))
		h.Del("Retry-After-Ms")
	}
	x.sent = true
	x.w.WriteHeader(f.res.StatusCode)
	// A client that is gone has no use for the error.
	_, _ = x.w.Write(f.body)
}
