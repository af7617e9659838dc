package desktop_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

const adminKey = "desktop-test-admin-key"

// program is one start of the desktop app.
type program struct {
	*screen
	cmd    *exec.Cmd
	data   string // its data folder
	port   int
	exited chan struct{}
}

// startApp starts the app on a free port and a data folder of its own.
func startApp(s *screen) *program {
	s.t.Helper()
	return startAppAt(s, s.folder("aihub"), freePort(s.t))
}

func startAppAt(s *screen, data string, port int, args ...string) *program {
	s.t.Helper()
	path := os.Getenv("AIHUB_DESKTOP")
	if path == "" {
		s.t.Fatal("AIHUB_DESKTOP does not name the program; run make test-desktop")
	}
	p := &program{screen: s, cmd: s.command(path, args...), data: data, port: port, exited: make(chan struct{})}
	p.cmd.Env = append(p.cmd.Env, "DATABASE_PATH="+data, fmt.Sprintf("PORT=%d", port), "HOST=127.0.0.1", "ADMIN_KEY="+adminKey)
	log, err := os.CreateTemp(s.folder("log"), "aihub-")
	if err != nil {
		s.t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	var waiting sync.WaitGroup
	waiting.Go(func() { _ = p.cmd.Wait(); close(p.exited) })
	s.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		waiting.Wait()
		s.showLog(log.Name())
		log.Close()
	})
	return p
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (p *program) url() string { return fmt.Sprintf("http://127.0.0.1:%d", p.port) }

// waitExit waits until the program has ended and requires exit code 0.
func (p *program) waitExit() {
	p.t.Helper()
	wait(p.t, "the program to end", p.hasExited)
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		p.t.Errorf("exit code %d (%v), want 0", code, p.cmd.ProcessState)
	}
}

func (p *program) hasExited() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// waitFor is wait, but fails at once when the program ends.
func (p *program) waitFor(what string, condition func() bool) {
	p.t.Helper()
	wait(p.t, what, func() bool {
		if p.hasExited() {
			p.t.Fatalf("the program ended while waiting for %s: %v", what, p.cmd.ProcessState)
		}
		return condition()
	})
}

func (p *program) terminate() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
}

// answers reports whether the gateway is there.
func (p *program) answers() bool {
	resp, err := http.Get(p.url() + "/healthz")
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// listens reports whether anybody has the gateway's port.
func (p *program) listens() bool {
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.port))
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// put changes the settings through the admin API.
func (p *program) put(path, body string) {
	p.t.Helper()
	req, err := http.NewRequest(http.MethodPut, p.url()+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Admin-Key", adminKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		p.t.Fatalf("PUT %s: %s", path, resp.Status)
	}
}

// window returns the id of the app's window if it is on the screen.
func (p *program) window() (id string, visible bool) {
	out, ok := p.run("xdotool", "search", "--onlyvisible", "--class", "^aihub$")
	if !ok || out == "" {
		return "", false
	}
	return strings.Fields(out)[0], true
}

func (p *program) waitWindow(visible bool) (id string) {
	p.t.Helper()
	what := "the window to vanish"
	if visible {
		what = "the window"
	}
	p.waitFor(what, func() bool {
		var shown bool
		id, shown = p.window()
		return shown == visible
	})
	return id
}

// closeWindow does what a click on the window's close button does.
func (p *program) closeWindow() {
	p.t.Helper()
	p.xdotool("windowactivate", "--sync", p.waitWindow(true), "key", "alt+F4")
}

func (p *program) xdotool(args ...string) {
	p.t.Helper()
	if out, err := p.command("xdotool", args...).CombinedOutput(); err != nil {
		p.t.Fatalf("xdotool %v: %v: %s", args, err, out)
	}
}

// isAtTheLeft reports whether a window of 900 x 640 is near the left edge of the
// screen. Where it is exactly depends on the window manager's frame.
func (p *program) isAtTheLeft(id string) bool {
	p.t.Helper()
	const centred = (1440 - 900) / 2 // where a window is that remembers no place
	out, _ := p.run("xdotool", "getwindowgeometry", "--shell", id)
	var x, width, height int
	for name, value := range map[string]*int{"X": &x, "WIDTH": &width, "HEIGHT": &height} {
		for line := range strings.Lines(out) {
			if text, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
				*value, _ = strconv.Atoi(text)
			}
		}
	}
	return x > 0 && x < centred/2 && width == 900 && height == 640
}

// rendered waits until the window shows more than a blank page.
func (p *program) rendered(name string) {
	p.t.Helper()
	id := p.waitWindow(true)
	p.waitFor("the page to be drawn", func() bool { return isDrawn(p.photo(id, name)) })
}
