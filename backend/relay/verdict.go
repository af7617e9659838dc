package relay

import (
	"cmp"
	"net/http"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// neutral is the end of an attempt that teaches nothing about the account.
var neutral = limits.Finding{Scope: limits.ScopeRequest}

// judge says what means that which came instead of an answer. The error as the
// client is to see it takes over the kind: the table knows more of a provider
// than its codec.
func (x *exchange) judge(l *balance.Lease, a limits.Answer) limits.Finding {
	a.Provider, a.Protocol, a.Model, a.Now = l.Channel.Provider, l.Protocol, l.Model, x.Now()
	a.OwnProxy = l.Account.ProxyURL != ""
	f := limits.Classify(a)
	f.Message = clip(f.Message, maxErrorText)
	if a.Err != nil {
		a.Err.Kind = f.Kind
		if a.Err.RetryAfter == 0 && f.Named {
			a.Err.RetryAfter = seconds(f.Rest(a.Now))
		}
	}
	return f
}

// judgeStream judges an error inside an answer that has begun with status 200.
// An empty answer comes and goes, whatever the account.
func (x *exchange) judgeStream(l *balance.Lease, e *llm.Error) limits.Finding {
	if protocol.IsEmptyAnswer(e) {
		return neutral
	}
	return x.judge(l, limits.Answer{Status: http.StatusOK, Err: e, InStream: true})
}

// judgeLoss judges an answer that did not come, or not to its end.
func (x *exchange) judgeLoss(l *balance.Lease, lost error) limits.Finding {
	return x.judge(l, limits.Answer{Lost: lost})
}

// decide answers the client where no other try can help, and returns the failure
// where one may.
func (x *exchange) decide(ship *shipment, f *failure) *failure {
	if f == nil {
		return nil
	}
	switch f.means.Retry {
	case limits.RetryPlain:
		if x.withoutReasoning(ship) {
			return f
		}
	case limits.RetryNever:
	default:
		return f
	}
	x.refuse(f)
	return nil
}

// reasonOf is what the row says of a failed attempt.
func reasonOf(e *llm.Error, means limits.Finding) string {
	return clip(cmp.Or(means.Message, e.Message), maxErrorText)
}

// isClients reports whether a kind of error is about what the client has asked
// for, so that it is the client's to change it.
func isClients(kind llm.ErrorKind) bool {
	switch kind {
	case llm.InvalidRequest, llm.ContextLength, llm.ContentPolicy, llm.NotFound, llm.TooLarge, llm.BadMethod, llm.NotSupported:
		return true
	}
	return false
}

// judgeEnd judges the end of an answer that is not whole. lost is why the
// upstream's bytes ended; nil when it has reported e itself.
func (d *delivery) judgeEnd(e *llm.Error, lost error) limits.Finding {
	switch {
	case d.rec.Outcome == core.OutcomeInterrupted:
		return neutral
	case lost != nil:
		return d.judgeLoss(d.lease, lost)
	}
	return d.judgeStream(d.lease, e)
}

// judgeEnd judges the failure with which the stream has ended.
func (t *translation) judgeEnd() limits.Finding {
	switch {
	case t.rec.Outcome == core.OutcomeInterrupted:
		return neutral
	case t.broke != nil:
		return t.judgeLoss(t.lease, t.broke)
	}
	return t.judgeStream(t.lease, t.failure)
}
