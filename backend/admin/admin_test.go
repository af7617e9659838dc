package admin

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/importer/local"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/pricing"
	"github.com/aihub/aihub/backend/store"
)

// hub is a service over a real store, with what it was asked of the parts that
// are not under test.
type hub struct {
	*Service
	store  *store.DB
	ledger *ledger.Ledger
	events *ledger.Events

	mu       sync.Mutex
	clock    time.Time
	health   map[string]core.Health
	usage    map[string]*core.AccountUsage
	reset    []string
	forgot   []string
	asked    []string // channels that something was signed in to
	status   core.GatewayStatus
	dir      string
	restarts int
	changes  int
	machine  *local.Machine
	jobs     *Jobs
	// test answers instead of a refusal when it is set.
	test func(context.Context, *core.Account) core.TestResult
}

var errStart = core.Errorf(core.CodeConflict, "port 8000 is already taken")

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{clock: time.Date(2026, 3, 10, 15, 30, 0, 0, time.UTC), health: map[string]core.Health{}, usage: map[string]*core.AccountUsage{}}
	h.dir = t.TempDir()
	db, err := store.Open(t.Context(), store.Options{Dir: h.dir})
	if err != nil {
		t.Fatal(err)
	}
	h.store, h.events = db, ledger.NewEvents(h.now)
	h.ledger, err = ledger.Open(t.Context(), db, h.events, nil, h.now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(h.ledger.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	prices, err := pricing.NewBook()
	if err != nil {
		t.Fatal(err)
	}
	h.machine = &local.Machine{Home: t.TempDir(), Env: func(string) string { return "" }, OS: "linux", Now: h.now}
	h.jobs = NewJobs()
	t.Cleanup(h.jobs.Close)
	h.Service = New(Deps{
		Prices: prices, Machine: h.machine, Jobs: h.jobs,
		Logins: h.newDesk(t),
		Usage:  func(id string) *core.AccountUsage { return h.usage[id] },
		RefreshUsage: func(_ context.Context, a *core.Account) error {
			h.usage[a.ID] = &core.AccountUsage{Unit: "credits", Remaining: 7}
			return nil
		},
		RefreshToken: func(_ context.Context, _ *core.Account) error {
			return core.Errorf(core.CodeUnsupported, "the account signs in by an API key")
		},
		Store: db, Ledger: h.ledger, Events: h.events, Gateway: h, Now: h.now, Log: slog.New(slog.DiscardHandler),
		Bodies:  db.FindCapture,
		Health:  func(id string) core.Health { return h.health[id] },
		Reset:   func(id string) { h.reset = append(h.reset, id) },
		Forget:  func(id string) { h.forgot = append(h.forgot, id) },
		Used:    func(*core.User) core.Used { return core.Used{Tokens: 7, Requests: 1} },
		Restart: func() { h.restarts++ }, BackupWork: 10,
		Changed: func() { h.changes++ },
		TestProxy: func(_ context.Context, c *core.Channel, a *core.Account) core.ProxyTest {
			return core.ProxyTest{OK: true, Host: string(c.Provider) + " " + c.BaseURL, Proxy: a.ProxyURL + "|" + c.ProxyURL}
		},
		Test: func(ctx context.Context, c *core.Channel, a *core.Account) core.TestResult {
			if h.test != nil {
				return h.test(ctx, a)
			}
			if a == nil {
				return core.TestResult{OK: true, Model: c.Name}
			}
			return core.TestResult{Error: "refused", Model: a.Name}
		},
	})
	return h
}

func (h *hub) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(time.Millisecond)
	return h.clock
}

// Status, Start and Stop make the hub the gateway of its service.
func (h *hub) Status() core.GatewayStatus { return h.status }

func (h *hub) Start(context.Context) error {
	if h.status.Error != "" {
		return errStart
	}
	h.status.Running = true
	return nil
}

func (h *hub) Stop(context.Context) error { h.status.Running = false; return nil }

func ptr[T any](v T) *T { return &v }

// must takes the results of a call; it fails the test on an error and returns
// the value.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (h *hub) channel(t *testing.T, p core.Provider) Channel {
	t.Helper()
	return must(h.CreateChannel(t.Context(), ChannelInput{Name: ptr("main"), Provider: &p}))(t)
}

func (h *hub) account(t *testing.T, channel, key string) Account {
	t.Helper()
	return must(h.CreateAccount(t.Context(), channel, AccountInput{Credential: &core.Credential{APIKey: key}}))(t)
}

// wantInvalid checks that err refuses the field.
func wantInvalid(t *testing.T, err error, field string) {
	t.Helper()
	e, ok := errors.AsType[*core.Error](err)
	if !ok || e.Code != core.CodeInvalid || e.Field != field || e.Message == "" {
		t.Errorf("err = %#v, want one of code invalid about %q", err, field)
	}
}

func wantCode(t *testing.T, err error, code core.Code) {
	t.Helper()
	if core.CodeOf(err) != code {
		t.Errorf("err = %v, want code %s", err, code)
	}
}

// published returns the types and data of the events after seq.
func (h *hub) published(t *testing.T, seq uint64) []string {
	t.Helper()
	events, _, ok := h.events.Since(seq)
	if !ok {
		t.Fatal("events were lost")
	}
	var out []string
	for _, e := range events {
		out = append(out, string(e.Type)+" "+string(e.Data))
	}
	return out
}
