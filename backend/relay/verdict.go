package relay

import (
	"time"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// streamVerdict says what an error inside a stream teaches about the account.
func streamVerdict(e *llm.Error) balance.Verdict {
	v := balance.Verdict{Message: clip(e.Message, maxErrorText), RetryAfter: time.Duration(e.RetryAfter) * time.Second}
	if protocol.IsEmptyAnswer(e) {
		v.Class = balance.Neutral // it comes and goes, whatever the account
		return v
	}
	switch e.Kind {
	case llm.Billing:
		v.Class = balance.Exhausted
	case llm.RateLimited:
		v.Class = balance.Limited
	case llm.InvalidRequest, llm.ContextLength, llm.ContentPolicy, llm.NotFound:
		v.Class = balance.Neutral
	default:
		v.Class = balance.Faulty
	}
	return v
}
