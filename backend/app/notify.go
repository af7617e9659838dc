package app

import (
	"context"
	"net/http"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/notify"
)

func (a *App) buildNotifier(context.Context) error {
	a.notifier = notify.New(notify.Deps{
		Store:   a.store,
		Health:  a.balancer.Health,
		Used:    a.gate.Used,
		Publish: func(n notify.News) { a.events.Publish(core.EventAlert, n) },
		Client:  &http.Client{},
		Now:     time.Now,
		Log:     a.log,
		Waits:   []time.Duration{time.Second, 5 * time.Second, 30 * time.Second},
	})
	a.ledger.Observe(a.notifier.Observe)
	return nil
}

func (a *App) healthChanged(id string) {
	a.tellAccount(id)
	a.notifier.AccountChanged(id)
	if a.balancer.Health(id).State == core.StateExhausted {
		a.watcher.Suspect(id)
	}
}

func (a *App) tellAccount(id string) {
	a.events.Publish(core.EventAccount, map[string]string{"id": id})
}
