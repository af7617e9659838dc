package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// tunnelTime bounds one test of a proxy.
const tunnelTime = 20 * time.Second

// TestProxy opens a connection to the account's host in the very way in which
// its requests go, and closes it. No credential is sent. The answer tells at
// which step it failed, and never the proxy's password.
func (c *Client) TestProxy(ctx context.Context, ch *core.Channel, a *core.Account) core.ProxyTest {
	host, err := c.home(ch, a)
	if err != nil {
		return core.ProxyTest{Step: core.StepHost, Error: tell(err)}
	}
	res := core.ProxyTest{Host: host.Host}
	via, err := c.via(ch, a)
	if err != nil {
		res.Step, res.Error = core.StepProxy, tell(err)
		return res
	}
	w := &tunnel{host: host}
	if w.proxy, err = proxyOf(ch, a, host); err != nil {
		res.Step, res.Error = core.StepProxy, "the proxy's address cannot be read"
		return res
	}
	if w.proxy != nil {
		res.Proxy = (&url.URL{Scheme: w.proxy.Scheme, Host: w.proxy.Host}).String()
	}
	ctx, cancel := context.WithTimeout(ctx, tunnelTime)
	defer cancel()
	start := time.Now()
	err = w.open(ctx, via)
	res.LatencyMS = time.Since(start).Milliseconds()
	if err != nil {
		res.Step, res.Error = w.judge(err)
	}
	res.OK = res.Error == ""
	return res
}

// proxyOf is the proxy by which an account's host is reached; nil = none.
func proxyOf(ch *core.Channel, a *core.Account, host *url.URL) (*url.URL, error) {
	raw := a.ProxyURL
	if raw == "" {
		raw = ch.ProxyURL
	}
	if raw == "" {
		return environmentProxy(&http.Request{URL: host})
	}
	return url.Parse(raw)
}

// home is the scheme and host to which an account's requests go.
func (c *Client) home(ch *core.Channel, a *core.Account) (*url.URL, error) {
	p := c.providers[ch.Provider]
	if p == nil {
		return nil, core.Errorf(core.CodeUnsupported, "provider %q is not built in", ch.Provider)
	}
	base := ch.BaseURL
	if base == "" {
		base = p.DefaultBase()
	}
	if h, ok := p.(Homed); ok {
		var err error
		if base, err = h.Home(ch, a); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil, core.Invalid("base_url", "the base URL of channel %q is not a URL", ch.Name)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}, nil
}

// tell returns an own error's words for a person.
func tell(err error) string {
	if e, ok := errors.AsType[*core.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

// tunnel is a connection through a proxy that is being opened. The trace of
// net/http tells how far it came.
type tunnel struct {
	proxy, host *url.URL // proxy is nil without one
	connected   atomic.Bool
	secured     atomic.Bool // TLS with the host has begun
}

func (w *tunnel) open(ctx context.Context, via *http.Transport) error {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				w.connected.Store(true)
			}
		},
		TLSHandshakeStart: func() { w.secured.Store(true) },
	})
	conn, err := via.NewClientConn(ctx, w.host.Scheme, withPort(w.host))
	if err != nil {
		return err
	}
	defer conn.Close()
	if w.proxy == nil || w.host.Scheme != "http" || isSOCKS(w.proxy) {
		return nil
	}
	return w.ask(ctx, conn)
}

func isSOCKS(u *url.URL) bool { return strings.HasPrefix(u.Scheme, "socks5") }

// ask sends an empty question through an HTTP proxy to a host without TLS: only
// then does such a proxy look at the password and for the host.
func (w *tunnel) ask(ctx context.Context, conn *http.ClientConn) error {
	req := (&http.Request{Method: http.MethodHead, URL: w.host, Host: w.host.Host, Header: http.Header{}}).WithContext(ctx)
	res, err := conn.RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusProxyAuthRequired, http.StatusBadGateway, http.StatusGatewayTimeout:
		return &ProxyRefusal{Status: res.StatusCode}
	}
	return nil
}

// judge says at which step it failed, and what to look at.
func (w *tunnel) judge(err error) (core.ProxyStep, string) {
	why := cause(err)
	switch {
	case !w.connected.Load() && w.proxy == nil:
		return core.StepHost, "the host cannot be reached: " + why
	case !w.connected.Load():
		return core.StepProxy, "the proxy cannot be reached: " + why
	case w.secured.Load():
		return core.StepHostTLS, "the connection to the host could not be secured: " + why
	case w.proxy != nil && w.proxy.Scheme == "https" && isProxyTLS(err):
		return core.StepProxyTLS, "the connection to the proxy could not be secured: " + why + "; a proxy without TLS has an address that begins with http://"
	}
	return w.refused(err, why)
}

// refused judges what the proxy said.
func (w *tunnel) refused(err error, why string) (core.ProxyStep, string) {
	r, refused := errors.AsType[*ProxyRefusal](err)
	switch {
	case refused && r.Status == http.StatusProxyAuthRequired, strings.Contains(why, "authentication"), strings.Contains(why, "username/password"):
		if w.proxy.User == nil {
			return core.StepProxyAuth, "the proxy wants a user name and password"
		}
		return core.StepProxyAuth, "the proxy refused its user name or password"
	case refused:
		return core.StepHost, r.Error()
	case strings.HasPrefix(why, socksReply):
		return core.StepHost, "the proxy could not reach the host: " + strings.TrimPrefix(why, socksReply)
	case errors.Is(err, context.DeadlineExceeded):
		return core.StepHost, "the proxy did not connect to the host in time"
	}
	return core.StepProxy, "what answers at the proxy's address is no " + w.proxy.Scheme + " proxy: " + why
}

// socksReply begins net/http's words for a refusal of a SOCKS proxy.
const socksReply = "unknown error "

// isProxyTLS reports whether TLS with the proxy failed, and not what came after.
func isProxyTLS(err error) bool {
	_, refused := errors.AsType[*ProxyRefusal](err)
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "proxyconnect" && !refused
}

// cause is the innermost error's text: the outer ones repeat addresses.
func cause(err error) string {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "it does not speak TLS"
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			break
		}
		err = inner
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	return err.Error()
}
