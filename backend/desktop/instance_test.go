package desktop

import (
	"net"
	"os"
	"testing"
)

func TestSecondInstanceShowsTheFirst(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	dir := t.TempDir()
	first := claim(t, dir)
	shown := make(chan struct{}, 8)
	first.Serve(func() { shown <- struct{}{} })
	for range 2 {
		if second := claim(t, dir); second != nil {
			t.Fatal("a second instance got the claim")
		}
		<-shown
	}
	if other := claim(t, t.TempDir()); other == nil {
		t.Error("another data folder's app was refused")
	} else if err := other.Close(); err != nil {
		t.Error(err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	next := claim(t, dir)
	if next == nil {
		t.Fatal("the claim was not given up")
	}
	if err := next.Close(); err != nil {
		t.Error(err)
	}
}

func TestInstanceShowsOnceTheWindowExists(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	dir := t.TempDir()
	first := claim(t, dir)
	defer first.Close()
	if claim(t, dir) != nil {
		t.Fatal("a second instance got the claim")
	}
	shows := 0
	first.Serve(func() { shows++ })
	if shows != 1 {
		t.Errorf("shown %d times, want once", shows)
	}
}

func TestStaleSocketIsTakenOver(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	dir := t.TempDir()
	path, err := socketPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // as after kill -9
	l.Close()
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	first := claim(t, dir)
	if first == nil {
		t.Fatal("a dead app kept the claim")
	}
	first.Close()
}

func TestSocketWithoutRuntimeFolder(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	first := claim(t, t.TempDir())
	if first == nil {
		t.Fatal("no claim")
	}
	first.Close()
}

func claim(t *testing.T, dir string) *Instance {
	t.Helper()
	i, err := Claim(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return i
}
