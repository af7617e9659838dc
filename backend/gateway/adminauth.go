package gateway

import (
	"crypto/sha256"
	"crypto/subtle"
	"maps"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

const (
	adminKeyHeader = "X-Admin-Key"
	// wrongKeys is how many wrong admin keys one address may send in
	// wrongWindow. The right key always passes, so nobody can lock its owner
	// out from the same address.
	wrongKeys   = 10
	wrongWindow = time.Minute
	// maxWrongAddresses bounds the memory that guessing from many addresses
	// costs. Beyond it the addresses share one count.
	maxWrongAddresses = 4096
)

// adminAuth checks the admin key of a request and slows guessing down.
type adminAuth struct {
	key func() string
	now func() time.Time

	mu    sync.Mutex
	wrong map[netip.Prefix]*wrongCount
	swept time.Time // when what is over was last dropped from wrong
}

type wrongCount struct {
	since time.Time // when the window began
	n     int
}

// newAdminAuth checks against what key returns at the moment of a request; an
// empty key lets nobody in.
func newAdminAuth(key func() string, now func() time.Time) *adminAuth {
	return &adminAuth{key: key, now: now, wrong: map[netip.Prefix]*wrongCount{}}
}

// check returns nil for the right key. Otherwise it returns an error of code
// "unauthorized", or of "rate_limited" with the time to wait.
func (a *adminAuth) check(r *http.Request) (retryAfter time.Duration, err error) {
	got := r.Header.Get(adminKeyHeader)
	if got == "" {
		return 0, core.Errorf(core.CodeUnauthorized, "send the admin key in the header %s", adminKeyHeader)
	}
	if a.right(got) {
		return 0, nil
	}
	if wait := a.count(remoteNet(r.RemoteAddr)); wait > 0 {
		return wait, core.Errorf(core.CodeRateLimited, "too many wrong admin keys from this address; try again in a minute")
	}
	return 0, core.Errorf(core.CodeUnauthorized, "the admin key is wrong")
}

// right compares hashes, so that neither content nor length shows in the time
// it takes.
func (a *adminAuth) right(got string) bool {
	want := a.key()
	g, w := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(g[:], w[:]) == 1 && want != ""
}

// count notes a wrong key and returns how long the address has to wait, or 0.
func (a *adminAuth) count(from netip.Prefix) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	c := a.wrong[from]
	if c == nil {
		c = a.add(from, now)
	}
	if now.Sub(c.since) >= wrongWindow {
		*c = wrongCount{since: now}
	}
	c.n++
	if c.n <= wrongKeys {
		return 0
	}
	return wrongWindow - now.Sub(c.since)
}

// add begins a count for an address, or returns the shared one when there are
// too many.
func (a *adminAuth) add(from netip.Prefix, now time.Time) *wrongCount {
	if len(a.wrong) >= maxWrongAddresses && now.Sub(a.swept) >= wrongWindow {
		a.swept = now
		maps.DeleteFunc(a.wrong, func(_ netip.Prefix, c *wrongCount) bool { return now.Sub(c.since) >= wrongWindow })
	}
	if len(a.wrong) >= maxWrongAddresses {
		from = netip.Prefix{}
	}
	c := a.wrong[from]
	if c == nil {
		c = &wrongCount{since: now}
		a.wrong[from] = c
	}
	return c
}

// remoteNet is who is counted: the address of the connection, never what a
// header claims. One IPv6 customer has a whole /64.
func remoteNet(remote string) netip.Prefix {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	addr, bits := ap.Addr().Unmap().WithZone(""), 32
	if addr.Is6() {
		bits = 64
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
