package relay

import (
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// maxEmpty is how often a request is sent again because its answer was empty.
const maxEmpty = 2

// failed is an attempt that brought no answer, without a word of it at the
// client. After an empty answer the same account may be asked again, but not for
// ever: each answer may be charged.
func (x *exchange) failed(e *llm.Error, means limits.Finding) *failure {
	f := &failure{err: e, means: means}
	if !protocol.IsEmptyAnswer(e) {
		return f
	}
	if x.empty++; x.empty > maxEmpty {
		f.final = true
		return f
	}
	x.tried = x.tried[:len(x.tried)-1]
	return f
}
