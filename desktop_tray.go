//go:build desktop && !bindings

package main

import (
	"context"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/desktop"
)

func (w *window) trayOptions() desktop.TrayOptions {
	return desktop.TrayOptions{
		Gateway: traySwitch{w},
		Quota:   w.quota,
		Changed: w.changed,
		Orders:  desktop.Orders{Open: w.show, Copy: w.copyText, Quit: w.quit},
		Locale:  desktop.Locale(),
		Log:     w.log,
	}
}

// traySwitch lets the tray see and switch the gateway.
type traySwitch struct{ w *window }

func (t traySwitch) Status() core.GatewayStatus      { return t.w.hub.Gateway() }
func (t traySwitch) Start(ctx context.Context) error { return t.w.hub.StartGateway(ctx) }
func (t traySwitch) Stop(ctx context.Context) error  { return t.w.hub.StopGateway(ctx) }

func (w *window) copyText(text string) {
	if err := runtime.ClipboardSetText(w.wails, text); err != nil {
		w.log.Warn("the clipboard took no text", "error", err)
	}
}

// quota sums up the quotas and accounts for the tray. Everything is in memory.
func (w *window) quota(ctx context.Context) desktop.Quota {
	users, err := w.hub.Service().ListUsers(ctx)
	if err != nil {
		return desktop.Quota{}
	}
	accounts, err := w.hub.Service().ListAccounts(ctx, "")
	if err != nil {
		return desktop.Quota{}
	}
	return desktop.SumUp(users.Items, accounts.Items)
}
