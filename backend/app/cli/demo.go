package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/spf13/cobra"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// demoPorts is how many ports the demo tries, from the default one up.
const demoPorts = 20

func (c *commands) demo() *cobra.Command {
	d := &demo{}
	cmd := &cobra.Command{
		Use: "demo", Short: "a throw-away AiHub on simulated providers, with live traffic", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			port, err := listenPort(d.port)
			if err != nil {
				return err
			}
			c.running = true
			d.any = !cmd.Flags().Changed("port")
			d.port = port
			return d.run(cmd, c.Options)
		},
	}
	cmd.Flags().IntVar(&d.port, "port", app.DefaultPort, "port to listen on; 0 = any free one")
	cmd.Flags().Int64Var(&d.seed, "seed", 1, "decides everything that is invented")
	cmd.Flags().BoolVar(&d.still, "no-traffic", false, "make no requests of its own")
	cmd.Flags().BoolVar(&d.ready, "ready-json", false, "print one line of JSON when ready, instead of the text")
	return cmd
}

// demo is one run of the demo.
type demo struct {
	port         int
	any          bool // the next free port will do
	seed         int64
	still, ready bool
}

func (d *demo) run(cmd *cobra.Command, o Options) (err error) {
	ctx := cmd.Context()
	dir, err := os.MkdirTemp("", "aihub-demo-")
	if err != nil {
		return fmt.Errorf("demo folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	sim, err := startSimulator(ctx, 0, simulator.Options{Seed: d.seed, Latency: simulator.DefaultLatency()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sim.close()) }()
	cfg := app.Config{DatabasePath: dir, Assets: o.Assets, Version: o.Version, Quiet: true}
	hub, err := d.start(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() {
		if hub != nil {
			err = errors.Join(err, hub.Close(context.WithoutCancel(ctx)))
		}
	}()
	world, err := furnish(ctx, hub.Service(), sim)
	if err != nil {
		return err
	}
	if err := d.tell(cmd.OutOrStdout(), hub, world, sim.url); err != nil {
		return err
	}
	cfg.AdminKey, _ = hub.AdminKey() // which has been told
	for d.live(ctx, hub, world) {
		if hub, err = d.again(ctx, hub, cfg); err != nil {
			return err
		}
	}
	return nil
}

// live lets traffic flow until the person ends the demo, or, which it reports,
// restores a backup.
func (d *demo) live(ctx context.Context, hub *app.App, world *demoWorld) bool {
	ctx, stop := context.WithCancel(ctx)
	var traffic sync.WaitGroup
	defer traffic.Wait()
	defer stop()
	if !d.still {
		traffic.Go(func() { newTraffic(hub.Gateway().URL, world, d.seed).run(ctx) })
	}
	select {
	case <-ctx.Done():
		return false
	case <-hub.Restarts():
		return true
	}
}

// again builds everything anew on the same folder and port. It returns nil when
// that fails.
func (d *demo) again(ctx context.Context, hub *app.App, cfg app.Config) (*app.App, error) {
	d.port, d.any = hub.Gateway().Port, false
	if err := hub.Close(ctx); err != nil {
		return nil, err
	}
	return d.start(ctx, cfg)
}

// start opens the gateway, on the next free port when the usual one is taken.
func (d *demo) start(ctx context.Context, cfg app.Config) (*app.App, error) {
	for try := 0; ; try++ {
		cfg.Port = d.port
		if d.port > 0 {
			cfg.Port += try
		}
		hub, err := app.New(ctx, cfg)
		if err != nil {
			return nil, err
		}
		if err = hub.StartGateway(ctx); err == nil {
			return hub, nil
		}
		if closeErr := hub.Close(ctx); closeErr != nil {
			return nil, errors.Join(err, closeErr)
		}
		if !d.any || core.CodeOf(err) != core.CodeConflict || try == demoPorts {
			return nil, err
		}
	}
}

func (d *demo) tell(w io.Writer, hub *app.App, world *demoWorld, simURL string) error {
	key, _ := hub.AdminKey()
	url := hub.Gateway().URL
	if d.ready {
		return printJSON(w, map[string]string{
			"url": url, "admin_key": key, "user_key": world.keys[0], "simulator_url": simURL,
		})
	}
	_, err := fmt.Fprintf(w, demoText, url, key, world.keys[0],
		url, world.keys[0], url, world.keys[0], url, world.keys[0])
	return err
}

const demoText = `
AiHub demo: simulated providers, nothing leaves this machine, nothing is kept

  dashboard   %s
  admin key   %s
  user key    %s

Try it:

  curl %s/v1/chat/completions -H "Authorization: Bearer %s" \
    -H "Content-Type: application/json" \
    -d '{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}'

  curl %s/v1/messages -H "x-api-key: %s" -H "anthropic-version: 2023-06-01" \
    -H "Content-Type: application/json" \
    -d '{"model":"claude-sonnet-4-5","max_tokens":200,"messages":[{"role":"user","content":"Hello"}]}'

  curl %s/v1beta/models/gemini-2.5-flash:generateContent -H "x-goog-api-key: %s" \
    -H "Content-Type: application/json" \
    -d '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}'

Press Ctrl+C to end it.
`
