package desktop_test

import (
	"bufio"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// screen is a desktop session of its own: nothing of the machine's is used.
type screen struct {
	t    *testing.T
	home string // of the session: settings, data and runtime files
	env  []string
	bus  *dbus.Conn
}

// newScreen starts an X server, a session bus, a window manager and, if tray is
// set, a panel that shows tray icons.
func newScreen(t *testing.T, tray bool) *screen {
	t.Helper()
	// Sockets are made in here, whose names are short: not t.TempDir.
	home, err := os.MkdirTemp("", "aihub")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	s := &screen{t: t, home: home}
	s.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LANG=C.UTF-8", "XDG_SESSION_TYPE=x11", "GDK_BACKEND=x11",
		"XDG_RUNTIME_DIR=" + s.folder("run"), "XDG_CONFIG_HOME=" + s.folder("config"),
		"XDG_DATA_HOME=" + s.folder("data"), "XDG_CACHE_HOME=" + s.folder("cache"), "TMPDIR=" + s.folder("tmp"),
	}
	s.env = append(s.env, "DISPLAY=:"+s.startX())
	s.env = append(s.env, "DBUS_SESSION_BUS_ADDRESS="+s.startBus())
	s.start("openbox")
	if tray {
		s.startPanel()
	}
	return s
}

func (s *screen) folder(name string) string {
	s.t.Helper()
	path := filepath.Join(s.home, name)
	if err := os.MkdirAll(path, 0o700); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// command prepares a program of the session.
func (s *screen) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = s.env
	cmd.Dir = s.home
	return cmd
}

// start runs a program until the test ends; its output goes to a file that is
// shown when the test fails.
func (s *screen) start(name string, args ...string) {
	s.t.Helper()
	s.launch(s.command(name, args...))
}

func (s *screen) launch(cmd *exec.Cmd) {
	s.t.Helper()
	log, err := os.Create(filepath.Join(s.folder("log"), filepath.Base(cmd.Path)))
	if err != nil {
		s.t.Fatal(err)
	}
	if cmd.Stdout == nil {
		cmd.Stdout = log
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		s.showLog(log.Name())
		log.Close()
	})
}

func (s *screen) showLog(path string) {
	if text, err := os.ReadFile(path); err == nil && s.t.Failed() && len(text) > 0 {
		s.t.Logf("%s said:\n%s", filepath.Base(path), text)
	}
}

// startX starts an X server on a free display and returns its number.
func (s *screen) startX() string {
	s.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	defer read.Close()
	cmd := s.command("Xvfb", "-displayfd", "3", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{write}
	s.launch(cmd)
	write.Close()
	return s.line(bufio.NewReader(read))
}

// startBus starts a session bus, connects to it and returns its address.
func (s *screen) startBus() string {
	s.t.Helper()
	cmd := s.command("dbus-daemon", "--session", "--nofork", "--print-address=3", "--address=unix:path="+s.home+"/run/bus")
	read, write, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	defer read.Close()
	cmd.ExtraFiles = []*os.File{write}
	s.launch(cmd)
	write.Close()
	address := s.line(bufio.NewReader(read))
	s.bus = s.connect(address)
	return address
}

func (s *screen) line(r *bufio.Reader) string {
	s.t.Helper()
	line, err := r.ReadString('\n')
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func (s *screen) connect(address string) *dbus.Conn {
	s.t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	return conn
}

// panelSettings is a panel at the top of the screen with nothing but the tray.
const panelSettings = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="icon-size" type="int" value="24"/>
    </property>
  </property>
</channel>
`

func (s *screen) startPanel() {
	s.t.Helper()
	file := filepath.Join(s.folder("config/xfce4/xfconf/xfce-perchannel-xml"), "xfce4-panel.xml")
	if err := os.WriteFile(file, []byte(panelSettings), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.start("xfce4-panel", "--disable-wm-check")
	wait(s.t, "the panel to show tray icons", func() bool {
		host, err := s.bus.Object(watcher, watcherPath).GetProperty(watcher + ".IsStatusNotifierHostRegistered")
		return err == nil && host.Value() == true
	})
}

// run runs a program of the session and returns what it prints; ok is false when
// it fails.
func (s *screen) run(name string, args ...string) (out string, ok bool) {
	b, err := s.command(name, args...).Output()
	return strings.TrimSpace(string(b)), err == nil
}

// photo takes a picture of a window ("root" is the whole screen) and keeps it in
// out/.
func (s *screen) photo(window, name string) image.Image {
	s.t.Helper()
	if err := os.MkdirAll("out", 0o755); err != nil {
		s.t.Fatal(err)
	}
	path, err := filepath.Abs(filepath.Join("out", name+".png"))
	if err != nil {
		s.t.Fatal(err)
	}
	if out, err := s.command("import", "-window", window, path).CombinedOutput(); err != nil {
		s.t.Fatalf("import: %v: %s", err, out)
	}
	return readPNG(s.t, path)
}

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// isDrawn reports whether a picture shows more than a blank window, which has a
// handful of colours; drawn text alone has dozens.
func isDrawn(img image.Image) bool {
	const drawn = 100
	seen := map[color.RGBA]bool{}
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xff}] = true
			if len(seen) > drawn {
				return true
			}
		}
	}
	return false
}

// wait returns once condition holds. It gives up only shortly before the test
// program would be killed, to say what it was waiting for.
func wait(t *testing.T, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	if deadline, ok := t.Deadline(); ok {
		ctx, cancel = context.WithDeadline(t.Context(), deadline.Add(-10*time.Second))
	}
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-ctx.Done():
			t.Fatal("waited in vain for " + what)
		case <-tick.C:
		}
	}
}
