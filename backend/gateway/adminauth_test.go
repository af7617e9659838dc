package gateway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func TestAdminKeyIsNeeded(t *testing.T) {
	d := newDoor(t)
	names := d.furnish()
	for _, request := range []string{
		"GET /api/channels", "DELETE /api/channels/{channel}", "GET /api/events", "POST /api/users", "PUT /api/settings",
		"POST /api/channels/{channel}/accounts/import", "POST /api/gateway/stop",
	} {
		method, path, _ := strings.Cut(names.Replace(request), " ")
		for _, key := range []string{"", "wrong"} {
			got := d.call(method, path, "{}", adminKeyHeader, key)
			if got.status != http.StatusUnauthorized || !strings.Contains(got.body, `"code":"unauthorized"`) || got.header.Get("Content-Type") != problemType {
				t.Errorf("%s with %q: %d %s", request, key, got.status, got.body)
			}
		}
	}
	if d.store.Snapshot().Channel(names.Replace("{channel}")) == nil {
		t.Error("a request without the key had an effect")
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	d := newDoor(t)
	for range wrongKeys {
		if got := d.call(http.MethodGet, "/api/channels", "", adminKeyHeader, "wrong"); got.status != http.StatusUnauthorized {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	got := d.call(http.MethodGet, "/api/channels", "", adminKeyHeader, "wrong")
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, `"code":"rate_limited"`) {
		t.Errorf("%d %v %s", got.status, got.header, got.body)
	}
	if got := d.call(http.MethodGet, "/api/channels", ""); got.status != http.StatusOK {
		t.Errorf("the right key was refused: %d %s", got.status, got.body)
	}
}

// attempt is a request with a key from an address.
func attempt(from, key string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/api/channels", nil)
	r.RemoteAddr = from
	if key != "" {
		r.Header.Set(adminKeyHeader, key)
	}
	return r
}

func TestAdminAuthCounts(t *testing.T) {
	now := time.Unix(1000, 0)
	a := newAdminAuth(func() string { return "right" }, func() time.Time { return now })
	code := func(from, key string) core.Code {
		_, err := a.check(attempt(from, key))
		return core.CodeOf(err)
	}
	for range wrongKeys + 5 {
		if got := code("10.0.0.1:1", ""); got != core.CodeUnauthorized {
			t.Fatalf("a missing key was counted: %s", got)
		}
	}
	for range wrongKeys {
		if got := code("10.0.0.1:1", "wrong"); got != core.CodeUnauthorized {
			t.Fatalf("got %s", got)
		}
	}
	now = now.Add(20 * time.Second)
	wait, err := a.check(attempt("10.0.0.1:2", "wrong"))
	if core.CodeOf(err) != core.CodeRateLimited || wait != 40*time.Second {
		t.Errorf("%v, %v", wait, err)
	}
	if got := code("10.0.0.2:1", "wrong"); got != core.CodeUnauthorized {
		t.Errorf("another address: %s", got)
	}
	if got := code("10.0.0.1:3", "right"); got != "" {
		t.Errorf("the right key: %s", got)
	}
	now = now.Add(40 * time.Second)
	if got := code("10.0.0.1:4", "wrong"); got != core.CodeUnauthorized {
		t.Errorf("a minute later: %s", got)
	}
}

func TestAdminAuthWithoutKey(t *testing.T) {
	a := newAdminAuth(func() string { return "" }, time.Now)
	if _, err := a.check(attempt("10.0.0.1:1", "")); core.CodeOf(err) != core.CodeUnauthorized {
		t.Errorf("%v", err)
	}
	if a.right("") {
		t.Error("an empty key opens a gateway that has none")
	}
}

func TestAdminAuthIsBounded(t *testing.T) {
	now := time.Unix(1000, 0)
	a := newAdminAuth(func() string { return "right" }, func() time.Time { return now })
	guess := func(n int) {
		for i := range n {
			// One customer's addresses are one; the third group tells customers apart.
			_, _ = a.check(attempt(fmt.Sprintf("[2001:db8:%x:%x::1]:1", i>>16, i&0xffff), "wrong"))
		}
	}
	guess(3 * maxWrongAddresses)
	if n := len(a.wrong); n > maxWrongAddresses+1 {
		t.Errorf("%d addresses are remembered", n)
	}
	now = now.Add(wrongWindow)
	_, _ = a.check(attempt("10.0.0.1:1", "wrong"))
	if n := len(a.wrong); n > 2 {
		t.Errorf("%d addresses are remembered after the minute", n)
	}
	for range wrongKeys {
		_, _ = a.check(attempt("[2001:db8::1]:1", "wrong"))
	}
	if _, err := a.check(attempt("[2001:db8::ffff]:1", "wrong")); core.CodeOf(err) != core.CodeRateLimited {
		t.Errorf("addresses of one IPv6 network are counted apart: %v", err)
	}
}
