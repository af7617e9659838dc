package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

func (c *commands) simulate() *cobra.Command {
	var port int
	var o simulator.Options
	var fast, ready bool
	cmd := &cobra.Command{
		Use: "simulate", Short: "run the provider simulator alone, on loopback", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := listenPort(port); err != nil {
				return err
			}
			c.running = true
			if !fast {
				o.Latency = simulator.DefaultLatency()
			}
			return simulate(cmd, port, o, ready)
		},
	}
	cmd.Flags().IntVar(&port, "port", 9100, "port to listen on; 0 = any free one")
	cmd.Flags().Int64Var(&o.Seed, "seed", 1, "decides everything that is invented")
	cmd.Flags().BoolVar(&fast, "fast", false, "answer without the pauses of a real model")
	cmd.Flags().BoolVar(&o.Lenient, "lenient", false, "let unknown request fields pass")
	cmd.Flags().IntVar(&o.KeepRequests, "keep", 0, "how many of the last requests it remembers (default 256)")
	cmd.Flags().BoolVar(&ready, "ready-json", false, "print one line of JSON when ready")
	return cmd
}

func simulate(cmd *cobra.Command, port int, o simulator.Options, readyJSON bool) error {
	sim, err := startSimulator(cmd.Context(), port, o)
	if err != nil {
		return err
	}
	if readyJSON {
		err = printJSON(cmd.OutOrStdout(), map[string]string{"url": sim.url})
	} else {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), simulateText, sim.url, sim.url, sim.url, sim.url, sim.url)
	}
	if err != nil {
		return errors.Join(err, sim.close())
	}
	<-cmd.Context().Done()
	return sim.close()
}

const simulateText = `provider simulator
  OpenAI     %s/v1
  Anthropic  %s
  Gemini     %s
  Kiro       %s/kiro

Any API key works, but Kiro's, which knows its accounts. Add one:

  curl %s/sim/kiro/accounts -d '{"kind":"api_key","plan":"pro"}'
`

// running simulator on a port of its own.
type simulation struct {
	url    string
	sim    *simulator.Simulator
	server *http.Server
	served chan error
}

func startSimulator(ctx context.Context, port int, o simulator.Options) (*simulation, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, &core.Error{Code: core.CodeConflict, Message: fmt.Sprintf("the simulator cannot listen on port %d; choose another with --port", port), Err: err}
	}
	sim := simulator.New(o)
	s := &simulation{
		url: "http://" + ln.Addr().String(), sim: sim,
		server: &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second},
		served: make(chan error, 1),
	}
	go func() { s.served <- s.server.Serve(ln) }()
	return s, nil
}

func (s *simulation) close() error {
	err := s.server.Close()
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
