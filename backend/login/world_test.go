package login_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/login"
	"github.com/aihub/aihub/backend/store"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// pipes is a network inside the test's bubble: a server that listens here sees
// virtual time pass.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// world is a desk over a real store, and a provider that a test leads.
type world struct {
	t      *testing.T
	db     *store.DB
	desk   *login.Desk
	net    *pipes
	server *http.Server
	http   *http.Client
	wg     sync.WaitGroup

	mu       sync.Mutex
	answer   string // of the token endpoint; a status and a body
	polls    []time.Duration
	begun    time.Time
	events   []core.Login
	kept     []core.Credential
	keepErr  error
	renewed  string
	profiles []string
	missing  bool // the channel is gone
}

const (
	base    = "http://127.0.0.1:9"
	pending = `400 {"error":"authorization_pending"}`
	agreed  = `200 {"accessToken":"aoaNew","refreshToken":"aorNew","expiresIn":3600}`
)

// newWorld must be called inside a bubble.
func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: db, net: newPipes(), answer: pending, begun: time.Now()}
	w.server = &http.Server{Handler: w}
	w.wg.Go(func() {
		if err := w.server.Serve(w.net); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	w.http = &http.Client{Transport: &http.Transport{DialContext: w.net.dial}}
	w.open()
	return w
}

// open builds a desk over the store, as a start of the program does.
func (w *world) open() {
	w.t.Helper()
	w.desk = login.New(login.Deps{
		Store: w.db, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Client: w.client, Keep: w.keep, Profiles: w.list,
		Changed: func(l core.Login) { w.lock(func() { w.events = append(w.events, l) }) },
	})
	if err := w.desk.Resume(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// close releases everything, so that the bubble can end.
func (w *world) close() {
	w.desk.Close()
	w.http.CloseIdleConnections()
	if err := errors.Join(w.server.Close(), w.db.Close()); err != nil {
		w.t.Error(err)
	}
	w.wg.Wait()
}

func (w *world) lock(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *world) client(channelID, _ string) (c *auth.Client, err error) {
	w.lock(func() {
		if channelID != "chn_1" || w.missing {
			err = core.Errorf(core.CodeNotFound, "there is no channel with the id %q", channelID)
		}
	})
	return &auth.Client{HTTP: w.http, Base: base, Now: time.Now}, err
}

func (w *world) keep(_ context.Context, _, accountID string, cred core.Credential) (id string, err error) {
	w.lock(func() {
		if err = w.keepErr; err != nil {
			return
		}
		w.kept, w.renewed, id = append(w.kept, cred), accountID, "acc_1"
	})
	return id, err
}

func (w *world) list(context.Context, string, string, core.Credential) (profiles []string, err error) {
	w.lock(func() {
		profiles = w.profiles
		if profiles == nil {
			err = errors.New("not reachable")
		}
	})
	return profiles, err
}

// say sets what the provider answers to the next polls.
func (w *world) say(answer string) { w.lock(func() { w.answer = answer }) }

// ServeHTTP is the provider's OIDC plane.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body) // only then the server notices that a client leaves
	var answer string
	switch r.URL.Path {
	case "/oidc/client/register":
		answer = `200 {"clientId":"cid","clientSecret":"client-secret"}`
	case "/oidc/device_authorization":
		answer = `200 {"deviceCode":"device-secret","userCode":"ABCD-EFGH","verificationUri":"` + base + `/oidc/device",
			"verificationUriComplete":"` + base + `/oidc/device?user_code=ABCD-EFGH","expiresIn":600,"interval":5}`
	case "/oidc/token":
		w.lock(func() {
			w.polls = append(w.polls, time.Since(w.begun))
			answer = w.answer
		})
	}
	status, body, _ := strings.Cut(answer, " ")
	if status == "hang" {
		<-r.Context().Done()
		return
	}
	rw.WriteHeader(map[string]int{"200": 200, "400": 400, "503": 503, "": 404}[status])
	io.WriteString(rw, body)
}

func (w *world) begin(kind auth.Kind) core.Login {
	w.t.Helper()
	r := login.Request{ChannelID: "chn_1", Ask: auth.Ask{Kind: kind}}
	if kind == auth.IdentityCenter {
		r.StartURL = "https://d-1.awsapps.com/start"
	}
	l, err := w.desk.Begin(w.t.Context(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func (w *world) find(id string) core.Login {
	w.t.Helper()
	l, err := w.desk.Find(id)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// stored returns what the store holds of the sign-ins, as text.
func (w *world) stored() string {
	w.t.Helper()
	docs, err := w.db.ListStates(w.t.Context(), core.StateLogin)
	if err != nil {
		w.t.Fatal(err)
	}
	var b strings.Builder
	for _, doc := range docs {
		b.Write(doc)
	}
	return b.String()
}
