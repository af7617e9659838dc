package gateway

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// maxImportFiles bounds the parts of one upload.
const maxImportFiles = 10_000

type importInput struct {
	Upload
	ID string `path:"id"`
}

// Upload is the body of an import in any of its forms.
type Upload struct {
	DryRun      bool          `query:"dry_run" doc:"for text and files: read and judge, change nothing"`
	Verify      bool          `query:"verify" doc:"for text and files: send one tiny request with each new account"`
	OnFailure   string        `query:"on_failure" doc:"for text and files: keep, disable or skip accounts that fail their verification"`
	Provider    core.Provider `query:"provider" doc:"for text and files, without a channel: whose the keys are that do not show it"`
	ContentType string        `header:"Content-Type" hidden:"true"`
	RawBody     []byte
}

// registerImport registers the operations that take more than JSON: text as it
// is, and files.
func (a *api) registerImport() {
	s := a.Service
	registerUpload(a, operation{
		id: "import-accounts", method: http.MethodPost, path: "/api/channels/{id}/accounts/import", tag: tagAccounts,
		summary: "Add many accounts to a channel from pasted text or files",
	}, func(ctx context.Context, in *importInput) (admin.ImportResult, error) {
		req, err := in.read(ctx)
		if err != nil {
			return admin.ImportResult{}, err
		}
		return s.ImportAccounts(ctx, in.ID, req)
	})
	registerUpload(a, operation{
		id: "import", method: http.MethodPost, path: "/api/import", tag: tagAccounts,
		summary: "Add accounts of all providers, each to the channel of its provider",
	}, func(ctx context.Context, in *Upload) (admin.ImportResult, error) {
		req, err := in.read(ctx)
		if err != nil {
			return admin.ImportResult{}, err
		}
		return s.Import(ctx, req)
	})
	a.registerImports()
}

func registerUpload[I any](a *api, o operation, call func(context.Context, *I) (admin.ImportResult, error)) {
	op := o.describe()
	op.MaxBodyBytes = maxImportBody + 1
	op.SkipValidateBody = true // the body is read here, by its type
	op.RequestBody = a.uploadBody()
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*answer[admin.ImportResult], error) {
		out, err := call(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		return &answer[admin.ImportResult]{Body: out}, nil
	})
	delete(op.RequestBody.Content, "application/octet-stream") // huma's name for any body
}

// registerImports registers what becomes of an import, and where to find one.
func (a *api) registerImports() {
	s := a.Service
	handle(a, operation{
		id: "list-import-sources", method: http.MethodGet, path: "/api/import/sources", tag: tagAccounts,
		summary: "Find the sign-ins that other programs keep on AiHub's own machine",
	},
		func(ctx context.Context, _ *nothing) (admin.ImportSourceList, error) {
			if err := fromThisMachine(ctx); err != nil {
				return admin.ImportSourceList{}, err
			}
			return s.ListImportSources(ctx)
		})
	handle(a, operation{
		id: "list-imports", method: http.MethodGet, path: "/api/imports", tag: tagAccounts,
		summary: "List the last imports, newest first",
	},
		func(ctx context.Context, _ *nothing) (admin.ImportList, error) { return s.ListImports(ctx) })
	handle(a, operation{
		id: "find-import", method: http.MethodGet, path: "/api/imports/{id}", tag: tagAccounts,
		summary: "Find one import: its accounts, and how their verification goes",
	},
		func(ctx context.Context, in *byID) (admin.Import, error) { return s.FindImport(ctx, in.ID) })
	handle(a, operation{
		id: "cancel-import", method: http.MethodPost, path: "/api/imports/{id}/cancel", tag: tagAccounts,
		summary: "End the verification of an import; its accounts stay",
	},
		func(ctx context.Context, in *byID) (admin.Import, error) { return s.CancelImport(ctx, in.ID) })
	handle(a, operation{
		id: "undo-import", method: http.MethodPost, path: "/api/imports/{id}/undo", tag: tagAccounts,
		summary: "Delete what an import made and nobody has changed since",
	},
		func(ctx context.Context, in *byID) (admin.ImportUndo, error) { return s.UndoImport(ctx, in.ID) })
}

