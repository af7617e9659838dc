// Package gateway is the HTTP server: the surfaces of the four protocols for
// clients, the admin API and the dashboard's files.
//
// It is the first and the last step on the way of a request: it checks who asks
// and from where, reads the body, finds out what is wanted, and hands a call to
// the relay. It is the only package that knows gin.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/portowner"
	"github.com/aihub/aihub/backend/relay"
)

// Config is what a server works with. Every field must be set.
type Config struct {
	Store    core.ConfigStore
	Relay    *relay.Relay
	Models   *relay.Models
	Service  *admin.Service
	Events   *ledger.Events
	Metrics  *Metrics
	AdminKey func() string
	Files    fs.FS // the dashboard
	Now      func() time.Time
	Log      *slog.Logger
}

// Server serves everything on one port. It can be started and stopped any
// number of times.
type Server struct {
	Config
	auth   *adminAuth
	paused atomic.Bool  // the client surfaces refuse; the dashboard stays
	open   atomic.Int64 // calls of clients under way

	// guestTime is how long a body may take that nobody has asked for.
	guestTime time.Duration

	mu     sync.Mutex
	live   *listening
	ending *listening // a Stop drains it, outside the lock
}

// listening is one span between a start and a stop.
type listening struct {
	http     *http.Server
	addr     *net.TCPAddr
	since    time.Time
	loopback bool
	done     chan struct{} // closed when a stop begins
	served   chan struct{} // closed when Serve has returned
	ended    chan struct{} // closed when the stop is over
	cut      context.CancelCauseFunc
}

// New returns a server that does not listen yet.
func New(cfg Config) *Server {
	return &Server{Config: cfg, auth: newAdminAuth(cfg.AdminKey, cfg.Now), guestTime: guestTime}
}

// maxHeader is far above what any client sends and far below what a few hundred
// connections could fill the memory with.
const maxHeader = 128 << 10

// Start listens on host and port (0 = any free one) and serves until Stop. It
// does nothing when the server listens already, and waits for a stop that is
// under way. A taken port is CodeConflict and names the program that holds it
// where the system tells.
func (s *Server) Start(ctx context.Context, host string, port int) error {
	if err := s.lockEnded(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.paused.Store(false)
	if s.live != nil {
		return nil
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return listenError(host, port, err)
	}
	addr, ok := ln.Addr().(*net.TCPAddr)
	if !ok {
		panic("gateway: a TCP listener without a TCP address")
	}
	base, cut := context.WithCancelCause(context.Background())
	base = context.WithValue(base, cutKey{}, func(f func()) func() bool { return context.AfterFunc(base, f) })
	l := &listening{
		addr: addr, since: s.Now(), loopback: addr.IP.IsLoopback(), cut: cut,
		done: make(chan struct{}), served: make(chan struct{}), ended: make(chan struct{}),
	}
	l.http = &http.Server{
		Handler:           s.handler(l),
		ReadHeaderTimeout: 20 * time.Second,
		IdleTimeout:       3 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	s.live = l
	if !l.loopback {
		s.Log.Warn("the gateway can be reached from other machines; every request needs a key", "address", ln.Addr().String())
	}
	go func() {
		defer close(l.served)
		if err := l.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			s.Log.Error("gateway: the listener failed", "err", err)
		}
	}()
	return nil
}

// cutKey leads from a request's context to what is to happen when the server
// cuts its requests. A request whose client is gone does not see that any more:
// its context has ended already.
type cutKey struct{}

func atCut(ctx context.Context) func(func()) func() bool {
	at, _ := ctx.Value(cutKey{}).(func(func()) func() bool)
	return at
}

// lockEnded takes the lock once no stop is under way.
func (s *Server) lockEnded(ctx context.Context) error {
	for {
		s.mu.Lock()
		l := s.ending
		if l == nil {
			return nil
		}
		s.mu.Unlock()
		select {
		case <-l.ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func listenError(host string, port int, err error) error {
	e := core.Errorf(core.CodeUnavailable, "cannot listen on %s port %d", host, port)
	e.Err = err
	switch {
	case errors.Is(err, syscall.EADDRINUSE) || isWindowsInUse(err):
		e.Code = core.CodeConflict
		e.Message = fmt.Sprintf("port %d is already taken", port)
		if name, pid, ok := portowner.Find(port); ok {
			e.Message += fmt.Sprintf(" by %s (process %d)", name, pid)
		}
		e.Message += "; stop that program or choose another port"
	case errors.Is(err, syscall.EACCES):
		e.Code = core.CodeForbidden
		e.Message = fmt.Sprintf("this user may not listen on port %d; choose one above 1023", port)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		e.Message = fmt.Sprintf("this machine has no address %s to listen on", host)
	}
	return e
}

// isWindowsInUse knows the number of WSAEADDRINUSE, which package syscall does
// not map to EADDRINUSE.
func isWindowsInUse(err error) bool {
	no, ok := errors.AsType[syscall.Errno](err)
	return ok && no == 10048
}

// closeTime is how long handlers get to end by themselves after their requests
// have been cut.
const closeTime = 3 * time.Second

// Stop takes no new requests, waits for the open ones until ctx ends, then cuts
// them with an error in the client's own format. A further Stop waits for the
// first, and cuts the requests when its own ctx ends before that.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	l, other := s.live, s.ending
	if l != nil {
		s.live, s.ending = nil, l
	}
	s.mu.Unlock()
	switch {
	case l != nil:
		err := s.drain(ctx, l)
		s.mu.Lock()
		s.ending = nil
		s.mu.Unlock()
		close(l.ended)
		return err
	case other != nil:
		defer context.AfterFunc(ctx, func() { other.cut(relay.ErrStopping) })()
		<-other.ended
	}
	return nil
}

func (s *Server) drain(ctx context.Context, l *listening) error {
	close(l.done)
	err := l.http.Shutdown(ctx)
	l.cut(relay.ErrStopping)
	if err != nil {
		s.Log.Warn("gateway: requests were still open when its patience ended and have been cut", "open", s.open.Load())
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		if err = l.http.Shutdown(ctx); err != nil {
			err = l.http.Close()
		}
	}
	<-l.served
	return err
}

// Pause makes the client surfaces refuse while the dashboard stays reachable:
// how a gateway is stopped from the dashboard that it serves itself.
func (s *Server) Pause() { s.paused.Store(true) }

// Status tells whether clients are served, and where.
func (s *Server) Status() core.GatewayStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := core.GatewayStatus{InFlight: int(s.open.Load())}
	if s.live == nil {
		return st
	}
	st.Host, st.Port = s.live.addr.IP.String(), s.live.addr.Port
	st.URL = URL(st.Host, st.Port)
	since := s.live.since.UTC()
	st.StartedAt, st.Running = &since, !s.paused.Load()
	return st
}

// URL is the address of a gateway for programs on the same machine.
func URL(host string, port int) string {
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port))
}

func (s *Server) handler(l *listening) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.Use(s.guard(l))
	s.mountClient(e)
	mountAPI(e, apiConfig{Store: s.Store, Service: s.Service, Events: s.Events, Auth: s.auth, Log: s.Log, Done: l.done})
	s.mountMetrics(e)
	mountDashboard(e, s.Files)
	e.NoRoute(s.notFound)
	e.NoMethod(s.badMethod)
	return e
}
