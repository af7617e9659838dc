package kiro

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
	"github.com/aihub/aihub/backend/store"
	"github.com/aihub/aihub/backend/upstream"
)

const installation = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// world is a provider before the simulated Kiro, which is reached by the names
// of the real hosts.
type world struct {
	*Provider
	t       *testing.T
	sim     *simulator.Simulator
	server  *httptest.Server
	via     *http.Transport
	db      *store.DB
	account *core.Account
	channel *core.Channel

	mu     sync.Mutex
	closed map[string]bool // hosts that cannot be reached
	// unknown are the targets that no host knows any more.
	unknown []string
	seen    []string // host and path of each request
	clock   time.Time
}

func newWorld(t *testing.T, seed simulator.KiroAccount) *world {
	t.Helper()
	w := &world{
		t: t, sim: simulator.New(simulator.Options{Seed: 1}), closed: map[string]bool{},
		channel: &core.Channel{ID: "chn_1", Name: "kiro", Provider: core.ProviderKiro}, clock: time.Now(),
	}
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.server.Close)
	w.via = &http.Transport{DialTLSContext: w.dial}
	t.Cleanup(w.via.CloseIdleConnections)
	var err error
	if w.db, err = store.Open(t.Context(), store.Options{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.db.Close() })
	w.restart()
	w.add(seed)
	return w
}

// restart makes a provider that knows what an earlier one has stored.
func (w *world) restart() {
	w.t.Helper()
	var err error
	w.Provider, err = New(w.t.Context(), Options{
		States: w.db, ClientVersion: func() string { return "1.1.70" }, Installation: installation, Version: "0.9",
		Now: func() time.Time { return w.clock }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// add puts another account in the place of the world's.
func (w *world) add(seed simulator.KiroAccount) {
	w.t.Helper()
	seeded, cred, err := w.sim.AddKiroAccount(seed)
	if err != nil {
		w.t.Fatal(err)
	}
	w.account = &core.Account{ID: seeded.ID, ChannelID: "chn_1", Enabled: true, Credential: cred}
}

// dial leads every host to the simulator, but for those that are closed.
func (w *world) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	w.mu.Lock()
	closed := w.closed[strings.TrimSuffix(addr, ":443")]
	w.mu.Unlock()
	if closed {
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.ErrDeadlineExceeded}
	}
	var d net.Dialer
	return d.DialContext(ctx, network, w.server.Listener.Addr().String())
}

// serve translates the names of the real hosts to the simulator's paths.
func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.seen = append(w.seen, r.Host+r.URL.Path)
	unknown := slices.Contains(w.unknown, r.Header.Get("X-Amz-Target"))
	w.mu.Unlock()
	if unknown {
		http.Error(rw, `{"__type":"UnknownOperationException"}`, http.StatusNotFound)
		return
	}
	labels := strings.Split(r.Host, ".")
	switch {
	case strings.HasSuffix(r.Host, ".kiro.dev") && (labels[0] == "runtime" || labels[0] == "management"),
		strings.HasSuffix(r.Host, ".amazonaws.com") && labels[0] == "q":
		r.URL.Path = "/kiro/" + labels[1] + "/" + labels[0] + r.URL.Path
	case labels[0] == "oidc":
		r.URL.Path = "/kiro/oidc" + r.URL.Path
	case strings.HasPrefix(r.Host, "prod.us-east-1.auth.desktop."):
		r.URL.Path = "/kiro/auth" + r.URL.Path
	}
	w.sim.ServeHTTP(rw, r)
}

// paths returns the hosts and paths that were asked since the last call.
func (w *world) paths() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = nil
	return seen
}

func (w *world) change(change func(*simulator.KiroAccount)) {
	w.t.Helper()
	if err := w.sim.ChangeKiroAccount(w.account.ID, change); err != nil {
		w.t.Fatal(err)
	}
}

// ask sends the smallest request and returns the status and the answer.
func (w *world) ask() (int, string) {
	w.t.Helper()
	_, body := w.TestRequest("claude-haiku-4.5")
	res, err := w.Send(w.t.Context(), w.via, w.request(string(body)))
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

func (w *world) request(body string) *upstream.Request {
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	first, _ := open()
	return &upstream.Request{
		Channel: w.channel, Account: w.account, Method: http.MethodPost, Path: generatePath, Header: http.Header{},
		Body: first, ContentLength: int64(len(body)), GetBody: open,
	}
}
