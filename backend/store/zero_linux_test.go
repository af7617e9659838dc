package store

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/aihub/aihub/backend/core"
)

// TestDiskWithoutAByte works on a real disk, which only root may mount, that
// somebody else fills to the last byte: neither a write nor Close may end the
// process, and nothing is lost.
func TestDiskWithoutAByte(t *testing.T) {
	dir := t.TempDir()
	switch err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=160m"); {
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
	open := func() *DB {
		d, err := Open(t.Context(), Options{Dir: data, Ballast: 32 << 20})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := open()
	var stored int
	for err := error(nil); ; stored++ {
		if err = d.CommitRecords(t.Context(), nil, []*core.Record{bulky(stored)}); err != nil {
			if core.CodeOf(err) != core.CodeUnavailable || stored < 2000 {
				t.Fatalf("write %d: %v", stored, err)
			}
			break
		}
		if stored == 2000 {
			fillUp(t, filepath.Join(dir, "filler"))
			d.space.checked = time.Time{}
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
	d = open()
	defer d.Close()
	if _, err := d.FindRecord(t.Context(), bulky(stored-1).ID); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(data, ballastName)); err != nil || info.Size() != 32<<20 {
		t.Errorf("the ballast behind: %v, %v", info, err)
	}
}

// bulky is a row of 2 KB that does not compress.
func bulky(n int) *core.Record {
	at := time.Date(2026, 3, 1, 0, 0, n, 0, time.UTC)
	var text strings.Builder
	for rng := rand.New(rand.NewPCG(1, uint64(n))); text.Len() < 2048; {
		text.WriteByte(byte(' ' + rng.IntN(95)))
	}
	return &core.Record{ID: "req_" + at.Format("150405"), Time: at, Error: text.String()}
}

func fillUp(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(f, rand.NewChaCha8([32]byte{})); !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
}
