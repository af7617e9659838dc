package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
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
	ID          string `path:"id"`
	DryRun      bool   `query:"dry_run" doc:"for text and files: read and judge, change nothing"`
	ContentType string `header:"Content-Type" hidden:"true"`
	RawBody     []byte
}

// registerImport registers the one operation that takes more than JSON: text
// as it is, and files.
func (a *api) registerImport() {
	o := operation{
		id: "import-accounts", method: http.MethodPost, path: "/api/channels/{id}/accounts/import", tag: tagAccounts,
		summary: "Add many accounts to a channel from pasted text or files",
	}
	op := o.describe()
	op.MaxBodyBytes = maxImportBody + 1
	op.SkipValidateBody = true // the body is read here, by its type
	op.RequestBody = a.importBody()
	huma.Register(a.huma, op, func(ctx context.Context, in *importInput) (*answer[admin.ImportResult], error) {
		req, err := in.read()
		if err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		out, err := a.Service.ImportAccounts(ctx, in.ID, req)
		if err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		return &answer[admin.ImportResult]{Body: out}, nil
	})
	delete(op.RequestBody.Content, "application/octet-stream") // huma's name for any body
}

func (a *api) importBody() *huma.RequestBody {
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
func (in *importInput) read() (admin.ImportRequest, error) {
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
	req.DryRun = req.DryRun || in.DryRun
	return req, err
}

func (in *importInput) readJSON(req *admin.ImportRequest) error {
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
