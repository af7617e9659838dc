package credential

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
	"github.com/aihub/aihub/backend/store"
	"github.com/aihub/aihub/backend/upstream"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// What tells the test binary to be the process that is killed: its store, and
// where the sign-in service is.
const (
	childDir  = "AIHUB_CREDENTIAL_CHILD_DIR"
	childBase = "AIHUB_CREDENTIAL_CHILD_BASE"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, refreshForEver(dir, os.Getenv(childBase)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// signIn is the simulated service behind a gate, and a store with one account of
// it.
type signIn struct {
	sim  *simulator.Simulator
	gate *gate
	url  string // of the channel
	dir  string // of the store
}

func startSignIn(t *testing.T, kind simulator.KiroKind, rotation simulator.KiroRotation) *signIn {
	t.Helper()
	sim := simulator.New(simulator.Options{Seed: 1})
	s := &signIn{sim: sim, gate: &gate{next: sim}, dir: t.TempDir()}
	srv := httptest.NewServer(s.gate)
	t.Cleanup(srv.Close)
	s.url = srv.URL + "/kiro"
	_, cred, err := sim.AddKiroAccount(simulator.KiroAccount{Kind: kind, Rotation: rotation})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Options{Dir: s.dir})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(),
		core.PutChannel{Channel: core.Channel{ID: "chn_1", Provider: core.ProviderKiro, BaseURL: s.url, Enabled: true}},
		core.PutAccount{Account: core.Account{ID: accountID, ChannelID: "chn_1", Name: "one", Weight: 1, Enabled: true, Credential: cred}})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return s
}

// house is a keeper over the store of a sign-in.
type house struct {
	*Keeper
	db     *store.DB
	client *upstream.Client
	fail   func(error)

	mu   sync.Mutex
	dead []string
}

func (s *signIn) open(t *testing.T) *house {
	t.Helper()
	h, err := openHouse(s.dir, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	h.fail = func(err error) { t.Error(err) }
	return h
}

func openHouse(dir string, died func(reason string)) (*house, error) {
	db, err := store.Open(context.Background(), store.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	h := &house{db: db, client: upstream.NewClient(kiroProvider{})}
	h.Keeper = New(Deps{
		Store: db, Upstream: h.client, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Health: func(string) core.Health { return core.Health{State: core.StateReady} },
		Dead: func(_, reason string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.dead = append(h.dead, reason)
			died(reason)
		},
	})
	return h, nil
}

func (h *house) account() *core.Account { return h.db.Snapshot().Account(accountID) }

func (h *house) deaths() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string{}, h.dead...)
}

func (h *house) shut() {
	h.Close()
	h.client.Close()
	if err := h.db.Close(); err != nil {
		h.fail(err)
	}
}

// kiroProvider renews over Kiro's wire.
type kiroProvider struct{ provider }

func (kiroProvider) Refresh(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) (core.Credential, error) {
	client := auth.Client{HTTP: &http.Client{Transport: via}, Base: ch.BaseURL, Now: time.Now}
	cred, err := client.Refresh(ctx, a.Credential)
	if dead, ok := errors.AsType[*auth.Dead](err); ok {
		return cred, &upstream.Dead{Reason: dead.Reason}
	}
	return cred, err
}

// useToken asks the service for the usage of an account.
func useToken(base string, a *core.Account) error {
	r, err := http.NewRequest(http.MethodGet, base+"/management/Get-Usage-Limits?origin=AI_EDITOR", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+a.Credential.AccessToken)
	r.Header.Set("User-Agent", "KiroIDE-1.0.0 AiHub/test")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("a token that was just renewed is answered with %s", res.Status)
	}
	return nil
}

// gate stands before the service and holds a renewal on demand.
type gate struct {
	next http.Handler

	mu     sync.Mutex
	left   int           // renewals that pass before one is held
	served bool          // the held one is made by the service, and only its answer is held
	held   chan struct{} // closed when one is held; nil = none is to be
}

// shut lets some renewals pass and holds the next: with its answer, or before
// the service learns of it. What it returns is closed when one is held.
func (g *gate) shut(after int, served bool) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.left, g.served, g.held = after, served, make(chan struct{})
	return g.held
}

// open lets everything pass.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = nil
}

// holds says whether the renewal that comes now is the one.
func (g *gate) holds() (held chan struct{}, served bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left--; g.held == nil || g.left >= 0 {
		return nil, false
	}
	return g.held, g.served
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var held chan struct{}
	served := true
	if strings.HasSuffix(r.URL.Path, "/refreshToken") || strings.HasSuffix(r.URL.Path, "/oidc/token") {
		held, served = g.holds()
	}
	if held == nil {
		g.next.ServeHTTP(w, r)
		return
	}
	if served {
		g.next.ServeHTTP(httptest.NewRecorder(), r)
	}
	_, _ = io.Copy(io.Discard, r.Body) // else net/http does not see the client go
	close(held)
	<-r.Context().Done()
}
