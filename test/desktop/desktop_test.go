package desktop_test

import (
	"fmt"
	"image"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestApp is a person's day with the app: every step begins where the one before
// has left it.
func TestApp(t *testing.T) {
	s := newScreen(t, true)
	p := startApp(s)

	t.Log("the window shows the dashboard, and the gateway runs")
	p.waitFor("the gateway", p.answers)
	p.rendered("window")
	newPage(t, s).waitFor("Overview")

	t.Log("the tray shows that it runs")
	tr := findTray(t, s)
	tr.waitFor("Running at "+p.url(), false)
	tr.showsIcon("running")
	s.photo("root", "screen")

	t.Log("the base URL goes to the clipboard")
	tr.click("Copy base URL")
	wait(t, "the clipboard", func() bool {
		text, ok := s.run("xclip", "-selection", "clipboard", "-out")
		return ok && text == p.url()
	})

	t.Log("the tray stops the gateway and starts it again")
	tr.click("Stop gateway")
	tr.waitFor("Stopped", false)
	tr.showsIcon("stopped")
	tr.waitFor("Copy base URL", false)
	if p.listens() {
		t.Error("the port is still open")
	}
	tr.click("Start gateway")
	tr.waitFor("Running at "+p.url(), false)
	if !p.answers() {
		t.Error("the gateway does not answer")
	}

	t.Log("a closed window hides, and the gateway goes on")
	p.closeWindow()
	p.waitWindow(false)
	if !p.answers() {
		t.Error("the gateway does not answer")
	}
	tr.click("Open AiHub")
	p.waitWindow(true)
	p.rendered("window-again")

	t.Log("a second start shows the first one's window, even a minimised one")
	p.xdotool("windowminimize", p.waitWindow(true))
	p.waitWindow(false)
	startAppAt(s, p.data, p.port).waitExit()
	id := p.waitWindow(true)
	p.waitFor("the window to be in front", func() bool {
		active, _ := s.run("xdotool", "getactivewindow")
		return active == id
	})

	t.Log("SIGTERM ends the program and frees its data")
	p.xdotool("windowsize", id, "900", "640", "windowmove", id, "100", "150")
	p.waitFor("the window to move", func() bool { return p.isAtTheLeft(id) })
	p.terminate()
	p.waitExit()
	if p.listens() {
		t.Error("the port is still open")
	}

	t.Log("the next start opens the window where it was")
	next := startAppAt(s, p.data, p.port)
	next.waitFor("the gateway", next.answers)
	id = next.waitWindow(true)
	next.waitFor("the window to be there", func() bool { return next.isAtTheLeft(id) })

	t.Log("Quit in the tray does the same")
	findTray(t, s).click("Quit AiHub")
	next.waitExit()
	if left, _ := filepath.Glob(filepath.Join(s.folder("tmp"), "systray_*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTakenPort(t *testing.T) {
	s := newScreen(t, true)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := startAppAt(s, s.folder("aihub"), l.Addr().(*net.TCPAddr).Port)

	t.Log("the app opens all the same and names the port and who holds it")
	p.rendered("taken-port")
	tr := findTray(t, s)
	want := fmt.Sprint("port ", p.port)
	newPage(t, s).waitFor(want)
	line := tr.waitFor("Not running: ", false)
	for _, part := range []string{want, filepath.Base(os.Args[0])[:10], fmt.Sprint(os.Getpid())} {
		if !strings.Contains(line.label, part) {
			t.Errorf("the tray says %q, which does not name %q", line.label, part)
		}
	}
	tr.showsIcon("error")

	t.Log("once the port is free the gateway can be started")
	l.Close()
	tr.click("Start gateway")
	tr.waitFor("Running at "+p.url(), false)

	t.Log("whoever wants it can have the window's close button end the app")
	p.put("/api/settings", `{"close_to_tray": false}`)
	p.closeWindow()
	p.waitExit()
}

// TestWithoutTray: a window that hides without an icon to bring it back would be
// lost.
func TestWithoutTray(t *testing.T) {
	s := newScreen(t, false)
	p := startApp(s)
	p.waitFor("the gateway", p.answers)
	p.rendered("without-tray")
	p.closeWindow()
	p.waitExit()
}

// TestDataInUse: two programs on one data folder would destroy it, so the second
// says why it does not start.
func TestDataInUse(t *testing.T) {
	s := newScreen(t, false)
	server := startAppAt(s, s.folder("aihub"), freePort(t), "serve")
	server.waitFor("the gateway", server.answers)
	p := startAppAt(s, server.data, freePort(t))
	p.waitWindow(true)
	newPage(t, s).waitFor("already in use")
	p.photo("root", "data-in-use")
	p.closeWindow()
	wait(t, "the program to end", p.hasExited)
	if code := p.cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	server.terminate()
	server.waitExit()
}

// showsIcon waits until the panel shows the icon of the name.
func (tr *tray) showsIcon(name string) {
	tr.t.Helper()
	want := readPNG(tr.t, filepath.Join("..", "..", "backend", "desktop", "icons", name+".png"))
	wait(tr.t, "the icon "+name, func() bool { return samePixels(tr.icon(), want) })
}

func samePixels(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}
