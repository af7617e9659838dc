package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/aihub/aihub/backend/app"
)

func (c *commands) serve() *cobra.Command {
	f := &flags{}
	var ready bool
	cmd := &cobra.Command{
		Use: "serve", Short: "run without a window: gateway, admin API and dashboard over HTTP", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := f.config(cmd, c.Options)
			if err != nil {
				return err
			}
			c.running = true
			for {
				port, err := serve(cmd, cfg, ready)
				if err != nil || port == 0 {
					return err
				}
				cfg.Port = port // also where it was any free one
			}
		},
	}
	f.register(cmd.Flags())
	cmd.Flags().BoolVar(&ready, "ready-json", false, "print one line of JSON when ready")
	return cmd
}

// serve runs until the context ends, then drains. It returns the port when it is
// to run again, because a backup was restored, else 0.
func serve(cmd *cobra.Command, cfg app.Config, readyJSON bool) (again int, err error) {
	ctx := cmd.Context()
	hub, err := app.New(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, hub.Close(context.WithoutCancel(ctx))) }()
	// Before anything can fail: it is in the store now and never shown again.
	key, source := hub.AdminKey()
	if source == "new" {
		fmt.Fprintf(cmd.ErrOrStderr(), "admin key (shown this once; it is kept in the store): %s\n", key)
	}
	if err := hub.StartGateway(ctx); err != nil {
		return 0, err
	}
	url := hub.Gateway().URL
	if readyJSON {
		if err := printJSON(cmd.OutOrStdout(), map[string]string{"url": url, "admin_key_source": source}); err != nil {
			return 0, err
		}
	} else {
		fmt.Fprintf(cmd.OutOrStdout(), "AiHub %s\n  dashboard and gateway  %s\n  data                   %s\n", cfg.Version, url, hub.DataFolder())
	}
	select {
	case <-ctx.Done():
		return 0, nil
	case <-hub.Restarts():
		return hub.Gateway().Port, nil
	}
}

// printJSON writes one line.
func printJSON(w io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", line)
	return err
}
