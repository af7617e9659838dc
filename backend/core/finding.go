package core

import "time"

// Scope says how far a failure reaches. The empty scope is that of no failure.
type Scope string

// The scopes of failures.
const (
	ScopeRequest  Scope = "request"  // the request alone: no other account would do better
	ScopeModel    Scope = "model"    // one model of one account, such as a lack of capacity
	ScopeAccount  Scope = "account"  // one account: its limit, its quota, its credential
	ScopeProvider Scope = "provider" // whoever answers at the channel's address, or the way there
)

// Finding is what the end of one attempt says about whom it was tried with. The
// zero value says that all went well.
type Finding struct {
	Scope Scope
	// State is what becomes of the account of ScopeAccount: cooling, exhausted,
	// needs_login or suspended.
	State State
	// Until is when it ends, as far as the provider has told; zero = unknown.
	Until time.Time
	// Retry says that the same request may succeed elsewhere or later.
	Retry   bool
	Message string // for a person; holds no secret
	Link    string // where the person can do something about it; mostly ""
}

// OK reports whether nothing was wrong.
func (f Finding) OK() bool { return f.Scope == "" }
