package upstream_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
	"github.com/aihub/aihub/backend/upstream"
	"github.com/aihub/aihub/backend/upstream/openai"
)

// wires are the ends between which the proxies of a test stand.
type wires struct {
	plain, secure       string // hosts; nobody trusts the certificate of the second
	dead, silent        string // addresses where nobody listens, and where nobody answers
	http, https, socks  string // addresses of proxies that ask for a password
	openHTTP, openSOCKS string // and of some that do not, but connect to neither host
	hasty               string // an HTTP proxy that soon gives up on what it does not understand
}

// quiet starts a server that says nothing of what it does not understand, and
// gives up on that after its patience (0 = none).
func quiet(h http.Handler, secure bool, patience time.Duration) *httptest.Server {
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ReadHeaderTimeout = patience
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	if secure {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	return srv
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func socksOn(t *testing.T, p *simulator.Proxy) string {
	t.Helper()
	ln, done := listen(t), make(chan struct{})
	go func() {
		defer close(done)
		_ = p.ServeSOCKS(ln) // ends with the listener
	}()
	t.Cleanup(func() { ln.Close(); p.Close(); <-done })
	return ln.Addr().String()
}

func newWires(t *testing.T) *wires {
	t.Helper()
	serve := func(h http.Handler, secure bool) string {
		srv := quiet(h, secure, 0)
		t.Cleanup(srv.Close)
		return srv.Listener.Addr().String()
	}
	w := &wires{plain: serve(http.NotFoundHandler(), false), secure: serve(http.NotFoundHandler(), true)}
	locked := func() *simulator.Proxy {
		p := &simulator.Proxy{User: "pat", Password: "passw0rd"}
		t.Cleanup(p.Close)
		return p
	}
	w.http, w.https, w.socks = serve(locked(), false), serve(locked(), true), socksOn(t, locked())
	choosy := &simulator.Proxy{Refuse: []string{w.plain, w.secure}}
	w.openHTTP, w.openSOCKS = serve(choosy, false), socksOn(t, choosy)
	hasty := quiet(locked(), false, 50*time.Millisecond)
	t.Cleanup(hasty.Close)
	w.hasty = hasty.Listener.Addr().String()
	silent, dead := listen(t), listen(t)
	t.Cleanup(func() { silent.Close() })
	w.silent, w.dead = silent.Addr().String(), dead.Addr().String()
	dead.Close()
	return w
}

// A test of a proxy names the step that failed, and never the password.
func TestProxyStepsAreNamed(t *testing.T) {
	w := newWires(t)
	tests := []struct {
		name, proxy, host string
		step              core.ProxyStep
		says              string
	}{
		{"no proxy", "", "http://" + w.plain, "", ""},
		{"no proxy, host is down", "", "https://" + w.dead, core.StepHost, "refused"},
		{"no proxy, host is not trusted", "", "https://" + w.secure, core.StepHostTLS, "certificate"},
		{"no proxy, no TLS there", "", "https://" + w.plain, core.StepHostTLS, "TLS"},
		{"http proxy", "http://pat:passw0rd@" + w.http, "http://" + w.plain, "", ""},
		{"http proxy is down", "http://pat:passw0rd@" + w.dead, "https://" + w.secure, core.StepProxy, "refused"},
		{"socks proxy is down", "socks5://pat:passw0rd@" + w.dead, "http://" + w.plain, core.StepProxy, "refused"},
		{"wrong password", "http://pat:wr0ng@" + w.http, "https://" + w.secure, core.StepProxyAuth, "refused its user name"},
		{"wrong password, host without TLS", "http://pat:wr0ng@" + w.http, "http://" + w.plain, core.StepProxyAuth, "refused its user name"},
		{"no password", "http://" + w.http, "https://" + w.secure, core.StepProxyAuth, "wants a user name"},
		{"socks, wrong password", "socks5h://pat:wr0ng@" + w.socks, "http://" + w.plain, core.StepProxyAuth, "refused its user name"},
		{"socks, no password", "socks5://" + w.socks, "http://" + w.plain, core.StepProxyAuth, "wants a user name"},
		{"https proxy without a certificate to trust", "https://pat:passw0rd@" + w.https, "http://" + w.plain, core.StepProxyTLS, "certificate"},
		{"http proxy named https", "https://pat:passw0rd@" + w.http, "http://" + w.plain, core.StepProxyTLS, "http://"},
		{"http proxy named socks5", "socks5://pat:passw0rd@" + w.hasty, "http://" + w.plain, core.StepProxy, "no socks5 proxy"},
		{"socks proxy named http", "http://pat:passw0rd@" + w.socks, "https://" + w.secure, core.StepProxy, "no http proxy"},
		{"host is not trusted behind the proxy", "http://pat:passw0rd@" + w.http, "https://" + w.secure, core.StepHostTLS, "certificate"},
		{"host is not trusted behind socks", "socks5://pat:passw0rd@" + w.socks, "https://" + w.secure, core.StepHostTLS, "certificate"},
		{"host is down behind the proxy", "http://pat:passw0rd@" + w.http, "https://" + w.dead, core.StepHost, "502"},
		{"host without TLS is down behind the proxy", "http://pat:passw0rd@" + w.http, "http://" + w.dead, core.StepHost, "502"},
		{"host is down behind socks", "socks5://pat:passw0rd@" + w.socks, "https://" + w.dead, core.StepHost, "connection refused"},
		{"proxy refuses the host", "http://" + w.openHTTP, "https://" + w.secure, core.StepHost, "502"},
		{"socks refuses the host", "socks5://" + w.openSOCKS, "http://" + w.plain, core.StepHost, "ruleset"},
		{"silent proxy", "http://pat:passw0rd@" + w.silent, "https://" + w.secure, core.StepHost, "in time"},
		{"broken address", "http://pat:passw%zzrd@x", "http://" + w.plain, core.StepProxy, "cannot be read"},
	}
	client := upstream.NewClient(openai.Provider{})
	t.Cleanup(client.Close)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if tt.name == "silent proxy" {
				ctx, cancel = context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
			}
			got := client.TestProxy(ctx, &core.Channel{Provider: core.ProviderOpenAI, BaseURL: tt.host}, &core.Account{ProxyURL: tt.proxy})
			if got.OK != (tt.step == "") || got.Step != tt.step || !strings.Contains(got.Error, tt.says) {
				t.Errorf("%+v", got)
			}
			if text := got.Proxy + got.Error; strings.Contains(text, "passw0rd") || strings.Contains(text, "wr0ng") {
				t.Errorf("the password is shown: %+v", got)
			}
		})
	}
}
