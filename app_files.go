package main

import (
	"context"

	"github.com/aihub/aihub/backend/admin"
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
