package gateway

import (
	"bufio"
	"context"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"github.com/aihub/aihub/backend/admin"
)

// downloadWrite bounds one write of a download to a client that does not read.
const downloadWrite = time.Minute

// handleDownload registers an operation that answers with a file, which is made
// while it is sent.
func handleDownload[I any](a *api, o operation, types []string, call func(context.Context, *I) (admin.Download, error)) {
	op := o.describe()
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The file; a connection that breaks off means that it is not whole.",
		Content:     content,
	}}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		d, err := call(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, a.Log, o.id, err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) { a.sendDownload(ctx, o.id, d) }}, nil
	})
}

// sendDownload breaks the connection off when the file cannot be completed, so
// that half of it does not look whole.
func (a *api) sendDownload(ctx huma.Context, id string, d admin.Download) {
	c := humagin.Unwrap(ctx)
	h := c.Writer.Header()
	h.Set("Content-Type", d.ContentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}))
	c.Status(http.StatusOK)
	w := bufio.NewWriterSize(&patientWriter{c.Writer, http.NewResponseController(c.Writer)}, 64<<10)
	err := d.Write(c.Request.Context(), w)
	if err == nil {
		err = w.Flush()
	}
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Time{}) // the connection goes on
	if err != nil {
		a.Log.Warn("a download was broken off", "operation", id, "err", err)
		panic(http.ErrAbortHandler)
	}
}

// patientWriter lets each write take its time, and no more.
type patientWriter struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func (p *patientWriter) Write(b []byte) (int, error) {
	// A writer that has no deadlines (in a test) blocks no longer than its reader.
	_ = p.rc.SetWriteDeadline(time.Now().Add(downloadWrite))
	return p.w.Write(b)
}
