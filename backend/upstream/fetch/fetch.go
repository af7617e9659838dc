// Package fetch downloads the images and files that a client names by URL, for
// upstreams that take bytes only.
//
// On the way of a request it stands beside the upstream: the relay calls it
// while it converts. A URL comes from whoever wrote the prompt, so the package
// never connects to an address of this machine or of a private network, also
// not by a redirect or by a name that resolves to one.
package fetch

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Limits of one download.
const (
	MaxBytes     = 20 << 20
	timeout      = 20 * time.Second
	maxRedirects = 3
)

// File is what was downloaded.
type File struct {
	MIME string // as the server says, without parameters; "" when it does not
	Data string // base64
}

// Fetcher downloads. It is safe for concurrent use.
type Fetcher struct{ client *http.Client }

// New returns a Fetcher that connects only to public addresses.
func New() *Fetcher { return newFetcher(isPublic) }

func newFetcher(allowed func(netip.Addr) bool) *Fetcher {
	dialer := &net.Dialer{
		Timeout: 10 * time.Second,
		// Control sees the address that is really dialled, so a name cannot
		// resolve to one address for a check and to another for the connection.
		Control: func(_, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil || !allowed(ap.Addr().Unmap()) {
				return errPrivate
			}
			return nil
		},
	}
	return &Fetcher{client: &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{Proxy: nil, DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second},
		CheckRedirect: checkRedirect,
	}}
}

var errPrivate = errors.New("the address is not public")

func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	return checkScheme(r)
}

func checkScheme(r *http.Request) error {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return errors.New("only http and https URLs are downloaded")
	}
	return nil
}

// Get downloads the URL. Its errors are core.CodeInvalid and worded for the
// client who sent it.
func (f *Fetcher) Get(ctx context.Context, url string) (File, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil || checkScheme(req) != nil {
		return File{}, core.Invalid("url", "a file's URL must be an http or https URL, or a data: URL")
	}
	req.Header.Set("User-Agent", "aihub")
	res, err := f.client.Do(req)
	if err != nil {
		return File{}, refusal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return File{}, core.Invalid("url", "the file at %s cannot be downloaded: status %d", req.URL.Host, res.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, MaxBytes+1))
	if err != nil {
		return File{}, refusal(err)
	}
	if len(raw) > MaxBytes {
		return File{}, core.Invalid("url", "the file at %s is larger than %d MB", req.URL.Host, MaxBytes>>20)
	}
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	return File{MIME: kind, Data: base64.StdEncoding.EncodeToString(raw)}, nil
}

// refusal says what went wrong without what an attacker could learn of the
// network from it.
func refusal(err error) error {
	text := "it does not answer"
	if errors.Is(err, errPrivate) {
		text = errPrivate.Error()
	}
	return &core.Error{Code: core.CodeInvalid, Field: "url", Message: fmt.Sprintf("a file named by URL cannot be downloaded: %s", text), Err: err}
}

// Close drops idle connections.
func (f *Fetcher) Close() { f.client.CloseIdleConnections() }

// isPublic reports whether an address belongs to the public internet.
func isPublic(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range reserved() {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// reserved are ranges that are unicast and still nobody's on the internet:
// RFC 6890 and its successors, and the forms of IPv6 that hold an IPv4 address.
func reserved() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
		netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
	}
}
