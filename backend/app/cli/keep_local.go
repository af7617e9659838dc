package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/app"
	"github.com/aihub/aihub/backend/core"
)

// localKeeper works on the data folder of a program that does not run.
type localKeeper struct {
	cfg app.Config
	hub *app.App
}

func (l *localKeeper) open(ctx context.Context) (err error) {
	l.hub, err = app.New(ctx, l.cfg)
	return err
}

func (l *localKeeper) close() error {
	// What is to be done is done, also when the person has interrupted it.
	return l.hub.Close(context.Background())
}

func (l *localKeeper) backup(ctx context.Context, passphrase, path string) error {
	d, err := l.hub.Service().CreateBackup(ctx, admin.BackupRequest{Passphrase: passphrase})
	if err != nil {
		return err
	}
	return d.Save(ctx, path)
}

// restore opens the folder anew, which puts the backup in place.
func (l *localKeeper) restore(ctx context.Context, in admin.RestoreRequest, r io.Reader) (admin.RestoreResult, error) {
	out, err := l.hub.Service().RestoreBackup(ctx, in, r)
	if err != nil || !out.Restarting {
		return out, err
	}
	out.Restarting = false
	if err := l.close(); err != nil {
		return out, err
	}
	return out, l.open(context.WithoutCancel(ctx))
}

func (l *localKeeper) exportConfig(ctx context.Context) (json.RawMessage, error) {
	file, err := l.hub.Service().ExportConfig(ctx)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	err = file.Write(ctx, &text)
	return text.Bytes(), err
}

func (l *localKeeper) importAccounts(ctx context.Context, in admin.ImportRequest) (admin.ImportResult, error) {
	return l.hub.Service().Import(ctx, in)
}

func (l *localKeeper) importConfig(ctx context.Context, file []byte, dryRun bool) (admin.ConfigImport, error) {
	var in admin.ConfigFile
	if err := json.Unmarshal(file, &in); err != nil {
		return admin.ConfigImport{}, core.Invalid("file", "the file is not valid JSON")
	}
	return l.hub.Service().ImportConfig(ctx, in, dryRun)
}
