package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
)

const page = "text/html,application/xhtml+xml,*/*;q=0.8" // what a browser accepts when it opens an address

// dashboardOf serves files as the gateway does: after a route of its own, and
// with a handler for what is unknown.
func dashboardOf(files fstest.MapFS) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok") })
	mountDashboard(e, files)
	e.NoRoute(func(c *gin.Context) { c.String(http.StatusNotFound, "unknown") })
	return e
}

func built() fstest.MapFS {
	return fstest.MapFS{
		"index.html":               {Data: []byte("<!doctype html><div id=app>")},
		"favicon.svg":              {Data: []byte("<svg/>")},
		"assets/index-B3xk9Zq1.js": {Data: []byte("let a")},
		".gitkeep":                 {},
	}
}

func TestDashboard(t *testing.T) {
	const forever, again, never = "public, max-age=31536000, immutable", "no-cache", "no-store"
	tests := []struct {
		name, request, accept string
		status                int
		kind, cache, body     string
		location              string
	}{
		{"the page", "GET /", page, 200, "text/html; charset=utf-8", again, "<!doctype html><div id=app>", ""},
		{"the page by its name", "GET /index.html", page, 200, "text/html; charset=utf-8", again, "<!doctype html><div id=app>", ""},
		{"a program that asks", "GET /", "*/*", 200, "text/plain; charset=utf-8", never, plainGreeting, ""},
		{"a program that probes", "HEAD /", "", 200, "text/plain; charset=utf-8", never, "", ""},
		{"an asset", "GET /assets/index-B3xk9Zq1.js", "*/*", 200, "text/javascript; charset=utf-8", forever, "let a", ""},
		{"an asset's head", "HEAD /assets/index-B3xk9Zq1.js", "*/*", 200, "text/javascript; charset=utf-8", forever, "", ""},
		{"an icon", "GET /favicon.svg", "image/*", 200, "image/svg+xml", again, "<svg/>", ""},
		{"an asset of an older build", "GET /assets/index-AAAAAAAA.js", page, 404, "text/plain; charset=utf-8", "", "unknown", ""},
		{"what keeps a folder open", "GET /.gitkeep", "*/*", 404, "text/plain; charset=utf-8", "", "unknown", ""},
		{"a way out of the files", "GET /assets/../../etc/passwd", "*/*", 404, "text/plain; charset=utf-8", "", "unknown", ""},
		{"another page", "GET /logs/req_1", page, 302, "text/html; charset=utf-8", never, "", "/#/logs/req_1"},
		{"another page by a program", "GET /logs", "application/json", 404, "text/plain; charset=utf-8", "", "unknown", ""},
		{"another page by POST", "POST /logs", page, 404, "text/plain; charset=utf-8", "", "unknown", ""},
		{"an API path in a browser", "GET /v1/nothing", page, 404, "text/plain; charset=utf-8", "", "unknown", ""},
		{"a route of the gateway", "GET /healthz", page, 200, "text/plain; charset=utf-8", "", "ok", ""},
		{"a host in the path", "GET //evil.example/a", page, 302, "text/html; charset=utf-8", never, "", "/#/evil.example/a"},
	}
	h := dashboardOf(built())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			method, path, _ := strings.Cut(test.request, " ")
			r := httptest.NewRequest(method, "http://127.0.0.1", nil)
			r.URL.Path = path
			r.Header.Set("Accept", test.accept)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			got := w.Result().Header
			if w.Code != test.status || got.Get("Content-Type") != test.kind || got.Get("Cache-Control") != test.cache || got.Get("Location") != test.location {
				t.Errorf("%d %v", w.Code, got)
			}
			if body := w.Body.String(); method == http.MethodGet && test.status != http.StatusFound && body != test.body {
				t.Errorf("body %q", body)
			}
		})
	}
}

func TestDashboardHeaders(t *testing.T) {
	h := dashboardOf(built())
	for _, path := range []string{"/", "/assets/index-B3xk9Zq1.js", "/favicon.svg"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept", page)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		got := w.Result().Header
		policy := got.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "http") ||
			strings.Contains(policy, "script-src 'self' 'unsafe-inline'") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if got.Get("X-Content-Type-Options") != "nosniff" || got.Get("Referrer-Policy") != "no-referrer" || got.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", path, got)
		}
		r.Header.Set("If-None-Match", got.Get("ETag"))
		w = httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusNotModified || got.Get("ETag") == "" {
			t.Errorf("%s: %d for what the browser has already", path, w.Code)
		}
	}
}

func TestDashboardNotBuilt(t *testing.T) {
	h := dashboardOf(fstest.MapFS{".gitkeep": {}})
	for accept, want := range map[string]struct {
		status int
		body   string
	}{
		page:  {http.StatusServiceUnavailable, "built without the dashboard"},
		"*/*": {http.StatusOK, "AiHub gateway"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.body) {
			t.Errorf("%s: %d %s", accept, w.Code, w.Body)
		}
	}
}
