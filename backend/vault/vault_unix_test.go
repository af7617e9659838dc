//go:build unix

package vault

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"
)

func TestFileIsPrivate(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := MasterKey(Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(keyPath(dir))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the rights %v (%v)", info.Mode().Perm(), err)
	}
}

func TestWarnsOfReaders(t *testing.T) {
	for mode, warns := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o644: true} {
		dir := t.TempDir()
		writeKeyFile(t, dir, encode(right), mode)
		if err := os.Chmod(keyPath(dir), mode); err != nil { // whatever the umask says
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, _, err := MasterKey(Options{Dir: dir, Log: slog.New(slog.NewTextHandler(&out, nil))}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "others can read") != warns {
			t.Errorf("mode %v: log %q", mode, out.String())
		}
	}
}
