package gateway

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// guestTime is how long a body may take to arrive before its sender has shown a
// key. net/http reads the rest of it before it sends a refusal, and would wait
// for ever for one that never comes.
const guestTime = 30 * time.Second

// guard refuses what a web page could make a browser send: a Host that is not
// ours (DNS rebinding) and an Origin that is not allowed (CSRF). It bounds the time
// of the body; whoever lets the sender in lifts the bound.
func (s *Server) guard(l *listening) gin.HandlerFunc {
	return func(c *gin.Context) {
		if c.Request.ContentLength != 0 {
			setReadDeadline(c, s.guestTime)
		}
		set := s.Store.Snapshot().Settings
		if !hostAllowed(c.Request.Host, l.loopback, set.AllowedHosts) {
			s.forbid(c, "the Host "+clipText(c.Request.Host)+" is not an address of this gateway; allow it in the settings if it is")
			return
		}
		origin := c.Request.Header.Get("Origin")
		if origin == "" {
			return
		}
		api := isAPI(c.Request.URL.Path)
		if !originAllowed(origin, c.Request.Host, set, api) {
			s.forbid(c, "web pages of "+clipText(origin)+" may not call this gateway; allow the origin in the settings if they should")
			return
		}
		if !api {
			allowOrigin(c, origin)
		}
	}
}

// setReadDeadline bounds how long the rest of the body may take; 0 lifts the
// bound. What is no connection knows no deadline.
func setReadDeadline(c *gin.Context, after time.Duration) {
	var at time.Time
	if after > 0 {
		at = time.Now().Add(after)
	}
	_ = http.NewResponseController(c.Writer).SetReadDeadline(at)
}

func clipText(s string) string {
	if len(s) > 200 {
		return s[:200]
	}
	return s
}

func isAPI(path string) bool { return path == "/api" || strings.HasPrefix(path, "/api/") }

// forbid answers in the dialect of whoever asks, and ends the request.
func (s *Server) forbid(c *gin.Context, message string) {
	if isAPI(c.Request.URL.Path) {
		writeProblem(c, core.Errorf(core.CodeForbidden, "%s", message))
		c.Abort()
		return
	}
	s.refuse(c, dialect(c.Request), &llm.Error{Kind: llm.Forbidden, Message: message, NoRetry: true})
}

// hostAllowed checks the name under which the gateway is addressed. On a
// loopback address only this machine's own names are right. On any other
// address the names are not known here, and every request needs a key; the
// settings can still restrict them.
func hostAllowed(host string, loopback bool, allowed []string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.TrimSuffix(strings.ToLower(strings.Trim(name, "[]")), ".")
	if isLoopbackName(name) {
		return true
	}
	if slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, name) || strings.EqualFold(a, host) }) {
		return true
	}
	return !loopback && len(allowed) == 0
}

func isLoopbackName(name string) bool {
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// originAllowed lets pages of the gateway itself and of the settings' list
// through. Programs that are no web pages (editors, desktop apps) send origins
// of schemes of their own, which no page can forge; they may call the client
// surfaces, not the admin API.
func originAllowed(origin, host string, set core.Settings, api bool) bool {
	u, err := url.Parse(origin)
	if err != nil || origin == "null" {
		return false
	}
	if u.Host != "" && strings.EqualFold(u.Host, host) && (u.Scheme == "http" || u.Scheme == "https") {
		return true
	}
	if api {
		return false
	}
	if u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "" {
		return true
	}
	return slices.ContainsFunc(set.AllowedOrigins, func(a string) bool { return strings.EqualFold(a, origin) })
}

// allowOrigin tells the browser of an allowed page that it may read the
// answer, and answers its preflight request.
func allowOrigin(c *gin.Context, origin string) {
	h := c.Writer.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Expose-Headers", "*, Retry-After, X-Aihub-Request-Id")
	if c.Request.Method != http.MethodOptions || c.Request.Header.Get("Access-Control-Request-Method") == "" {
		return
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, HEAD")
	h.Set("Access-Control-Allow-Headers", c.Request.Header.Get("Access-Control-Request-Headers"))
	h.Set("Access-Control-Max-Age", "600")
	c.AbortWithStatus(http.StatusNoContent)
}
