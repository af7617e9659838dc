package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
)

// reach finds a running AiHub, or opens the data folder: the store has room for
// one program only. A folder that is named is opened whatever else runs.
func (s *signIn) reach(cmd *cobra.Command, f *flags, cfg app.Config) (operations, func() error, error) {
	address := s.url
	if address == "" {
		port := cfg.Port
		if port <= 0 {
			port = app.DefaultPort
		}
		address = "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	}
	address = strings.TrimRight(address, "/")
	if f.database == "" || s.url != "" {
		err := askHealth(cmd.Context(), address+"/healthz")
		if err == nil {
			r, err := newRemote(address, cfg.AdminKey)
			return r, func() error { return nil }, err
		}
		if s.url != "" {
			return nil, nil, err
		}
	}
	return openHub(cmd, cfg)
}

func openHub(cmd *cobra.Command, cfg app.Config) (operations, func() error, error) {
	cfg.Quiet = true
	hub, err := app.New(cmd.Context(), cfg)
	if err != nil {
		return nil, nil, err
	}
	if key, source := hub.AdminKey(); source == "new" {
		cmd.PrintErrf("admin key (shown this once; it is kept in the store): %s\n", key)
	}
	return hub.Service(), func() error { return hub.Close(context.WithoutCancel(cmd.Context())) }, nil
}

// remote is an AiHub that runs elsewhere, over its admin API.
type remote struct {
	base, key string
	client    *http.Client
}

func newRemote(base, key string) (*remote, error) {
	if key == "" {
		return nil, core.Errorf(core.CodeUnauthorized, "AiHub runs at %s; give its admin key in ADMIN_KEY", base)
	}
	return &remote{base: base, key: key, client: &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{Proxy: nil}}}, nil
}

// remoteCall sends in, if there is any, and reads the answer.
func remoteCall[O any](ctx context.Context, r *remote, method, path string, in any) (out O, err error) {
	var body io.Reader = http.NoBody
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return out, err
		}
		body = bytes.NewReader(raw)
	}
	err = r.exchange(ctx, method, path, "application/json", body, &out)
	return out, err
}

// exchange sends a body and reads the answer, if there is one, into out.
func (r *remote) exchange(ctx context.Context, method, path, contentType string, body io.Reader, out any) error {
	res, err := r.send(ctx, method, path, contentType, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// send returns an answer that is no refusal; the caller closes its body.
func (r *remote) send(ctx context.Context, method, path, contentType string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.base+path, body)
	if err != nil {
		return nil, core.Invalid("url", "%s is not a URL", r.base)
	}
	req.Header.Set("X-Admin-Key", r.key)
	req.Header.Set("Content-Type", contentType)
	res, err := r.client.Do(req)
	if err != nil {
		return nil, &core.Error{Code: core.CodeUnavailable, Message: "no AiHub answers at " + r.base + "; name its address by --url", Err: err}
	}
	if res.StatusCode >= 400 {
		defer res.Body.Close()
		return nil, problem(res)
	}
	return res, nil
}

// problem makes the server's error one of this side.
func problem(res *http.Response) error {
	var p struct {
		Code   core.Code `json:"code"`
		Detail string    `json:"detail"`
	}
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil || p.Detail == "" {
		return core.Errorf(core.CodeUpstream, "what answers at %s is no AiHub (status %d)", res.Request.URL.Host, res.StatusCode)
	}
	return core.Errorf(p.Code, "%s", p.Detail)
}

// ListChannels implements operations.
func (r *remote) ListChannels(ctx context.Context) (admin.ChannelList, error) {
	return remoteCall[admin.ChannelList](ctx, r, http.MethodGet, "/api/channels", nil)
}

// CreateChannel implements operations.
func (r *remote) CreateChannel(ctx context.Context, in admin.ChannelInput) (admin.Channel, error) {
	return remoteCall[admin.Channel](ctx, r, http.MethodPost, "/api/channels", in)
}

// CreateAccount implements operations.
func (r *remote) CreateAccount(ctx context.Context, channelID string, in admin.AccountInput) (admin.Account, error) {
	return remoteCall[admin.Account](ctx, r, http.MethodPost, "/api/channels/"+url.PathEscape(channelID)+"/accounts", in)
}

// FindAccount implements operations.
func (r *remote) FindAccount(ctx context.Context, id string) (admin.Account, error) {
	return remoteCall[admin.Account](ctx, r, http.MethodGet, "/api/accounts/"+url.PathEscape(id), nil)
}

// CreateLogin implements operations.
func (r *remote) CreateLogin(ctx context.Context, in admin.LoginInput) (core.Login, error) {
	return remoteCall[core.Login](ctx, r, http.MethodPost, "/api/logins", in)
}

// FindLogin implements operations.
func (r *remote) FindLogin(ctx context.Context, id string) (core.Login, error) {
	return remoteCall[core.Login](ctx, r, http.MethodGet, "/api/logins/"+url.PathEscape(id), nil)
}

// DeleteLogin implements operations.
func (r *remote) DeleteLogin(ctx context.Context, id string) error {
	_, err := remoteCall[struct{}](ctx, r, http.MethodDelete, "/api/logins/"+url.PathEscape(id), nil)
	return err
}
