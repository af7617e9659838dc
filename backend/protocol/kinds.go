package protocol

import (
	"fmt"

	"github.com/aihub/aihub/backend/llm"
)

// KindOfStatus guesses the kind of an upstream's error from its HTTP status
// alone; 0 stands for an error inside a stream.
func KindOfStatus(status int) llm.ErrorKind {
	switch status {
	case 400, 422:
		return llm.InvalidRequest
	case 401:
		return llm.Unauthorized
	case 402:
		return llm.Billing
	case 403:
		return llm.Forbidden
	case 404:
		return llm.NotFound
	case 405:
		return llm.BadMethod
	case 408, 504:
		return llm.Timeout
	case 409:
		return llm.Conflict
	case 413:
		return llm.TooLarge
	case 429:
		return llm.RateLimited
	case 501:
		return llm.NotSupported
	case 503, 529:
		return llm.Overloaded
	}
	if status >= 400 && status < 500 {
		return llm.InvalidRequest
	}
	return llm.BadUpstream
}

// WithMessage gives e a message made of the status when the upstream sent none
// that could be read.
func WithMessage(e *llm.Error, status int) *llm.Error {
	if e.Message != "" {
		return e
	}
	e.Message = "the provider reported an error without a message"
	if status > 0 {
		e.Message = fmt.Sprintf("the provider answered with status %d", status)
	}
	return e
}
