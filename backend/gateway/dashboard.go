package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// dashboardPolicy lets the dashboard load from this server alone. Its component
// library writes style elements, so inline style is allowed; inline script is
// not.
const dashboardPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const plainGreeting = "AiHub gateway. Point your tools at this address; the dashboard opens in a browser.\n"

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>AiHub</title>
<body style="font:16px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem">
<h1>The gateway is running</h1>
<p>This program was built without the dashboard. Build it with <code>make build</code>, or use the
<a href="/api/docs">admin API</a>.</p></body></html>
`

// mountDashboard serves the dashboard's files: the page at / and the others by
// their names. A browser that asks for another page is sent to the dashboard;
// everything else unknown is left to e's handler for unknown paths. It is
// mounted last, so that its redirect stands in no other route's way.
func mountDashboard(e *gin.Engine, files fs.FS) {
	index := readAsset(files, "index.html")
	root := func(c *gin.Context) { serveRoot(c, index) }
	e.GET("/", root)
	e.HEAD("/", root)
	if index == nil {
		return
	}
	// The names are known, so nothing but these files can ever be asked for.
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || hidden(name) {
			return err
		}
		file := readAsset(files, name)
		if file == nil {
			return fs.ErrNotExist
		}
		e.GET("/"+name, file.serve)
		e.HEAD("/"+name, file.serve)
		return nil
	})
	if err != nil {
		panic(err) // the files are part of the program
	}
	e.Use(redirectPages)
}

// hidden keeps what only holds an empty folder open out of the routes.
func hidden(name string) bool { return strings.HasPrefix(path.Base(name), ".") }

// redirectPages sends a browser that asks for an unknown page to the dashboard,
// which routes by the fragment: /logs becomes /#/logs. Paths of an API are never
// pages.
func redirectPages(c *gin.Context) {
	p := c.Request.URL.Path
	if c.FullPath() != "" || c.Request.Method != http.MethodGet || !wantsPage(c.Request) || path.Ext(p) != "" {
		return
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	switch first {
	case "api", "v1", "v1alpha", "v1beta", "healthz", "metrics", "assets":
		return
	}
	dashboardHeaders(c)
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusFound, "/#"+c.Request.URL.EscapedPath())
	c.Abort()
}

// serveRoot answers tools that probe the address by a line of text and
// browsers by the dashboard.
func serveRoot(c *gin.Context, index *asset) {
	c.Header("Vary", "Accept")
	switch {
	case !wantsPage(c.Request):
		c.Header("Cache-Control", "no-store")
		c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(plainGreeting))
	case index == nil:
		dashboardHeaders(c)
		c.Header("Cache-Control", "no-store")
		c.Data(http.StatusServiceUnavailable, "text/html; charset=utf-8", []byte(notBuilt))
	default:
		index.serve(c)
	}
}

func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

func dashboardHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", dashboardPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// asset is one file of the dashboard.
type asset struct {
	name string
	etag string
	body []byte
}

// readAsset returns nil when there is no such file.
func readAsset(files fs.FS, name string) *asset {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return nil
	}
	sum := sha256.Sum256(body)
	return &asset{name: name, etag: `"` + hex.EncodeToString(sum[:12]) + `"`, body: body}
}

func (a *asset) serve(c *gin.Context) {
	dashboardHeaders(c)
	h := c.Writer.Header()
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(a.name, "assets/") { // the build puts the content's hash into these names
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("ETag", a.etag)
	h.Set("Content-Type", mediaType(a.name))
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(a.body))
}

// mediaType does not ask the system, whose tables differ: a script that comes
// as text/plain does not run.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
