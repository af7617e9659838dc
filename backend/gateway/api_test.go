package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/importer/local"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/store"
)

const testAdminKey = "admin-key-of-the-test"

// door is a real server with the admin API over a real store.
type door struct {
	t      *testing.T
	url    string
	done   chan struct{} // what Config.Done is in a server
	store  *store.DB
	ledger *ledger.Ledger
	events *ledger.Events
	server *httptest.Server
	log    *lockedBuffer
	logger *slog.Logger
	jobs   *admin.Jobs
	panics bool // the next test of a channel panics
}

// lockedBuffer collects the log of handlers.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// stillGateway is a gateway that only tells its state.
type stillGateway struct{ starting error }

func (stillGateway) Status() core.GatewayStatus {
	return core.GatewayStatus{Running: true, URL: "http://127.0.0.1:8000", Host: "127.0.0.1", Port: 8000, Version: "1.0.0"}
}
func (g stillGateway) Start(context.Context) error { return g.starting }
func (stillGateway) Stop(context.Context) error    { return nil }

func newDoor(t *testing.T) *door {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	d := &door{t: t, jobs: admin.NewJobs(), done: make(chan struct{}), log: &lockedBuffer{}}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(d.log, nil))
	d.store, d.events = db, ledger.NewEvents(time.Now)
	d.ledger, err = ledger.Open(t.Context(), db, d.events, nil, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	e := gin.New()
	mountAPI(e, apiConfig{
		Store: d.store, Service: d.service(log), Events: d.events, Log: log, Done: d.done,
		Auth: newAdminAuth(func() string { return testAdminKey }, time.Now),
	})
	d.server = httptest.NewServer(e)
	d.url = d.server.URL
	t.Cleanup(func() {
		d.server.Close()
		d.jobs.Close()
		if err := errors.Join(d.ledger.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *door) service(log *slog.Logger) *admin.Service {
	d.logger = log
	return admin.New(admin.Deps{
		Logins:       d.newDesk(d.t),
		Usage:        func(string) *core.AccountUsage { return nil },
		RefreshUsage: func(context.Context, *core.Account) error { return nil },
		RefreshToken: func(context.Context, *core.Account) error { return nil },
		Store:        d.store, Ledger: d.ledger, Events: d.events, Now: time.Now, Log: log,
		Gateway: stillGateway{starting: errors.New("the cause that stays inside")},
		Machine: &local.Machine{Home: d.t.TempDir(), Env: func(string) string { return "" }, OS: "linux", Now: time.Now},
		Jobs:    d.jobs,
		Bodies:  d.store.FindCapture,
		Health:  func(string) core.Health { return core.Health{} },
		Reset:   func(string) {},
		Changed: func() {},
		Used:    func(*core.User) core.Used { return core.Used{} },
		Forget:  func(string) {},
		TestProxy: func(context.Context, *core.Channel, *core.Account) core.ProxyTest {
			return core.ProxyTest{Proxy: "http://proxy", Host: "host", Step: core.StepProxyAuth, Error: "the proxy refused its user name or password"}
		},
		Test: func(context.Context, *core.Channel, *core.Account) core.TestResult {
			if d.panics {
				panic("a broken invariant")
			}
			return core.TestResult{OK: true, LatencyMS: 12, Model: "m"}
		},
	})
}

// reply is what a request got.
type reply struct {
	status int
	header http.Header
	body   string
}

// json decodes the body into v.
func (r reply) json(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), v); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
}

// call sends a request with the admin key; headers come in pairs. It may be
// called from any goroutine of the test.
func (d *door) call(method, path, body string, headers ...string) reply {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		d.t.Error(err)
		return reply{}
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set(adminKeyHeader, testAdminKey)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := d.server.Client().Do(req)
	if err != nil {
		d.t.Error(err)
		return reply{}
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Error(err)
	}
	return reply{resp.StatusCode, resp.Header, string(got)}
}

// create posts body and returns the id of what was made.
func (d *door) create(path, body string) string {
	d.t.Helper()
	got := d.call(http.MethodPost, path, body)
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(got.body), &made); err != nil || got.status != http.StatusCreated {
		d.t.Errorf("POST %s: %d %s", path, got.status, got.body)
	}
	return made.ID
}

// furnish makes one of each and returns what replaces the names in scenarios.
func (d *door) furnish() *strings.Replacer {
	channel := d.create("/api/channels", `{"name":"main","provider":"openai"}`)
	kiro := d.create("/api/channels", `{"name":"signed in","provider":"kiro"}`)
	account := d.create("/api/channels/"+channel+"/accounts", `{"credential":{"api_key":"sk-0123456789abcdef"}}`)
	user := d.create("/api/users", `{"name":"ann"}`)
	key := d.create("/api/users/"+user+"/keys", `{}`)
	return strings.NewReplacer("{channel}", channel, "{kiro}", kiro, "{account}", account, "{user}", user, "{key}", key)
}

// scenario is one request and what its answer must hold.
type scenario struct {
	name    string
	request string // method and path
	body    string
	headers []string // in pairs
	status  int
	want    []string // parts of the body, compared without white space
	absent  []string
}

// runScenarios runs each with a channel, an account, a user and a key of its
// own.
func runScenarios(t *testing.T, scenarios []scenario) {
	d := newDoor(t)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			names := d.furnish()
			method, path, _ := strings.Cut(names.Replace(s.request), " ")
			got := d.call(method, path, names.Replace(s.body), s.headers...)
			if got.status != s.status {
				t.Errorf("status %d, want %d: %s", got.status, s.status, got.body)
			}
			checkBody(t, names, got, s)
		})
	}
}

func checkBody(t *testing.T, names *strings.Replacer, got reply, s scenario) {
	t.Helper()
	body := strings.TrimSpace(got.body)
	for _, part := range s.want {
		if !strings.Contains(body, names.Replace(part)) {
			t.Errorf("no %s in %s", names.Replace(part), body)
		}
	}
	for _, part := range append(s.absent, "null,", "sk-0123456789") {
		if strings.Contains(strings.ReplaceAll(body, `"usage":null,`, ""), part) {
			t.Errorf("there is %s in %s", part, body)
		}
	}
	kind := got.header.Get("Content-Type")
	switch {
	case got.status == http.StatusNoContent:
		if body != "" {
			t.Errorf("a body with 204: %s", body)
		}
	case got.status >= 400:
		var p Problem
		got.json(t, &p)
		if kind != problemType || p.Status != got.status || p.Code == "" || p.Detail == "" || p.Title == "" {
			t.Errorf("not a problem document: %s %s", kind, body)
		}
	case kind != "application/json" && !strings.HasPrefix(kind, "text/html"):
		t.Errorf("Content-Type %q", kind)
	}
}
