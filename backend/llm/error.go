package llm

// ErrorKind classifies a failure independently of any provider's wording. Each
// protocol maps a kind to its own status, type and code (protocol tables).
type ErrorKind string

// The kinds of failure that a client can be told about.
const (
	InvalidRequest ErrorKind = "invalid_request"
	ContextLength  ErrorKind = "context_length"
	ContentPolicy  ErrorKind = "content_policy"
	Unauthorized   ErrorKind = "auth"
	Billing        ErrorKind = "billing"
	Forbidden      ErrorKind = "permission"
	NotFound       ErrorKind = "not_found"
	BadMethod      ErrorKind = "method"
	Conflict       ErrorKind = "conflict"
	TooLarge       ErrorKind = "too_large"
	RateLimited    ErrorKind = "rate_limit"
	Overloaded     ErrorKind = "overloaded"
	BadUpstream    ErrorKind = "upstream_bad"
	Timeout        ErrorKind = "timeout"
	NotSupported   ErrorKind = "not_supported"
	Internal       ErrorKind = "internal"
)

// Error is a failure as a client is to see it, before a codec gives it the
// shape of the client's protocol.
type Error struct {
	Kind    ErrorKind
	Message string // one sentence for a person: what happened and what to change
	Code    string // overrides the protocol's default code when set, e.g. "model_not_found"
	Param   string // the field at fault, where the protocol has a place for it
	// RetryAfter is in seconds; 0 means that no time is known.
	RetryAfter int
	// NoRetry asks SDKs not to try again (x-should-retry: false), for failures
	// that cannot heal by themselves such as a revoked key.
	NoRetry bool
}

// Error implements the error interface.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }
