package upstream

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// transports keeps one http.Transport, and so one pool of connections, for each
// proxy. "" stands for the proxy of the environment.
type transports struct {
	direct *http.Transport
	mu     sync.Mutex
	byURL  map[string]*http.Transport
}

func newTransports() *transports {
	return &transports{direct: newTransport(environmentProxy), byURL: map[string]*http.Transport{}}
}

// environmentProxy follows HTTPS_PROXY and NO_PROXY. Loopback upstreams are
// never sent through a proxy; net/http promises that for localhost and
// loopback addresses, whatever the environment says.
func environmentProxy(r *http.Request) (*url.URL, error) { return http.ProxyFromEnvironment(r) }

func newTransport(proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	dialer := newDialer()
	return &http.Transport{
		Proxy:               dialer.hide(proxy),
		DialContext:         dialer.dial,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        1024,
		MaxIdleConnsPerHost: 256,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: handshakeTime,
		WriteBufferSize:     32 << 10,
		// The meters read the answer as it passes by, so it must not be
		// compressed; and nothing may be decompressed behind the client's back.
		DisableCompression:     true,
		OnProxyConnectResponse: refusedByProxy,
	}
}

// ProxyRefusal says that an HTTP proxy did not open a way to the host.
type ProxyRefusal struct{ Status int }

// Error implements error.
func (e *ProxyRefusal) Error() string {
	if e.Status == http.StatusProxyAuthRequired {
		return "the proxy refused its user name or password (status 407)"
	}
	return fmt.Sprintf("the proxy did not connect to the host (status %d)", e.Status)
}

// refusedByProxy makes a proxy's refusal an error that is told apart from a
// broken connection: it says nothing about the provider or the account.
func refusedByProxy(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode == http.StatusOK {
		return nil
	}
	return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: &ProxyRefusal{Status: res.StatusCode}}
}

func (t *transports) find(proxy string) (*http.Transport, error) {
	if proxy == "" {
		return t.direct, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if tr := t.byURL[proxy]; tr != nil {
		return tr, nil
	}
	u, err := url.Parse(proxy)
	if err != nil {
		// The error of url.Parse repeats the URL, which may hold a password.
		return nil, core.Invalid("proxy_url", "the proxy URL cannot be read")
	}
	tr := newTransport(http.ProxyURL(u))
	t.byURL[proxy] = tr
	return tr, nil
}

func (t *transports) close() {
	t.direct.CloseIdleConnections()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, tr := range t.byURL {
		tr.CloseIdleConnections()
	}
}
