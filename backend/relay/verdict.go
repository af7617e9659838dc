package relay

import (
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// neutral is the end of an attempt that teaches nothing about the account.
var neutral = limits.Finding{Scope: limits.ScopeRequest}

// streamVerdict says what an error inside a stream teaches about the account.
func (x *exchange) streamVerdict(e *llm.Error) limits.Finding {
	f := x.finding(e)
	switch e.Kind {
	case llm.Billing:
		f.Scope, f.State = limits.ScopeAccount, core.StateExhausted
	case llm.RateLimited:
		f.Scope, f.State = limits.ScopeAccount, core.StateCooling
	case llm.InvalidRequest, llm.ContextLength, llm.ContentPolicy, llm.NotFound:
		return neutral
	}
	if protocol.IsEmptyAnswer(e) {
		return neutral // it comes and goes, whatever the account
	}
	return f
}

// finding is what an error says by itself: that the provider has failed.
func (x *exchange) finding(e *llm.Error) limits.Finding {
	f := limits.Finding{Scope: limits.ScopeProvider, State: core.StateCooling, Kind: e.Kind, Message: clip(e.Message, maxErrorText)}
	if e.RetryAfter > 0 {
		f.Until, f.Named = x.Now().Add(time.Duration(e.RetryAfter)*time.Second), true
	}
	return f
}
