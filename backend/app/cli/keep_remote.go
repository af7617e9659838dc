package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// remoteKeeper works on a running program through its API.
type remoteKeeper struct{ url, key string }

// call sends a request and returns the answer's body, which the caller closes.
func (k *remoteKeeper) call(ctx context.Context, method, path, contentType string, body io.Reader) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, method, k.url+path, body)
	if err != nil {
		return nil, core.Invalid("url", "%q is not an address", k.url)
	}
	req.Header.Set("X-Admin-Key", k.key)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, &core.Error{Code: core.CodeUnavailable, Message: "AiHub cannot be reached at " + k.url + "; name its address by --url", Err: err}
	}
	if res.StatusCode == http.StatusOK {
		return res.Body, nil
	}
	defer res.Body.Close()
	var problem struct {
		Code   core.Code `json:"code"`
		Detail string    `json:"detail"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&problem); err != nil || problem.Detail == "" {
		return nil, core.Errorf(core.CodeUnavailable, "AiHub at %s answers with status %d", k.url, res.StatusCode)
	}
	return nil, core.Errorf(problem.Code, "%s", problem.Detail)
}

func (k *remoteKeeper) json(ctx context.Context, method, path, contentType string, body io.Reader, out any) error {
	answer, err := k.call(ctx, method, path, contentType, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	if err := json.NewDecoder(answer).Decode(out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

func (k *remoteKeeper) backup(ctx context.Context, passphrase, path string) error {
	body, err := json.Marshal(admin.BackupRequest{Passphrase: passphrase})
	if err != nil {
		return err
	}
	answer, err := k.call(ctx, http.MethodPost, "/api/backup", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Close()
	d := admin.Download{Write: func(_ context.Context, w io.Writer) error {
		_, err := io.Copy(w, answer)
		return err
	}}
	return d.Save(ctx, path)
}

// restore sends the form while it is written, so that a backup may be larger
// than the memory.
func (k *remoteKeeper) restore(ctx context.Context, in admin.RestoreRequest, r io.Reader) (out admin.RestoreResult, err error) {
	pr, pw := io.Pipe()
	form := multipart.NewWriter(pw)
	written := make(chan struct{})
	go func() {
		defer close(written)
		pw.CloseWithError(writeRestore(form, in, r))
	}()
	err = k.json(ctx, http.MethodPost, "/api/restore", form.FormDataContentType(), pr, &out)
	_ = pr.CloseWithError(errors.New("the answer has come"))
	<-written
	return out, err
}

func writeRestore(form *multipart.Writer, in admin.RestoreRequest, r io.Reader) error {
	if err := errors.Join(form.WriteField("passphrase", in.Passphrase), form.WriteField("dry_run", fmt.Sprint(in.DryRun))); err != nil {
		return err
	}
	part, err := form.CreateFormFile("file", "backup")
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, r); err != nil {
		return err
	}
	return form.Close()
}

func (k *remoteKeeper) exportConfig(ctx context.Context) (json.RawMessage, error) {
	var file json.RawMessage
	if err := k.json(ctx, http.MethodGet, "/api/config/export", "", nil, &file); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err := json.Indent(&text, file, "", "  ")
	text.WriteByte('\n')
	return text.Bytes(), err
}

func (k *remoteKeeper) importAccounts(ctx context.Context, in admin.ImportRequest) (out admin.ImportResult, err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	err = k.json(ctx, http.MethodPost, "/api/import", "application/json", bytes.NewReader(body), &out)
	return out, err
}

func (k *remoteKeeper) importConfig(ctx context.Context, file []byte, dryRun bool) (out admin.ConfigImport, err error) {
	path := "/api/config/import"
	if dryRun {
		path += "?dry_run=true"
	}
	err = k.json(ctx, http.MethodPost, path, "application/json", bytes.NewReader(file), &out)
	return out, err
}
