// Package admin is every management operation, typed, once. Two thin doors lead
// to it: the methods that the desktop window binds, and the HTTP API under
// /api. Validation lives here, so both doors refuse the same input with the
// same words.
//
// It stands above the decisions and beside the request path: it reads and
// changes the configuration, and never touches a request in flight.
package admin

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/importer/local"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/login"
	"github.com/aihub/aihub/backend/pricing"
)

// Gateway is the switch of the gateway that the operations turn.
type Gateway interface {
	// Status tells whether it runs, and where.
	Status() core.GatewayStatus
	// Start opens it; starting a running gateway is not an error.
	Start(ctx context.Context) error
	// Stop closes it after draining; stopping a stopped gateway is not an error.
	Stop(ctx context.Context) error
}

// Deps is what the operations work on. Every field must be set unless it says
// what its zero value means.
type Deps struct {
	Store  core.Store
	Ledger *ledger.Ledger
	Events *ledger.Events
	// Bodies finds what was kept of the bodies of a request.
	Bodies func(ctx context.Context, id string) (*core.Capture, error)
	// Health tells the changing state of an account, Reset clears it.
	Health func(accountID string) core.Health
	Reset  func(accountID string)
	// Usage tells what is known of an account's quota; nil, also as a function,
	// means that nothing is.
	Usage func(accountID string) *core.AccountUsage
	// Forecast tells which limit of an account will be used up first, or why that
	// is not known; nil as a function means that nothing is.
	Forecast func(accountID string) (*core.Forecast, core.ForecastGap)
	// Used tells what a user has consumed in the current period.
	Used func(*core.User) core.Used
	// Forget drops what was consumed by a user that is deleted.
	Forget func(userID string)
	// Test sends one tiny real request through the account, or through any
	// account of the channel when it is nil.
	Test func(context.Context, *core.Channel, *core.Account) core.TestResult
	// TestProxy opens a connection in the way of the account's requests.
	TestProxy func(context.Context, *core.Channel, *core.Account) core.ProxyTest
	// Explain tells which account would serve a model, and why no other.
	Explain func(ctx context.Context, s *core.Snapshot, p llm.Protocol, model string, at time.Time) core.Explanation
	Gateway Gateway
	// Restart asks the program to build everything anew, from the store on.
	Restart func()
	// Changed is told that the configuration has changed, behind every change.
	Changed func()
	// Machine is where other programs keep sign-ins, Jobs what verifies imports.
	Machine *local.Machine
	Jobs    *Jobs
	// Prices are those in force; the operations change them.
	Prices *pricing.Book
	// Logins carries sign-ins to their account.
	Logins *login.Desk
	Now    func() time.Time
	Log    *slog.Logger
	// BackupWork is how many doublings of scrypt's work a passphrase is worth; 0
	// means what takes an attacker long.
	BackupWork int
	// TestWebhook sends a test to an address, signed with the secret.
	TestWebhook func(ctx context.Context, target, secret string) error
	// RefreshUsage asks the provider for an account's usage now, RefreshToken
	// renews its access token now.
	RefreshUsage func(context.Context, *core.Account) error
	RefreshToken func(context.Context, *core.Account) error
}

// Service carries out the management operations. It is safe for concurrent
// use. Its errors are of type core.Error; those of code "invalid" name the
// field at fault.
type Service struct {
	deps Deps
	// mu serialises changes: each one reads the snapshot, changes a copy and
	// writes it, and two of them at once would lose a field.
	mu sync.Mutex
}

// New returns the service over deps.
func New(deps Deps) *Service { return &Service{deps: deps} }

// kind names what a configuration event is about.
type kind string

const (
	kindChannel  kind = "channel"
	kindAccount  kind = "account"
	kindUser     kind = "user"
	kindKey      kind = "key"
	kindSettings kind = "settings"
	kindPrice    kind = "price"
)

type configEvent struct {
	Kind kind   `json:"kind"`
	ID   string `json:"id"`
}

// commit writes changes and tells the listeners what they are about. The
// caller holds mu.
func (s *Service) commit(ctx context.Context, what kind, id string, changes ...core.Change) error {
	if err := s.deps.Store.Update(ctx, changes...); err != nil {
		return err
	}
	s.tell(what, id)
	return nil
}

// tell tells the listeners what has changed.
func (s *Service) tell(what kind, id string) {
	s.deps.Changed()
	s.deps.Events.Publish(core.EventConfig, configEvent{Kind: what, ID: id})
}

func (s *Service) now() time.Time { return s.deps.Now().UTC() }

func (s *Service) snapshot() *core.Snapshot { return s.deps.Store.Snapshot() }

func notFound(what kind, id string) error {
	return core.Errorf(core.CodeNotFound, "there is no %s with the id %q", what, id)
}

// list returns s, or an empty slice for a nil one: a list in an answer is
// never null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// message returns what an error says to a person.
func message(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok {
		return e.Message
	}
	return err.Error()
}
