package simulator

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
	"time"
)

// Proxy is a forward proxy, such as people put between AiHub and a provider. As
// an http.Handler it is an HTTP proxy (an https one on a TLS listener);
// ServeSOCKS makes it a SOCKS5 one. It is as strict as common real ones. The
// zero value lets everybody through.
type Proxy struct {
	// User and Password are asked for unless User is "".
	User, Password string
	// Refuse names hosts ("example.org:443") to which it connects nobody.
	Refuse []string

	mu    sync.Mutex
	hosts []string
	conns map[net.Conn]struct{}
}

// Hosts are the hosts and ports to which it has connected, in order.
func (p *Proxy) Hosts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.hosts...)
}

// Close breaks all connections that go through the proxy.
func (p *Proxy) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		conn.Close()
	}
}

// ServeHTTP implements http.Handler: CONNECT for hosts with TLS (RFC 9110,
// section 9.3.6), a request for a whole URL for the others.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !p.admits(r.Header.Get("Proxy-Authorization")):
		w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
		http.Error(w, "Proxy Authentication Required", http.StatusProxyAuthRequired)
	case r.Method == http.MethodConnect:
		p.connect(w, r)
	case r.URL.Scheme == "http" && r.URL.Host != "":
		p.forward(w, r)
	default:
		http.Error(w, "this is a proxy: ask it for a whole URL", http.StatusBadRequest)
	}
}

// admits checks the credentials of an HTTP client (RFC 7617).
func (p *Proxy) admits(header string) bool {
	if p.User == "" {
		return true
	}
	scheme, code, _ := strings.Cut(header, " ")
	raw, err := base64.StdEncoding.DecodeString(code)
	return err == nil && strings.EqualFold(scheme, "Basic") && p.knows(string(raw))
}

// knows compares "user:password".
func (p *Proxy) knows(pair string) bool {
	return subtle.ConstantTimeCompare([]byte(pair), []byte(p.User+":"+p.Password)) == 1
}

func (p *Proxy) connect(w http.ResponseWriter, r *http.Request) {
	upstream, err := p.dial(r.Context(), r.Host)
	if err != nil {
		http.Error(w, "the host cannot be reached", http.StatusBadGateway)
		return
	}
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		upstream.Close()
		http.Error(w, "CONNECT needs HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return
	}
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		client.Close()
		upstream.Close()
		return
	}
	p.join(client, buffered, upstream)
}

func (p *Proxy) forward(w http.ResponseWriter, r *http.Request) {
	host := r.URL.Host
	if r.URL.Port() == "" {
		host = net.JoinHostPort(r.URL.Hostname(), "80")
	}
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return p.dial(ctx, host)
	}}
	onward := &httputil.ReverseProxy{
		Rewrite:       func(out *httputil.ProxyRequest) { out.Out.Header.Del("Proxy-Authorization") },
		Transport:     transport,
		FlushInterval: -1,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "the host cannot be reached", http.StatusBadGateway)
		},
	}
	onward.ServeHTTP(w, r)
}

type refusedHost struct{ host string }

func (e refusedHost) Error() string { return "the proxy does not connect to " + e.host }

func (p *Proxy) dial(ctx context.Context, host string) (net.Conn, error) {
	for _, refused := range p.Refuse {
		if refused == host {
			return nil, refusedHost{host}
		}
	}
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", host)
	if err == nil {
		p.mu.Lock()
		p.hosts = append(p.hosts, host)
		p.mu.Unlock()
	}
	return conn, err
}

// join carries bytes both ways until one side ends; from is what was read of the
// client already.
func (p *Proxy) join(client net.Conn, from io.Reader, upstream net.Conn) {
	p.track(client, upstream)
	defer p.forget(client, upstream)
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(client, upstream) // either side may break at any time
		client.Close()
	})
	_, _ = io.Copy(upstream, from)
	upstream.Close()
	back.Wait()
}

func (p *Proxy) track(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns == nil {
		p.conns = map[net.Conn]struct{}{}
	}
	for _, c := range conns {
		p.conns[c] = struct{}{}
	}
}

func (p *Proxy) forget(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		c.Close()
		delete(p.conns, c)
	}
}
