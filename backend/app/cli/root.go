// Package cli is the command line: each command reads its flags, builds the
// program by package app and runs it until a signal ends it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
)

// Options is what the build contributes.
type Options struct {
	Assets  fs.FS
	Version string
	// Desktop runs the window; nil in a build without one.
	Desktop func(context.Context, app.Config) error
}

// Run carries out the command line and returns the exit code: 0, 1 for a
// failure, 2 for a command line that cannot be understood.
func Run(o Options) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once, as without a handler.
	defer context.AfterFunc(ctx, stop)()
	c := &commands{Options: o}
	err := c.root().ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "aihub:", text(err))
	if _, ok := errors.AsType[*core.Error](err); ok || c.running {
		return 1
	}
	return 2
}

// text is an error for a person: what happened without the cause, which is in
// the log.
func text(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok && e.Message != "" {
		return e.Message
	}
	return err.Error()
}

// commands holds what the commands share.
type commands struct {
	Options
	// running is set when a command has begun its work: errors from then on are
	// not about the command line.
	running bool
}

func (c *commands) root() *cobra.Command {
	f := &flags{}
	root := &cobra.Command{
		Use:           "aihub",
		Short:         "AiHub: one local address for all your AI accounts",
		Long:          "AiHub is a desktop app with a local AI gateway.\nWithout a command it opens the desktop app; on a machine without a display use `aihub serve`.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return c.desktop(cmd, f) },
	}
	root.SetOut(os.Stdout)
	f.register(root.Flags())
	root.AddCommand(c.keepers()...)
	root.AddCommand(c.serve(), c.demo(), c.simulate(), c.login(), c.accounts(), c.health(), c.version())
	return root
}

func (c *commands) desktop(cmd *cobra.Command, f *flags) error {
	if c.Desktop == nil {
		return core.Errorf(core.CodeUnsupported, "this build has no window; run `aihub serve` and open the dashboard in a browser")
	}
	cfg, err := f.config(cmd, c.Options)
	if err != nil {
		return err
	}
	c.running = true
	cfg.Desktop = true
	return c.Desktop(cmd.Context(), cfg)
}

func (c *commands) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version", Args: cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) { cmd.Println("aihub", c.Version) },
	}
}
