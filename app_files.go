package main

import (
	"context"
	"io"
	"os"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

// files asks the person at the window for a file. An empty path means that they
// have changed their mind.
type files interface {
	save(ctx context.Context, name string) (path string, err error)
	open(ctx context.Context) (path string, err error)
}

// save writes a download to a file that the person chooses, and returns its path.
func (a *App) save(d admin.Download, err error) (string, error) {
	if err != nil {
		return "", err
	}
	path, err := a.files.save(a.ctx, d.Name)
	if err != nil || path == "" {
		return "", err
	}
	return path, d.Save(a.ctx, path)
}

// read hands a file that the person chooses to use, unless they have changed
// their mind.
func (a *App) read(use func(io.Reader) error) error {
	path, err := a.files.open(a.ctx)
	if err != nil || path == "" {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return core.Invalid("file", "cannot read %s", path)
	}
	defer f.Close()
	return use(f)
}
