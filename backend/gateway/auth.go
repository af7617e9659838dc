package gateway

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// authenticate finds the user of a request by the key, wherever the client's
// protocol puts it.
func authenticate(r *http.Request, s *core.Snapshot, now time.Time) (*core.User, *core.Key, *llm.Error) {
	secret := clientKey(r)
	if secret == "" {
		return nil, nil, denied("no key: send a key of an AiHub user as Authorization: Bearer, x-api-key, x-goog-api-key or ?key=")
	}
	key := s.KeyByHash(core.HashKey(secret))
	if key == nil {
		return nil, nil, denied("the key is not known: make one in the AiHub dashboard")
	}
	user := s.User(key.UserID)
	switch {
	case user == nil:
		return nil, nil, denied("the key has no user")
	case !user.Enabled:
		return nil, nil, denied("this key's user is disabled")
	case user.ExpiresAt != nil && !now.Before(*user.ExpiresAt):
		return nil, nil, denied("this key's user has expired")
	case !addressAllowed(user.AllowedIPs, r.RemoteAddr):
		return nil, nil, &llm.Error{Kind: llm.Forbidden, NoRetry: true, Message: "this key may not be used from this address"}
	}
	return user, key, nil
}

func denied(message string) *llm.Error {
	return &llm.Error{Kind: llm.Unauthorized, Message: message, NoRetry: true}
}

// clientKey returns the first non-empty of the four places for a key.
func clientKey(r *http.Request) string {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "bearer") {
		if token = strings.TrimSpace(token); token != "" {
			return token
		}
	}
	for _, name := range []string{"X-Api-Key", "X-Goog-Api-Key"} {
		if v := strings.TrimSpace(r.Header.Get(name)); v != "" {
			return v
		}
	}
	if strings.Contains(r.URL.RawQuery, "key=") {
		return r.URL.Query().Get("key")
	}
	return ""
}

// queryWithoutKey drops keys from the query, the client's own and what other
// services call theirs, and leaves every other byte of it as it is.
func queryWithoutKey(raw string) string {
	if !strings.Contains(raw, "key") && !strings.Contains(raw, "%") {
		return raw
	}
	kept := make([]string, 0, 4)
	for pair := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && (plain == "key" || plain == "api_key") {
			continue
		}
		kept = append(kept, pair)
	}
	return strings.Join(kept, "&")
}

func addressAllowed(allowed []string, remote string) bool {
	if len(allowed) == 0 {
		return true
	}
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return false
	}
	addr := ap.Addr().Unmap().WithZone("")
	for _, a := range allowed {
		if p, err := netip.ParsePrefix(a); err == nil && p.Contains(addr) {
			return true
		}
		if ip, err := netip.ParseAddr(a); err == nil && ip.Unmap() == addr {
			return true
		}
	}
	return false
}
