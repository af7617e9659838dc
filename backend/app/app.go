package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/capture"
	"github.com/aihub/aihub/backend/catalog"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/credential"
	"github.com/aihub/aihub/backend/gateway"
	"github.com/aihub/aihub/backend/importer/local"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/login"
	"github.com/aihub/aihub/backend/notify"
	"github.com/aihub/aihub/backend/pricing"
	"github.com/aihub/aihub/backend/quota"
	"github.com/aihub/aihub/backend/relay"
	"github.com/aihub/aihub/backend/store"
	"github.com/aihub/aihub/backend/tokens"
	"github.com/aihub/aihub/backend/upstream"
	"github.com/aihub/aihub/backend/upstream/fetch"
	"github.com/aihub/aihub/backend/usage"
)

// App is the program without a face: everything but the window and the tray.
type App struct {
	cfg       Config
	log       *slog.Logger
	logFile   io.Closer
	store     *store.DB
	ledger    *ledger.Ledger
	events    *ledger.Events
	bodies    *capture.Desk
	upstream  *upstream.Client
	sums      []core.Rollup // of the ledger, while the parts are built
	keeper    *credential.Keeper
	fetch     *fetch.Fetcher
	tokens    *tokens.Tokenizer
	gate      *quota.Gate
	prices    *pricing.Book
	balancer  *balance.Balancer
	board     *limits.Board
	tally     *usage.Tally
	models    *relay.Models
	survey    *catalog.Survey
	watcher   *usage.Watcher
	prober    *relay.Prober
	relay     *relay.Relay
	metrics   *gateway.Metrics
	logins    *login.Desk
	notifier  *notify.Notifier
	service   *admin.Service
	machine   *local.Machine
	jobs      *admin.Jobs
	server    *gateway.Server
	keySource string

	mu        sync.Mutex
	lastError string // why the last start of the gateway failed

	janitor sync.WaitGroup
	quit    chan struct{}
	restart chan struct{} // holds a token when everything is to be built anew
}

// New opens the store and builds everything. The gateway does not listen yet.
// After an error nothing is left open.
func New(ctx context.Context, cfg Config) (*App, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	log, file, err := openLog(&cfg)
	if err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, log: log, logFile: file, fetch: fetch.New(), tokens: tokens.NewTokenizer(), quit: make(chan struct{}), restart: make(chan struct{}, 1)}
	if err := a.build(ctx); err != nil {
		log.Error("start failed", "err", err)
		return nil, errors.Join(err, a.release())
	}
	a.janitor.Go(a.loadTokens)
	a.keepHouse()
	a.inBackground(a.ledger.Keep)
	a.inBackground(a.keeper.Run)
	a.inBackground(a.survey.Run)
	a.inBackground(a.watcher.Run)
	a.inBackground(a.testHealth)
	a.inBackground(func(ctx context.Context) { a.balancer.Keep(ctx, a.store, a.log) })
	a.inBackground(func(ctx context.Context) { a.board.Keep(ctx, a.store, a.log) })
	a.inBackground(a.notifier.Run)
	return a, nil
}

// loadTokens makes counts of OpenAI's models exact. Until it is done they are
// estimates, so no request waits for it.
func (a *App) loadTokens() { a.tokens.Load(tokens.O200k) }

// Service is every management operation.
func (a *App) Service() *admin.Service { return a.service }

// Events is the live event log.
func (a *App) Events() *ledger.Events { return a.events }

// Restarts tells when everything is to be closed and built anew: a restored
// backup takes its place when the store is opened.
func (a *App) Restarts() <-chan struct{} { return a.restart }

func (a *App) askRestart() {
	select {
	case a.restart <- struct{}{}:
	default: // it is asked for already
	}
}

// Store is the configuration that the program runs on.
func (a *App) Store() core.ConfigStore { return a.store }

// Log is the program's logger.
func (a *App) Log() *slog.Logger { return a.log }

// DataFolder is where everything lies that survives a restart.
func (a *App) DataFolder() string { return a.cfg.DatabasePath }

// StartGateway listens. A port that is taken is CodeConflict and the message
// names the program that holds it where the system tells.
func (a *App) StartGateway(ctx context.Context) error {
	err := a.server.Start(ctx, a.cfg.Host, a.port())
	a.note(err)
	return err
}

// drainTime is how long open requests may take to end when the gateway stops.
const drainTime = 30 * time.Second

// StopGateway stops listening after open requests have ended, or have been cut
// when their time was over.
func (a *App) StopGateway(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	err := a.server.Stop(ctx)
	a.note(nil)
	return err
}

// note keeps the error of the last start and tells listeners of the new state.
func (a *App) note(err error) {
	a.mu.Lock()
	a.lastError = ""
	if err != nil {
		a.lastError = message(err)
		a.log.Error("gateway: not started", "err", err)
	}
	a.mu.Unlock()
	a.events.Publish(core.EventGateway, a.Gateway())
}

// message is the part of an error that is for people.
func message(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

// Gateway tells whether clients are served, and where.
func (a *App) Gateway() core.GatewayStatus {
	st := a.server.Status()
	a.mu.Lock()
	st.Error = a.lastError
	a.mu.Unlock()
	st.Version = a.cfg.Version
	if st.URL == "" {
		// Where it will be when it is started, so that tools can be pointed at it.
		st.Host, st.Port = a.cfg.Host, a.port()
		st.URL = gateway.URL(st.Host, st.Port)
	}
	return st
}

// port is where the gateway is to listen; 0 stands for any free port.
func (a *App) port() int {
	switch {
	case a.cfg.Port > 0:
		return a.cfg.Port
	case a.cfg.Port < 0:
		return 0
	}
	if port := a.store.Snapshot().Settings.Port; port > 0 {
		return port
	}
	return DefaultPort
}

// Close stops the gateway and releases everything, in the reverse order of
// building. It is to be called once.
func (a *App) Close(ctx context.Context) error {
	close(a.quit)
	err := a.StopGateway(ctx)
	a.janitor.Wait()
	a.survey.Close()
	a.watcher.Close(ctx)
	a.jobs.Close()
	a.keeper.Close()
	err = errors.Join(err, a.balancer.Flush(context.WithoutCancel(ctx), a.store), a.board.Flush(context.WithoutCancel(ctx), a.store))
	a.log.Info("stopped")
	return errors.Join(err, a.release())
}

func (a *App) release() error {
	var errs []error
	if a.logins != nil {
		a.logins.Close()
	}
	if a.upstream != nil {
		a.upstream.Close()
	}
	a.fetch.Close()
	if a.bodies != nil {
		a.bodies.Close()
	}
	if a.ledger != nil {
		errs = append(errs, a.ledger.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	return errors.Join(append(errs, a.logFile.Close())...)
}

// gatewaySwitch is what the management operations turn. The desktop app's window
// really closes the port. An order that came in through the port itself, and any
// order to a headless server, leaves the dashboard: a stop would wait for the
// request that asks for it, and nobody could start the gateway again.
type gatewaySwitch struct{ *App }

func (g gatewaySwitch) Status() core.GatewayStatus { return g.Gateway() }

func (g gatewaySwitch) Start(ctx context.Context) error { return g.StartGateway(ctx) }

func (g gatewaySwitch) Stop(ctx context.Context) error {
	if g.cfg.Desktop && ctx.Value(http.ServerContextKey) == nil {
		return g.StopGateway(ctx)
	}
	g.server.Pause()
	g.note(nil)
	return nil
}
