package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
	"github.com/aihub/aihub/backend/upstream"
)

// authority hands out tokens, each refresh token good for one use only.
type authority struct {
	mu      sync.Mutex
	valid   string // the refresh token that is good
	life    time.Duration
	calls   int
	fail    error  // instead of an answer
	before  func() // runs when a token has come in
	answers []core.Credential
}

func (s *authority) renew(token string) (core.Credential, error) {
	if s.before != nil {
		s.before()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	switch {
	case s.fail != nil:
		return core.Credential{}, s.fail
	case token != s.valid:
		return core.Credential{}, &upstream.Dead{Reason: "Invalid refresh token provided"}
	}
	s.valid = fmt.Sprintf("refresh-%d", s.calls)
	c := core.Credential{
		RefreshToken: s.valid, AccessToken: fmt.Sprintf("access-%d", s.calls), ExpiresAt: time.Now().Add(s.life).UTC(),
	}
	s.answers = append(s.answers, c)
	return c, nil
}

func (s *authority) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// set changes the authority between two calls.
func (s *authority) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// ServeHTTP makes it a service on the network.
func (s *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, _ := io.ReadAll(r.Body)
	c, err := s.renew(string(token))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	// A client that is gone has no use for the answer.
	_ = json.NewEncoder(w).Encode(c)
}

// provider asks an authority: over the network when the channel has a base URL,
// else directly, for tests in virtual time.
type provider struct{ here *authority }

func (provider) Name() core.Provider                     { return core.ProviderKiro }
func (provider) DefaultBase() string                     { return "" }
func (provider) Path(_, path string) string              { return path }
func (provider) Sign(http.Header, core.Credential) error { return nil }
func (provider) TestRequest(string) (string, []byte)     { return "", nil }
func (provider) ModelsPath() string                      { return "" }
func (provider) ParseModels([]byte) ([]string, string)   { return nil, "" }
func (provider) TestModels() []string                    { return nil }

func (provider) IsExpired(status int, _ []byte) bool { return status == http.StatusUnauthorized }

func (p provider) Refresh(ctx context.Context, via http.RoundTripper, ch *core.Channel, a *core.Account) (core.Credential, error) {
	if ch.BaseURL == "" {
		return p.here.renew(a.Credential.RefreshToken)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, ch.BaseURL, strings.NewReader(a.Credential.RefreshToken))
	if err != nil {
		return core.Credential{}, err
	}
	res, err := via.RoundTrip(req)
	if err != nil {
		return core.Credential{}, &upstream.Later{Reason: "not reached", Err: err}
	}
	defer res.Body.Close()
	var c core.Credential
	if res.StatusCode != http.StatusOK {
		return c, &upstream.Dead{Reason: "Invalid refresh token provided"}
	}
	return c, json.NewDecoder(res.Body).Decode(&c)
}

// world is a keeper over a real store with one account.
type world struct {
	*Keeper
	t         *testing.T
	db        *store.DB
	authority *authority
	client    *upstream.Client

	mu     sync.Mutex
	health core.Health
	dead   []string
	alive  int
}

const accountID = "acc_1"

func newWorld(t *testing.T, dir string, cred core.Credential) *world {
	t.Helper()
	w := &world{t: t, authority: &authority{valid: cred.RefreshToken, life: time.Hour}}
	db, err := store.Open(t.Context(), store.Options{Dir: dir, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	w.db, w.client = db, upstream.NewClient(provider{w.authority})
	w.Keeper = New(Deps{
		Store: db, Upstream: w.client, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Health: func(string) core.Health { w.mu.Lock(); defer w.mu.Unlock(); return w.health },
		Dead:   func(_, reason string) { w.mu.Lock(); defer w.mu.Unlock(); w.dead = append(w.dead, reason) },
		Alive:  func(string) { w.mu.Lock(); defer w.mu.Unlock(); w.alive++ },
	})
	w.put(core.PutChannel{Channel: core.Channel{ID: "chn_1", Provider: core.ProviderKiro, Enabled: true}})
	w.put(core.PutAccount{Account: core.Account{ID: accountID, ChannelID: "chn_1", Name: "one", Weight: 1, Enabled: true, Credential: cred}})
	return w
}

// shut ends the world; the store can be opened again.
func (w *world) shut() {
	w.Close()
	w.client.Close()
	if err := w.db.Close(); err != nil {
		w.t.Error(err)
	}
}

// overNetwork puts the authority behind a real server.
func (w *world) overNetwork() {
	srv := httptest.NewServer(w.authority)
	w.t.Cleanup(srv.Close)
	w.put(core.PutChannel{Channel: core.Channel{ID: "chn_1", Provider: core.ProviderKiro, BaseURL: srv.URL, Enabled: true}})
}

func (w *world) put(changes ...core.Change) {
	w.t.Helper()
	if err := w.db.Update(context.Background(), changes...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) account() *core.Account { return w.db.Snapshot().Account(accountID) }

// deaths lists what the balancer was told.
func (w *world) deaths() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.dead...)
}

func isDeadError(err error) bool {
	_, dead := errors.AsType[*upstream.Dead](err)
	return dead
}

// ended is a sign-in whose access token is over.
func ended() core.Credential {
	return core.Credential{RefreshToken: "refresh-0", AccessToken: "access-0", ExpiresAt: time.Now().Add(-time.Minute).UTC()}
}
