// Package limits says what an upstream's error means: whose matter it is, how
// long it lasts and what to do next.
//
// On the way of a request it stands behind an attempt that brought no answer:
// the relay hands over what came instead, and the finding tells the balancer
// what to rest, and for how long, and the relay whether to try again. The
// knowledge is a table, one row for each thing that providers say; what no row
// knows is judged by its status, in doubt for the account.
package limits

import (
	"net/http"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// Answer is what came instead of an answer.
type Answer struct {
	Provider core.Provider
	Protocol llm.Protocol // in which the upstream was spoken to
	Model    string       // the upstream's name
	// Status is the HTTP status; 0 when no head of an answer came.
	Status int
	Header http.Header
	// Body is the error answer as it came, without the credential; nil for an
	// error inside a stream.
	Body []byte
	// Err is the error as the protocol's codec has understood it. For an error
	// inside a stream it is all there is.
	Err *llm.Error
	// InStream says that Err came inside an answer with status 200.
	InStream bool
	// Lost is why no answer came, or why it broke off; nil when the upstream has
	// reported an error of its own.
	Lost error
	// Refreshable says that the account's credential can be renewed, and has not
	// been for this request.
	Refreshable bool
	// OwnProxy says that the account is reached through a proxy of its own, so
	// that what is lost on the way is lost for this account only.
	OwnProxy bool
	Now      time.Time
}

// Scope says whose matter an error is.
type Scope string

// The scopes of errors, from the narrowest.
const (
	// ScopeRequest: the request is at fault, or nobody. Nothing rests.
	ScopeRequest Scope = "request"
	// ScopeAccountModel: this account cannot use this model now.
	ScopeAccountModel Scope = "account_model"
	// ScopeModel: the model cannot be used at this endpoint now, whoever asks.
	ScopeModel Scope = "model"
	// ScopeAccount: the account cannot be used now, for any model.
	ScopeAccount Scope = "account"
	// ScopeProvider: the endpoint (a channel's base URL) does not work now.
	ScopeProvider Scope = "provider"
)

// Retry says what else can be tried with the request.
type Retry string

// The ways to try again.
const (
	// RetryNever: every account would say the same.
	RetryNever Retry = "never"
	// RetryOther: another account, and this one no more.
	RetryOther Retry = "other_account"
	// RetrySame: another account first; where there is none this one again,
	// after a pause.
	RetrySame Retry = "same_account_after"
	// RetryRefreshed: this account again as soon as its credential is renewed.
	RetryRefreshed Retry = "after_refresh"
	// RetryPlain: this account again, without the reasoning in the history; as
	// RetryNever where there is none.
	RetryPlain Retry = "without_reasoning"
)

// Finding is what an error means.
type Finding struct {
	// Rule names the row of the table, such as "openai.insufficient_quota".
	Rule  string
	Scope Scope
	// State is what the scope is in from now on; "" = unchanged.
	State core.State
	// Until is when the state ends. Zero means that no time is known: a cooling
	// scope then rests by the balancer's own back-off (a single failure mostly
	// not at all), and needs_login and suspended last until somebody acts.
	Until time.Time
	// Named says that Until is the provider's own word, not a usual value.
	Named bool
	Retry Retry
	// Kind is the error in terms of a client. A scope that rests answers with it
	// when there is nobody else: of a model that no account has, 404.
	Kind llm.ErrorKind
	// Message is for a person: what it means, and the provider's own words. It
	// holds no secret as long as Answer held none.
	Message string
	// Link is where the provider sends a person to, to lift a suspension.
	Link string
}

// Burns reports whether something rests because of the error.
func (f *Finding) Burns() bool { return f.State != "" }

// Rest is how long the state lasts from now on; 0 when that is not known.
func (f *Finding) Rest(now time.Time) time.Duration {
	if f.Until.IsZero() {
		return 0
	}
	return max(0, f.Until.Sub(now))
}

// Classify finds the first row of the table that fits. It always finds one.
func Classify(a Answer) Finding {
	r := read(&a)
	for i := range table {
		if row := &table[i]; row.fits(r) {
			return row.finding(r)
		}
	}
	return unknown.finding(r)
}
