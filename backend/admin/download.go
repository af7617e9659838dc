package admin

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/aihub/aihub/backend/core"
)

// Download is a file that is made while it is written: the doors stream it to
// the browser or into a file that a person has chosen.
type Download struct {
	Name        string // a file name to offer
	ContentType string
	// Write writes the file. A file whose Write has failed is not whole and must
	// not look so.
	Write func(ctx context.Context, w io.Writer) error
}

// Save writes the file to a path, of which it takes the place when it is whole.
func (d *Download) Save(ctx context.Context, path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".aihub-*")
	if err != nil {
		return saveError(path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriterSize(f, 64<<10)
	if err := d.Write(ctx, w); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(w.Flush(), f.Sync(), f.Close()); err != nil {
		return saveError(path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return saveError(path, err)
	}
	return nil
}

func saveError(path string, err error) error {
	return &core.Error{Code: core.CodeUnavailable, Message: "cannot write " + path + "; choose another place", Err: err}
}