func (a *api) uploadBody() *huma.RequestBody {
	schemas := a.huma.OpenAPI().Components.Schemas
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	return &huma.RequestBody{
		Required: true,
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: schemas.Schema(reflect.TypeFor[admin.ImportRequest](), true, "")},
			"text/plain":       {Schema: &huma.Schema{Type: huma.TypeString}},
			"multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{
				"files":   {Type: huma.TypeArray, Items: file},
				"content": {Type: huma.TypeString},
				"dry_run": {Type: huma.TypeBoolean},
			}}},
		},
	}
}

// read makes the request of the body. A body without a type, or with the one
// that curl sends by itself, is text.
func (in *Upload) read(ctx context.Context) (admin.ImportRequest, error) {
	kind, params, err := mime.ParseMediaType(in.ContentType)
	if err != nil {
		kind = "text/plain"
	}
	var req admin.ImportRequest
	switch {
	case kind == "application/json":
		err = in.readJSON(&req)
	case kind == "multipart/form-data":
		err = readParts(multipart.NewReader(bytes.NewReader(in.RawBody), params["boundary"]), &req)
	case strings.HasPrefix(kind, "text/"), kind == "application/x-www-form-urlencoded", kind == "application/octet-stream":
		req.Content, err = string(in.RawBody), nil
	default:
		err = core.Invalid("content", "an import is application/json, text/plain or multipart/form-data, not %s", kind)
	}
	req.DryRun, req.Verify = req.DryRun || in.DryRun, req.Verify || in.Verify
	req.OnFailure = cmp.Or(req.OnFailure, admin.OnFailure(in.OnFailure))
	req.Provider = cmp.Or(req.Provider, in.Provider)
	if err == nil && len(req.Sources) > 0 {
		err = fromThisMachine(ctx)
	}
	return req, err
}

// fromThisMachine refuses requests that came in from another machine: whose
// sign-ins lie on this one is not for them to know.
func fromThisMachine(ctx context.Context) error {
	addr, ok := ctx.Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if ok && addr.IP.IsLoopback() {
		return nil
	}
	return core.Errorf(core.CodeForbidden, "sign-ins on AiHub's machine are found from that machine only; open the dashboard there, at its 127.0.0.1 address, or run `aihub import`")
}

func (in *Upload) readJSON(req *admin.ImportRequest) error {
	dec := json.NewDecoder(bytes.NewReader(in.RawBody))
	dec.DisallowUnknownFields()
	err := dec.Decode(req)
	if err == nil && dec.More() {
		err = errors.New("something follows the JSON object")
	}
	if err == nil {
		return nil
	}
	return core.Invalid("content", "%v", readable(in.RawBody, err))
}

// readParts reads an upload: every part with a file name is a file, whatever
// its field is called.
func readParts(r *multipart.Reader, req *admin.ImportRequest) error {
	for n := 0; ; n++ {
		part, err := r.NextPart()
		if err == io.EOF { //nolint:errorlint // a wrapped one means that the end is missing
			return nil
		}
		if err != nil || n > maxImportFiles {
			return core.Invalid("files", "the upload cannot be read; send at most %d files as multipart/form-data", maxImportFiles)
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return core.Invalid("files", "the upload ends too early; send it again")
		}
		if err := addPart(req, part, string(body)); err != nil {
			return err
		}
	}
}

func addPart(req *admin.ImportRequest, part *multipart.Part, body string) error {
	switch {
	case part.FileName() != "":
		req.Files = append(req.Files, admin.ImportFile{Name: part.FileName(), Data: []byte(body)})
	case part.FormName() == "content":
		req.Content = body
	case part.FormName() == "dry_run":
		dry, err := strconv.ParseBool(strings.TrimSpace(body))
		if err != nil {
			return core.Invalid("dry_run", "dry_run is true or false")
		}
		req.DryRun = dry
	default:
		return core.Invalid(part.FormName(), "there is no field %q; send content, dry_run and files", part.FormName())
	}
	return nil
}
