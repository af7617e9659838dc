package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// maxErrorBody bounds how much of an upstream's error answer is read.
const maxErrorBody = 256 << 10

// refusedBy handles an upstream's error answer: it delivers one that is about
// the request, and returns one that another account might not give.
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
	if after := retryAfter(res.Header, x.Now()); after > 0 {
		f.err.RetryAfter = seconds(after)
	}
	v := x.classify(res.StatusCode, f.err)
	x.attempt(l, started, res.StatusCode, clip(f.err.Message, maxErrorText))
	x.done(l, v)
	if x.call.Op == protocol.CountTokens && cannotCount(res.StatusCode) && x.convertible() {
		x.count()
		return nil
	}
	if v.Burns() {
		return f
	}
	if res.StatusCode == http.StatusBadRequest && x.withoutReasoning(ship, f.err) {
		return f
	}
	x.refuse(f)
	return nil
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
func (x *exchange) withoutReasoning(ship *shipment, e *llm.Error) bool {
	if x.strip || ship.codec == nil || !aboutReasoning(e.Message) {
		return false
	}
	if _, some := ship.codec.StripReasoning(ship.body); !some {
		return false
	}
	x.strip = true
	x.tried = x.tried[:len(x.tried)-1] // the same account may be asked again
	return true
}

// aboutReasoning knows the words in which providers refuse foreign or altered
// reasoning.
func aboutReasoning(message string) bool {
	m := strings.ToLower(message)
	for _, word := range []string{"signature", "thinking", "thought", "encrypted", "reasoning"} {
		if strings.Contains(m, word) {
			return true
		}
	}
	return false
}

// redact removes the credential from what a provider repeats of it.
func redact(body []byte, cred core.Credential) []byte {
	for _, secret := range secrets(cred) {
		body = bytes.ReplaceAll(body, []byte(secret), []byte("[credential]"))
	}
	return body
}

// secrets are the parts of a credential that nobody may see. What is shorter is
// no secret and would only garble the text.
func secrets(cred core.Credential) []string {
	var found []string
	for _, s := range []string{cred.APIKey, cred.AccessToken, cred.RefreshToken, cred.ClientSecret} {
		if len(s) >= 8 {
			found = append(found, s)
		}
	}
	return found
}

// classify says what an upstream's error teaches about the account. An error
// about the request itself never burns an account.
func (x *exchange) classify(status int, e *llm.Error) limits.Finding {
	f := x.finding(e)
	switch {
	case e.Kind == llm.Unauthorized || status == http.StatusUnauthorized:
		f.Scope, f.State, f.Until = limits.ScopeAccount, core.StateNeedsLogin, x.Now().Add(refuseRest)
	case e.Kind == llm.Billing || status == http.StatusPaymentRequired:
		f.Scope, f.State = limits.ScopeAccount, core.StateExhausted
	case status == http.StatusTooManyRequests:
		if f.Scope, f.State = limits.ScopeAccount, core.StateCooling; f.Until.IsZero() {
			f.Until = x.Now().Add(limitRest)
		}
	case status < 400, status == http.StatusForbidden, status == http.StatusRequestTimeout, status >= 500 && status != http.StatusNotImplemented:
	default:
		return neutral
	}
	return f
}

// How long an account rests when the provider names no time.
const (
	limitRest  = 10 * time.Second
	refuseRest = 5 * time.Minute
)

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
	x.rec.Outcome = core.OutcomeUpstreamError
	if k := last.err.Kind; k == llm.Unauthorized || k == llm.Forbidden {
		// It is the gateway's credential that was refused. A 401 would make the
		// client ask its own user to sign in.
		x.fail(&llm.Error{Kind: llm.BadUpstream, NoRetry: true, Message: "the provider refused the account's credential: " + last.err.Message})
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
	x.rec.Status, x.rec.Error = f.res.StatusCode, clip(f.err.Message, maxErrorText)
	x.rec.ResponseBytes = int64(len(f.body))
	x.end()
	h := x.w.Header()
	responseHeader(h, f.res.Header, f.cred)
	x.setHeaders(h)
	h.Set("Content-Length", strconv.Itoa(len(f.body)))
	if f.err.RetryAfter > 0 && h.Get("Retry-After") == "" {
		h.Set("Retry-After", strconv.Itoa(f.err.RetryAfter))
	}
	x.sent = true
	x.w.WriteHeader(f.res.StatusCode)
	// A client that is gone has no use for the error.
	_, _ = x.w.Write(f.body)
}

// retryAfter reads how long the provider asks to wait: retry-after-ms, then
// Retry-After in seconds or as a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
