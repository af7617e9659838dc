//go:build desktop && !bindings

package main

import (
	"context"
	_ "embed"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/windows"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/desktop"
)

//go:embed build/linux/aihub-256.png
var appIcon []byte

// desktopMain returns what "aihub" without a command does: the desktop app. It
// must run on the main goroutine, which the systems reserve for windows.
func desktopMain() func(context.Context, app.Config) error { return runDesktop }

func runDesktop(ctx context.Context, cfg app.Config) error {
	if err := desktop.CheckDisplay(); err != nil {
		return err
	}
	claim, err := desktop.Claim(ctx, cfg.DatabasePath)
	if err != nil {
		return err
	}
	if claim == nil { // the first instance shows its window now
		return nil
	}
	defer claim.Close() // again after a restart, which is in vain
	desktop.NameProgram()
	cfg.Desktop = true
	hub, err := app.New(ctx, cfg)
	if err == nil {
		err = checkPage(cfg.Assets)
	}
	if err != nil {
		return errors.Join(err, showFailure(ctx, err))
	}
	w := newWindow(hub, claim)
	w.tray = desktop.RegisterTray(w.trayOptions())
	defer context.AfterFunc(ctx, w.quit)()
	err = wails.Run(w.options(ctx, cfg.Assets))
	w.end() // in case that the loop has ended without the window's order
	if err == nil && w.again.Load() {
		// The new one must not take this one for the first.
		return errors.Join(claim.Close(), relaunch())
	}
	return err
}

// relaunch starts the program anew, beside this one, which ends.
func relaunch() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return exec.Command(self, os.Args[1:]...).Start() //nolint:gosec,noctx // itself; it outlives this process
}

// checkPage reports a program that was built without its page.
func checkPage(files fs.FS) error {
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return core.Errorf(core.CodeUnsupported, "this program was built without the dashboard; build it with make")
	}
	return nil
}

func (w *window) options(ctx context.Context, page fs.FS) *options.App {
	place, start := w.place, options.Normal
	if place.Maximised {
		start = options.Maximised
	}
	return &options.App{
		Title: "AiHub", Width: place.Width, Height: place.Height,
		MinWidth: desktop.MinWidth, MinHeight: desktop.MinHeight, WindowStartState: start,
		BackgroundColour: background(ctx),
		AssetServer:      &assetserver.Options{Assets: page},
		OnStartup:        w.startup,
		OnBeforeClose:    w.beforeClose,
		OnShutdown:       func(context.Context) { w.end() },
		Bind:             []any{&App{service: w.hub.Service(), files: dialogs{w}, ctx: w.life}},
		ErrorFormatter:   func(err error) any { return problemOf(w.log, err) },
		Logger:           wailsLog{w.log},
		Linux:            linuxOptions(),
		Windows:          &windows.Options{Theme: windows.SystemDefault, WebviewUserDataPath: w.webviewDir()},
	}
}

func linuxOptions() *linux.Options {
	return &linux.Options{
		Icon: appIcon, ProgramName: "aihub",
		// The page draws charts on plain canvases. Drawing them by the GPU gains
		// nothing and leaves the window blank with some drivers.
		WebviewGpuPolicy: linux.WebviewGpuPolicyNever,
	}
}

// background is the page's own, so that the window does not flash before the
// page is drawn.
func background(ctx context.Context) *options.RGBA {
	if desktop.PrefersDark(ctx) {
		return options.NewRGB(0x0e, 0x0e, 0x10)
	}
	return options.NewRGB(0xf1, 0xef, 0xea)
}

// problem is how an operation's error reaches the page: the same fields as in
// the problem document of the HTTP API.
type problem struct {
	Code    core.Code `json:"code"`
	Message string    `json:"message"`
	Field   string    `json:"field,omitempty"`
}

// problemOf keeps internal texts in the log.
func problemOf(log *slog.Logger, err error) problem {
	e, ok := errors.AsType[*core.Error](err)
	if !ok || e.Code == core.CodeInternal {
		log.Error("an operation failed", "error", err)
		return problem{Code: core.CodeInternal, Message: "internal error; the log has the details"}
	}
	return problem{Code: e.Code, Message: e.Message, Field: e.Field}
}
