// Package upstream sends requests to providers: it knows where a provider
// lives, how a credential signs a request, and through which proxy to go.
//
// On the way of a request it is the last step before the network: the relay has
// chosen an account and prepared the bytes, this package delivers them. A new
// provider is one package below this one that implements Provider.
package upstream

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/aihub/aihub/backend/core"
)

// Provider is what the gateway must know of one service.
type Provider interface {
	// Name is the provider's id in a channel.
	Name() core.Provider
	// DefaultBase is the base URL of a channel that names none.
	DefaultBase() string
	// Path maps the base URL's path and the path of the gateway's own surface
	// (such as /v1/messages) to the path at the provider. It accepts a base
	// with and without its version.
	Path(base, path string) string
	// Sign puts the credential into the header.
	Sign(h http.Header, cred core.Credential) error
	// TestRequest returns the smallest request that a model answers, as a path
	// of the gateway's own surface and a body.
	TestRequest(model string) (path string, body []byte)
	// ModelsPath is where the provider lists its models, and ParseModels reads
	// the names in the answer and the query of the next page ("" at the end).
	ModelsPath() string
	ParseModels(body []byte) (names []string, nextQuery string)
	// TestModels are model names to try a channel with when it names none, best
	// first; they may hold "*" and are matched against the provider's list.
	TestModels() []string
}

// Request is one request to an upstream.
type Request struct {
	Channel *core.Channel
	Account *core.Account
	Method  string
	Path    string // on the gateway's own surface
	Query   string // raw
	Header  http.Header
	// Body is closed by the transport when it has no more use for it, which can
	// be after the answer has come.
	Body          io.ReadCloser
	ContentLength int64
	// GetBody returns the body anew when a kept-alive connection turns out to
	// be dead before a byte was answered.
	GetBody func() (io.ReadCloser, error)
}

// Client sends requests to all providers.
type Client struct {
	providers  map[core.Provider]Provider
	transports *transports
}

// NewClient returns a client for the providers.
func NewClient(providers ...Provider) *Client {
	c := &Client{providers: make(map[core.Provider]Provider, len(providers)), transports: newTransports()}
	for _, p := range providers {
		c.providers[p.Name()] = p
	}
	return c
}

// Provider returns the implementation behind a channel, or nil when this build
// has none.
func (c *Client) Provider(name core.Provider) Provider { return c.providers[name] }

// Do sends the request and returns the answer's head; the caller reads and
// closes the body. Header is taken over and signed.
func (c *Client) Do(ctx context.Context, r *Request) (*http.Response, error) {
	p := c.providers[r.Channel.Provider]
	if p == nil {
		return nil, core.Errorf(core.CodeUnsupported, "provider %q is not built in", r.Channel.Provider)
	}
	if s, ok := p.(Sender); ok {
		return c.sendBy(ctx, s, r)
	}
	u, err := endpoint(p, r.Channel, r.Path, r.Query)
	if err != nil {
		return nil, err
	}
	if err := p.Sign(r.Header, r.Account.Credential); err != nil {
		return nil, err
	}
	for name, value := range r.Channel.Headers {
		r.Header.Set(name, value)
	}
	transport, err := c.via(r.Channel, r.Account)
	if err != nil {
		return nil, err
	}
	req := &http.Request{
		Method: r.Method, URL: u, Host: u.Host, Header: r.Header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: r.Body, ContentLength: r.ContentLength, GetBody: r.GetBody,
	}
	return transport.RoundTrip(req.WithContext(ctx))
}

func (c *Client) sendBy(ctx context.Context, s Sender, r *Request) (*http.Response, error) {
	via, err := c.via(r.Channel, r.Account)
	if err != nil {
		return nil, err
	}
	return s.Send(ctx, via, r)
}

// via returns the way to an account's upstream: the account's proxy, else the
// channel's, else that of the environment.
func (c *Client) via(ch *core.Channel, a *core.Account) (*http.Transport, error) {
	if a.ProxyURL != "" {
		return c.transports.find(a.ProxyURL)
	}
	return c.transports.find(ch.ProxyURL)
}

func endpoint(p Provider, ch *core.Channel, path, query string) (*url.URL, error) {
	base := ch.BaseURL
	if base == "" {
		base = p.DefaultBase()
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil, core.Invalid("base_url", "the base URL of channel %q is not a URL", ch.Name)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: p.Path(u.Path, path), RawQuery: query}, nil
}

// Close drops idle connections.
func (c *Client) Close() { c.transports.close() }

// RequireKey is the Sign of providers whose only credential is an API key.
func RequireKey(cred core.Credential) error {
	if cred.APIKey == "" {
		return fmt.Errorf("sign: %w", core.Invalid("credential", "the account has no API key"))
	}
	return nil
}
