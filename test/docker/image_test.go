package docker

import (
	"bytes"
	"context"
	"debug/elf"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestImage(t *testing.T) {
	img := build(t)
	for _, name := range []string{"aihub", "entry"} {
		static(t, filepath.Join(img.dir, "app", name))
	}
	t.Run("a new folder", func(t *testing.T) { img.serve(t, 0, 10001) })
	t.Run("a folder of somebody", func(t *testing.T) { img.serve(t, 12345, 12345) })
}

// static checks that a program needs no library of the system: the image has
// none.
func static(t *testing.T, name string) {
	t.Helper()
	f, err := elf.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	libraries, err := f.ImportedLibraries()
	if err != nil || len(libraries) > 0 {
		t.Errorf("%s needs %v (%v)", name, libraries, err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Errorf("%s asks for a loader", name)
		}
	}
}

// command is what the engine would start. Root gets the image's file system as
// its own; anybody else gets the same programs where they are.
func (img *image) command(t *testing.T, words, extra []string) *exec.Cmd {
	t.Helper()
	env := append(img.stage.environment(), extra...)
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Env = env
	cmd.Dir = img.stage.find(t, "WORKDIR")
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: img.dir}
	if os.Geteuid() != 0 {
		cmd = exec.CommandContext(t.Context(), absolute.ReplaceAllString(words[0], img.dir+"${2}"), moved(img.dir, words[1:])...)
		cmd.Env, cmd.Dir = moved(img.dir, env), filepath.Join(img.dir, img.stage.find(t, "WORKDIR"))
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd
}

// moved puts the image's folder before the paths in words.
func moved(dir string, words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = absolute.ReplaceAllString(word, "${1}"+dir+"${2}")
	}
	return out
}

// serve runs the image on a data folder of one user and checks that it serves,
// as whom, and how it ends.
func (img *image) serve(t *testing.T, owner, runsAs int) {
	data := filepath.Join(img.dir, img.stage.find(t, "VOLUME"))
	freshFolder(t, data, owner)
	port := freePort(t)
	extra := []string{"PORT=" + port, "ADMIN_KEY=the-key-of-the-image-test"}
	entry := append(list(t, img.stage.find(t, "ENTRYPOINT")), list(t, img.stage.find(t, "CMD"))...)
	cmd := img.command(t, entry, extra)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	img.untilHealthy(t, extra, ended, &output)
	answers(t, port)
	if os.Geteuid() == 0 {
		belongsTo(t, cmd.Process.Pid, data, runsAs)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("ends with %v\n%s", err, &output)
	}
}

func freshFolder(t *testing.T, dir string, owner int) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, owner, owner); err != nil {
			t.Fatal(err)
		}
	}
}

// untilHealthy asks the image's own health check again until it is content.
func (img *image) untilHealthy(t *testing.T, extra []string, ended <-chan error, output *bytes.Buffer) {
	t.Helper()
	check := list(t, img.stage.find(t, "HEALTHCHECK"))
	for {
		select {
		case err := <-ended:
			t.Fatalf("ended before it was healthy: %v\n%s", err, output)
		default:
		}
		if img.command(t, check, extra).Run() == nil {
			return
		}
	}
}

// answers checks the dashboard, the admin API and the health page from outside.
func answers(t *testing.T, port string) {
	t.Helper()
	for _, ask := range []struct {
		path, header, value, holds string
		status                     int
	}{
		{"/", "Accept", "text/html", `<div id="app"`, http.StatusOK},
		{"/healthz", "", "", "", http.StatusOK},
		{"/api/channels", "X-Admin-Key", "the-key-of-the-image-test", `"items"`, http.StatusOK},
		{"/api/channels", "X-Admin-Key", "wrong", "unauthorized", http.StatusUnauthorized},
	} {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://127.0.0.1:"+port+ask.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if ask.header != "" {
			req.Header.Set(ask.header, ask.value)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != ask.status || !strings.Contains(string(body), ask.holds) {
			t.Errorf("%s: %d %v, want %d with %q:\n%.300s", ask.path, resp.StatusCode, err, ask.status, ask.holds, body)
		}
	}
}

// belongsTo checks that the program has given up root's rights, and whose its
// files are.
func belongsTo(t *testing.T, pid int, data string, uid int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("Uid:\t%d\t%d\t%d\t%d\n", uid, uid, uid, uid); !strings.Contains(string(status), want) {
		t.Errorf("runs as another user than %d:\n%s", uid, status)
	}
	err = filepath.Walk(data, func(name string, info os.FileInfo, err error) error {
		if err == nil && int(info.Sys().(*syscall.Stat_t).Uid) != uid {
			t.Errorf("%s does not belong to %d", name, uid)
		}
		// What the store writes is encrypted; its key and the log are not.
		open := strings.HasSuffix(name, ".key") || strings.HasSuffix(name, ".log")
		if err == nil && open && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others can read %s (%v)", name, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
