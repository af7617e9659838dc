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
)

// remoteKeeper works on a running program through its API.
type remoteKeeper struct{ *remote }

// newRemoteKeeper takes any time: a backup is as long as the log.
func newRemoteKeeper(base, key string) *remoteKeeper {
	return &remoteKeeper{&remote{base: base, key: key, client: http.DefaultClient}}
}

func (k *remoteKeeper) backup(ctx context.Context, passphrase, path string) error {
	body, err := json.Marshal(admin.BackupRequest{Passphrase: passphrase})
	if err != nil {
		return err
	}
	answer, err := k.send(ctx, http.MethodPost, "/api/backup", "application/json", bytes.NewReader(body)) //nolint:bodyclose // it is closed when the copy is whole
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	d := admin.Download{Write: func(_ context.Context, w io.Writer) error {
		_, err := io.Copy(w, answer.Body)
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
	err = k.exchange(ctx, http.MethodPost, "/api/restore", form.FormDataContentType(), pr, &out)
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
	file, err := remoteCall[json.RawMessage](ctx, k.remote, http.MethodGet, "/api/config/export", nil)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = json.Indent(&text, file, "", "  ")
	text.WriteByte('\n')
	return text.Bytes(), err
}

func (k *remoteKeeper) importAccounts(ctx context.Context, in admin.ImportRequest) (admin.ImportResult, error) {
	return k.Import(ctx, in)
}

func (k *remoteKeeper) importConfig(ctx context.Context, file []byte, dryRun bool) (out admin.ConfigImport, err error) {
	path := "/api/config/import"
	if dryRun {
		path += "?dry_run=true"
	}
	err = k.exchange(ctx, http.MethodPost, path, "application/json", bytes.NewReader(file), &out)
	return out, err
}
