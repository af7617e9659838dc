package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

type importConfigInput struct {
	DryRun  bool `query:"dry_run" doc:"say what would change, and change nothing"`
	RawBody []byte
}

func (a *api) registerConfig() {
	s := a.Service
	handleDownload(a, operation{
		id: "export-config", method: http.MethodGet, path: "/api/config/export", tag: tagProgram,
		summary: "The configuration without secrets, a ConfigFile",
	}, []string{"application/json"},
		func(ctx context.Context, _ *nothing) (admin.Download, error) { return s.ExportConfig(ctx) })
	o := operation{
		id: "import-config", method: http.MethodPost, path: "/api/config/import", tag: tagProgram,
		summary: "Create or replace, by id, what a configuration file holds",
	}
	op := o.describe()
	op.SkipValidateBody = true // files of other versions lack fields, or have more
	schema := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[admin.ConfigFile](), true, "")
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
	huma.Register(a.huma, op, func(ctx context.Context, in *importConfigInput) (*answer[admin.ConfigImport], error) {
		var file admin.ConfigFile
		if err := json.Unmarshal(in.RawBody, &file); err != nil {
			return nil, problemOf(ctx, a.Log, o.id, core.Invalid("config", "%v", readable(in.RawBody, err)))
		}
		out, err := s.ImportConfig(ctx, file, in.DryRun)
		if err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		return &answer[admin.ConfigImport]{Body: out}, nil
	})
	delete(op.RequestBody.Content, "application/octet-stream") // huma's name for any body
}
