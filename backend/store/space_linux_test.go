package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/aihub/aihub/backend/core"
)

// TestFullDisk works on a real disk of 112 MB, which only root may mount.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	switch err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=112m"); {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		t.Skip("this user may not mount a disk")
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	data := filepath.Join(dir, "data")
	d, err := Open(t.Context(), Options{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	save := func() error { return d.Update(t.Context(), core.PutSecret{Name: "n", Value: "v"}) }
	if err := save(); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 50<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	d.space.checked = d.space.checked.Add(-spaceAge)
	if err := save(); core.CodeOf(err) != core.CodeUnavailable {
		t.Errorf("a change on a full disk: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Dir: data}); core.CodeOf(err) != core.CodeUnavailable || !strings.Contains(err.Error(), data) {
		t.Errorf("start on a full disk: %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if d, err = Open(t.Context(), Options{Dir: data}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(save(), d.Close()); err != nil {
		t.Error(err)
	}
}
