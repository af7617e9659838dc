package app

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/capture"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/gateway"
	"github.com/aihub/aihub/backend/importer/local"
	"github.com/aihub/aihub/backend/ledger"
	"github.com/aihub/aihub/backend/limits"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/quota"
	"github.com/aihub/aihub/backend/relay"
	"github.com/aihub/aihub/backend/upstream"
	upanthropic "github.com/aihub/aihub/backend/upstream/anthropic"
	upgemini "github.com/aihub/aihub/backend/upstream/gemini"
	upopenai "github.com/aihub/aihub/backend/upstream/openai"
	"github.com/aihub/aihub/backend/usage"
)

// build makes the parts, each after those that it works with.
func (a *App) build(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		a.openStore,
		a.buildPrices,
		a.openLedger,
		a.findAdminKey,
		a.buildCapture,
		a.buildQuota,
		a.buildBalance,
		a.buildUpstream,
		a.buildRelay,
		a.buildLogins,
		a.buildNotifier,
		a.buildService,
		a.buildServer,
		a.resumeLogins,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) openLedger(ctx context.Context) (err error) {
	a.events = ledger.NewEvents(time.Now)
	a.ledger, err = ledger.Open(ctx, a.store, a.events, a.priceOrphan, time.Now, a.log)
	return err
}

// priceOrphan puts into the row of a request that was interrupted what its tokens
// cost, as far as its channel is still there.
func (a *App) priceOrphan(r *core.Record) {
	if ch := a.store.Snapshot().Channel(r.ChannelID); ch != nil {
		r.CostUSD, r.Price = a.prices.Charge(ch, r.UpstreamModel, r.Usage, r.Time)
	}
}

func (a *App) buildCapture(context.Context) error {
	a.bodies = capture.New(a.store, a.log)
	return nil
}

func (a *App) buildQuota(ctx context.Context) error {
	a.gate = quota.New(time.Now)
	sums, err := a.store.ListRollups(ctx, core.RollupFilter{})
	a.gate.Seed(sums)
	a.sums = sums
	return err
}

func (a *App) buildBalance(ctx context.Context) error {
	a.board = limits.NewBoard(time.Now, func(id string) bool { return a.store.Snapshot().Account(id) != nil })
	if err := a.board.Load(ctx, a.store); err != nil {
		return err
	}
	a.tally = usage.NewTally(time.Now, a.sums)
	a.ledger.Observe(a.tally.Observe)
	a.balancer = balance.New(balance.Options{
		Snapshot: a.store.Snapshot,
		Now:      time.Now,
		Rand:     rand.Float64,
		Changed:  a.healthChanged,
	})
	a.balancer.Usage = a.quotaLeft
	a.balancer.Seed(a.sums)
	a.sums = nil
	return a.balancer.Load(ctx, a.store)
}

func (a *App) buildUpstream(ctx context.Context) error {
	ofKiro, err := a.newKiro(ctx)
	if err != nil {
		return err
	}
	a.upstream = upstream.NewClient(
		upopenai.Provider{Now: time.Now},
		upanthropic.Provider{Now: time.Now},
		upgemini.Provider{},
		ofKiro,
	)
	a.machine = local.This()
	a.keeper = a.newKeeper(a.balancer)
	if err := a.buildWatch(ctx); err != nil {
		return err
	}
	a.models = relay.NewModels(a.upstream, a.survey, time.Now, a.log)
	a.prober = &relay.Prober{
		Store:    a.store,
		Upstream: a.upstream,
		Keeper:   a.keeper,
		Models:   a.models,
		Learn:    a.balancer.Report,
		Now:      time.Now,
		Formats:  formats(),
	}
	return nil
}

func (a *App) buildRelay(context.Context) error {
	a.relay = relay.New(relay.Deps{
		Ledger:    a.ledger,
		Quota:     a.gate,
		Balance:   a.balancer,
		Upstream:  a.upstream,
		Keeper:    a.keeper,
		Clients:   clientCodecs(),
		Upstreams: upstreamCodecs(&a.cfg),
		Models:    a.models,
		ModelInfo: a.models.Info,
		Memory:    relay.NewMemory(time.Now),
		Bodies:    a.bodies,
		Fetch:     a.fetch,
		Tokens:    a.tokens,
		Prices:    a.prices,
		Spent:     func(id string, u llm.Usage) { a.watcher.Spend(id, u.Credits) },
		KeepAlive: a.cfg.KeepAlive,
		Limits:    a.board.Put,
		Now:       time.Now,
		Log:       a.log,
	})
	return nil
}

func (a *App) buildService(context.Context) error {
	a.jobs = admin.NewJobs()
	a.service = admin.New(admin.Deps{
		Store:       a.store,
		Ledger:      a.ledger,
		Bodies:      a.bodies.Find,
		Events:      a.events,
		Health:      a.balancer.Health,
		Reset:       a.balancer.Reset,
		Used:        a.gate.Used,
		Forget:      a.gate.Forget,
		Test:        a.prober.Test,
		TestProxy:   a.upstream.TestProxy,
		Explain:     a.relay.Explain,
		Gateway:     gatewaySwitch{a},
		Restart:     a.askRestart,
		Changed:     a.balancer.Wake,
		Machine:     a.machine,
		Jobs:        a.jobs,
		Prices:      a.prices,
		Logins:      a.logins,
		Now:         time.Now,
		Log:         a.log,
		TestWebhook: a.notifier.Test,

		Usage:        a.usageOf,
		Forecast:     a.forecastOf,
		RefreshUsage: a.refreshUsage,
		RefreshToken: a.refreshToken,
	})
	return nil
}

func (a *App) buildServer(context.Context) error {
	a.metrics = gateway.NewMetrics(a.cfg.Version, a.inFlight, a.countAccounts)
	a.ledger.Observe(a.metrics.Observe)
	a.server = gateway.New(gateway.Config{
		Store:    a.store,
		Models:   a.models,
		Service:  a.service,
		Events:   a.events,
		Metrics:  a.metrics,
		Now:      time.Now,
		Log:      a.log,
		AdminKey: a.adminKey,
		Files:    a.cfg.Assets,
		Relay:    a.relay,
	})
	return nil
}

func (a *App) inFlight() int { return a.server.Status().InFlight }

// countAccounts counts the accounts by channel and state.
func (a *App) countAccounts() map[gateway.AccountCount]int {
	counts := map[gateway.AccountCount]int{}
	snap := a.store.Snapshot()
	for _, ch := range snap.Channels() {
		for _, acc := range snap.AccountsOf(ch.ID) {
			state := core.StateDisabled
			if acc.Enabled {
				state = a.balancer.Health(acc.ID).State
			}
			counts[gateway.AccountCount{ChannelID: ch.ID, State: state}]++
		}
	}
	return counts
}
