package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
)

// health is what a container asks whether it is well; the image has no shell
// and no curl.
func (c *commands) health() *cobra.Command {
	var url string
	cmd := &cobra.Command{
		Use: "health", Short: "ask a running gateway whether it is well", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if url == "" {
				cfg, err := app.Environment()
				if err != nil {
					return err
				}
				port := cfg.Port
				if port == 0 {
					port = app.DefaultPort
				}
				url = "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
			}
			c.running = true
			return askHealth(cmd.Context(), url+"/healthz")
		},
	}
	cmd.Flags().StringVar(&url, "url", "", "the gateway's address (default: this machine, PORT)")
	return cmd
}

func askHealth(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return core.Invalid("url", "%s is not a URL", url)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil}}
	res, err := client.Do(req)
	if err != nil {
		return &core.Error{Code: core.CodeUnavailable, Message: "no gateway answers at " + url, Err: err}
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 4096)); err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("the gateway at %s answers with status %d", url, res.StatusCode)
	}
	return nil
}
