//go:build unix

package store_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFolderIsPrivate(t *testing.T) {
	base := t.TempDir()
	loose := filepath.Join(base, "loose")
	if err := os.Mkdir(loose, 0o755); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(base, "foreign")
	if err := os.Mkdir(foreign, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(foreign, "notes"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]os.FileMode{filepath.Join(base, "a", "new"): 0o700, loose: 0o700, foreign: 0o755} {
		if err := open(t, dir).Close(); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has the rights %v (%v), want %v", dir, info.Mode().Perm(), err, want)
		}
	}
}
