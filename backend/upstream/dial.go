package upstream

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	dialTime      = 15 * time.Second
	handshakeTime = 15 * time.Second
)

// dialer connects a transport. It speaks TLS to https proxies itself:
// http.Transport would offer them HTTP/2, and then talk HTTP/1.1 to those that
// take it.
type dialer struct {
	net.Dialer

	secured sync.Map // host:port of each https proxy -> its name
}

func newDialer() *dialer {
	return &dialer{Dialer: net.Dialer{Timeout: dialTime, KeepAlive: 30 * time.Second}}
}

// hide makes an https proxy an http one to the transport.
func (d *dialer) hide(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		u, err := proxy(r)
		if err != nil || u == nil || u.Scheme != "https" {
			return u, err
		}
		plain := *u
		plain.Scheme, plain.Host = "http", withPort(u)
		d.secured.Store(plain.Host, u.Hostname())
		return &plain, nil
	}
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.DialContext(ctx, network, address)
	name, isProxy := d.secured.Load(address)
	if err != nil || !isProxy {
		return conn, err
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	secure := tls.Client(conn, &tls.Config{ServerName: name.(string), NextProtos: []string{"http/1.1"}})
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// withPort is the host and port of a URL, with the usual port of its scheme.
func withPort(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "http":
		port = "80"
	default:
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
