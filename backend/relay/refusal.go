package relay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// maxErrorBody bounds how much of an upstream's error answer is read.
const maxErrorBody = 256 << 10

// refusedBy handles an upstream's error answer: it delivers one that is about
// the request, and returns one that another account might not give.
func (x *exchange) refusedBy(l *balance.Lease, started time.Time, res *http.Response) *failure {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	if err != nil {
		body = nil
	}
	body = redact(body, l.Account.Credential)
	f := &failure{err: x.call.Format.ParseError(res.StatusCode, body), res: res, body: body}
	if after := retryAfter(res.Header, x.Now()); after > 0 {
		f.err.RetryAfter = seconds(after)
	}
	v := classify(res.StatusCode, f.err)
	x.attempt(l, started, res.StatusCode, clip(f.err.Message, maxErrorText))
	x.done(l, v)
	if v.Class == balance.Neutral {
		x.pass(f)
		return nil
	}
	return f
}

// redact removes the credential from what a provider repeats of it.
func redact(body []byte, cred core.Credential) []byte {
	for _, secret := range []string{cred.APIKey, cred.AccessToken, cred.RefreshToken} {
		if len(secret) >= 8 {
			body = bytes.ReplaceAll(body, []byte(secret), []byte("[credential]"))
		}
	}
	return body
}

// classify says what an upstream's error teaches about the account. An error
// about the request itself never burns an account.
func classify(status int, e *llm.Error) balance.Verdict {
	v := balance.Verdict{Message: clip(e.Message, maxErrorText), RetryAfter: time.Duration(e.RetryAfter) * time.Second}
	switch {
	case e.Kind == llm.Unauthorized || status == http.StatusUnauthorized:
		v.Class = balance.Refused
	case e.Kind == llm.Billing || status == http.StatusPaymentRequired:
		v.Class = balance.Exhausted
	case status == http.StatusTooManyRequests:
		v.Class = balance.Limited
	case status == http.StatusForbidden, status == http.StatusRequestTimeout, status >= 500 && status != http.StatusNotImplemented:
		v.Class = balance.Faulty
	default:
		v.Class = balance.Neutral
	}
	return v
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
	x.rec.Outcome = core.OutcomeUpstreamError
	if last.res == nil {
		x.fail(last.err)
		return
	}
	if k := last.err.Kind; k == llm.Unauthorized || k == llm.Forbidden {
		// It is the gateway's credential that was refused. A 401 would make the
		// client ask its own user to sign in.
		x.fail(&llm.Error{Kind: llm.BadUpstream, NoRetry: true, Message: "the provider refused the account's credential: " + last.err.Message})
		return
	}
	x.pass(last)
}

// statusClientGone is the customary status of a request whose client left.
const statusClientGone = 499

// pass hands an upstream's error answer to the client as it is.
func (x *exchange) pass(f *failure) {
	if x.rec.Outcome == "" {
		x.rec.Outcome = core.OutcomeBadRequest
	}
	x.rec.Status, x.rec.Error = f.res.StatusCode, clip(f.err.Message, maxErrorText)
	x.rec.ResponseBytes = int64(len(f.body))
	x.end()
	h := x.w.Header()
	responseHeader(h, f.res.Header)
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
