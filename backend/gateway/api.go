package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/ledger"
)

const (
	maxAPIBody    = 8 << 20
	maxImportBody = 32 << 20
	// bodyTimeout bounds how long a body may take to arrive.
	bodyTimeout = time.Minute
)

// apiConfig is what the admin API works on. Every field must be set.
type apiConfig struct {
	Store   core.ConfigStore
	Service *admin.Service
	Events  *ledger.Events
	Auth    *adminAuth
	Log     *slog.Logger
	// Done is closed when the server begins to shut down: the event streams,
	// which have no end of their own, end then.
	Done <-chan struct{}
}

// mountAPI serves the admin API below /api of e. It has an engine of its own,
// so that its unknown paths, wrong methods and panics are answered as problems,
// whatever e does with those of the gateway.
func mountAPI(e *gin.Engine, cfg apiConfig) {
	handler := gin.WrapH(newAPI(cfg).engine)
	e.Any("/api", handler)
	e.Any("/api/*path", handler)
}

// api is the HTTP door to admin.Service.
type api struct {
	apiConfig
	engine *gin.Engine
	huma   huma.API
}

func newAPI(cfg apiConfig) *api {
	e := gin.New()
	e.HandleMethodNotAllowed, e.RedirectTrailingSlash, e.UseRawPath = true, false, true
	a := &api{apiConfig: cfg, engine: e}
	e.Use(apiHeaders, a.catchPanics)
	e.NoRoute(noRoute)
	e.NoMethod(noMethod)
	a.huma = humagin.NewWithGroup(e, e.Group("", a.authenticate), describeAPI())
	a.huma.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) { next(statusContext{ctx}) })
	a.registerChannels()
	a.registerAccounts()
	a.registerLogins()
	a.registerImport()
	a.registerUsers()
	a.registerMe()
	a.registerStats()
	a.registerPrices()
	a.registerSettings()
	a.registerBackup()
	a.registerConfig()
	a.registerEvents()
	finishSchemas(a.huma.OpenAPI().Components.Schemas)
	a.mountDocs()
	return a
}

func describeAPI() huma.Config {
	format := jsonFormat()
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "AiHub", Version: "1",
				Description: "Everything that the dashboard does. Every request carries the admin key in the header " +
					adminKeyHeader + ". An error is a problem document (RFC 9457) with a stable code.",
			},
			Components: &huma.Components{
				Schemas: newRegistry(),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"admin": {Type: "apiKey", In: "header", Name: adminKeyHeader},
					"user":  {Type: "http", Scheme: "bearer"},
				},
			},
			Security: []map[string][]string{{"admin": {}}},
		},
		Formats:                      map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{toProblem},
	}
}

// toProblem gives huma's own errors the shape of all others.
func toProblem(_ huma.Context, _ string, v any) (any, error) {
	if m, ok := v.(*huma.ErrorModel); ok {
		return problemOfHuma(m), nil
	}
	return v, nil
}

// humaContext lets statusContext embed the interface beside its method
// Context.
type humaContext huma.Context

// statusContext answers by the admin API's statuses where huma has others.
type statusContext struct{ humaContext }

// SetStatus implements huma.Context.
func (c statusContext) SetStatus(status int) { c.humaContext.SetStatus(apiStatus(status)) }

// Unwrap leads to the adapter's own context.
func (c statusContext) Unwrap() huma.Context { return c.humaContext }

func apiHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
}

func noRoute(c *gin.Context) {
	writeProblem(c, core.Errorf(core.CodeNotFound, "there is no %s; /api/docs lists what there is", clipText(c.Request.URL.Path)))
}

func noMethod(c *gin.Context) {
	sendProblem(c, newProblem(http.StatusMethodNotAllowed, core.CodeUnsupported,
		fmt.Sprintf("%s is not possible on %s; possible: %s", c.Request.Method, c.Request.URL.Path, c.Writer.Header().Get("Allow"))))
}

// catchPanics answers a panic as a fault of AiHub; an answer that was begun is
// broken off, so that it does not look whole.
func (a *api) catchPanics(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler { //nolint:errorlint // the value of a panic, compared as net/http does
			panic(v)
		}
		p := internalProblem(a.Log, c.Request.Method+" "+c.FullPath(), "panic", v, "stack", string(debug.Stack()))
		if c.Writer.Written() {
			panic(http.ErrAbortHandler)
		}
		sendProblem(c, p)
	}()
	c.Next()
}

func (a *api) authenticate(c *gin.Context) {
	if c.FullPath() == mePath {
		a.authenticateUser(c)
		return
	}
	wait, err := a.Auth.check(c.Request)
	if err == nil {
		if c.Request.ContentLength != 0 {
			setReadDeadline(c, 0) // operations that take a body set their own
		}
		return
	}
	if wait > 0 {
		c.Header("Retry-After", retryAfter(wait))
	}
	sendProblem(c, problemOf(c.Request.Context(), a.Log, "authenticate", err))
}

// operation describes one operation to huma. Its id is the name of the method
// of admin.Service in kebab case.
type operation struct {
	id, method, path, tag, summary string
	status                         int // of success; 0 means 200
}

func (o operation) describe() huma.Operation {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Tags: []string{o.tag},
		DefaultStatus: o.status, BodyReadTimeout: bodyTimeout,
		// huma refuses a body that reaches the limit.
		MaxBodyBytes: maxAPIBody + 1,
	}
	if op.DefaultStatus == 0 {
		op.DefaultStatus = http.StatusOK
	}
	return op
}

// The inputs and the answer of operations.
type (
	nothing struct{}
	byID    struct {
		ID string `path:"id"`
	}
	creation[T any] struct{ Body T }
	change[T any]   struct {
		ID   string `path:"id"`
		Body T
	}
	answer[T any] struct{ Body T }
)

// handle registers an operation that answers with a value.
func handle[I, O any](a *api, o operation, call func(context.Context, *I) (O, error)) {
	huma.Register(a.huma, o.describe(), func(ctx context.Context, in *I) (*answer[O], error) {
		out, err := call(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		return &answer[O]{Body: out}, nil
	})
}

// handleDelete registers an operation that answers with nothing.
func handleDelete(a *api, o operation, call func(ctx context.Context, id string) error) {
	o.method, o.status = http.MethodDelete, http.StatusNoContent
	huma.Register(a.huma, o.describe(), func(ctx context.Context, in *byID) (*nothing, error) {
		if err := call(ctx, in.ID); err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		return nil, nil
	})
}
