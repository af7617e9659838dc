package gateway

import (
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

func (a *api) registerBackup() {
	s := a.Service
	handle(a, operation{
		id: "find-storage", method: http.MethodGet, path: "/api/storage", tag: tagProgram,
		summary: "Tell what the database takes on the disk",
	},
		func(ctx context.Context, _ *nothing) (admin.Storage, error) { return s.FindStorage(ctx) })
	handleDownload(a, operation{
		id: "create-backup", method: http.MethodPost, path: "/api/backup", tag: tagProgram,
		summary: "Write everything, encrypted with a passphrase, into a file",
	}, []string{"application/octet-stream"},
		func(ctx context.Context, in *creation[admin.BackupRequest]) (admin.Download, error) {
			return s.CreateBackup(ctx, in.Body)
		})
	a.registerRestore()
}

// registerRestore registers an operation whose body is a stream: a backup can be
// larger than the memory.
func (a *api) registerRestore() {
	o := operation{
		id: "restore-backup", method: http.MethodPost, path: "/api/restore", tag: tagProgram,
		summary: "Check a backup whole, and let it replace everything; the program restarts by itself",
	}
	op := o.describe()
	text := &huma.Schema{Type: huma.TypeString}
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[admin.RestoreResult](), true, "")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "OK", Content: map[string]*huma.MediaType{"application/json": {Schema: schema}},
	}}
	huma.Register(a.huma, op, func(context.Context, *nothing) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(ctx huma.Context) { a.restore(humagin.Unwrap(ctx), o.id) }}, nil
	})
	// Told afterwards: huma would take the body for JSON and read it.
	a.huma.OpenAPI().Paths[o.path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"passphrase", "file"},
			Description: "The file comes last.",
			Properties: map[string]*huma.Schema{
				"passphrase": text, "dry_run": {Type: huma.TypeBoolean}, "file": {Type: huma.TypeString, Format: "binary"},
			},
		}},
	}}
}

func (a *api) restore(c *gin.Context, id string) {
	ctx := c.Request.Context()
	parts, err := c.Request.MultipartReader()
	if err != nil {
		writeProblem(c, core.Invalid("file", "send a form (multipart/form-data) with the fields passphrase and file"))
		return
	}
	in, file, err := readRestore(parts)
	if err != nil {
		sendProblem(c, problemOf(ctx, a.Log, id, err))
		return
	}
	out, err := a.Service.RestoreBackup(ctx, in, file)
	if err != nil {
		sendProblem(c, problemOf(ctx, a.Log, id, err))
		return
	}
	c.JSON(http.StatusOK, out)
}

// readRestore reads the fields up to the file, which is left to be read.
func readRestore(parts *multipart.Reader) (in admin.RestoreRequest, file io.Reader, err error) {
	for {
		p, err := parts.NextPart()
		if err != nil {
			return in, nil, core.Invalid("file", "the form has no field named file, or it comes before the others")
		}
		if p.FormName() == "file" {
			return in, p, nil
		}
		value, err := io.ReadAll(io.LimitReader(p, maxPassphrase))
		if err != nil {
			return in, nil, core.Invalid("file", "the form ends too early")
		}
		switch p.FormName() {
		case "passphrase":
			in.Passphrase = string(value)
		case "dry_run":
			in.DryRun = string(value) == "true"
		default:
			return in, nil, core.Invalid(p.FormName(), "there is no field %q", p.FormName())
		}
	}
}

// maxPassphrase bounds a field of the form.
const maxPassphrase = 4 << 10
