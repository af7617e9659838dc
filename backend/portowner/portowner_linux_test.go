package portowner_test

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/portowner"
)

// asListener makes the test program listen instead of testing: the other
// process that a port belongs to.
const asListener = "PORTOWNER_TEST_LISTEN"

func TestMain(m *testing.M) {
	if address := os.Getenv(asListener); address != "" {
		listenUntilStdinEnds(address)
		return
	}
	os.Exit(m.Run())
}

func listenUntilStdinEnds(address string) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		os.Stdout.WriteString("error: " + err.Error() + "\n")
		return
	}
	defer l.Close()
	os.Stdout.WriteString(strconv.Itoa(l.Addr().(*net.TCPAddr).Port) + "\n")
	os.Stdin.Read(make([]byte, 1))
}

func TestFindNamesTheOtherProcess(t *testing.T) {
	// The second listens on every address, which the kernel lists with IPv6.
	for _, address := range []string{"127.0.0.1:0", ":0"} {
		t.Run(address, func(t *testing.T) {
			cmd, port := startListener(t, address)
			name, pid, ok := portowner.Find(port)
			if !ok || pid != cmd.Process.Pid {
				t.Fatalf("Find(%d) = %q, %d, %v; want process %d", port, name, pid, ok, cmd.Process.Pid)
			}
			// The kernel keeps 15 characters of a program's name.
			if want := "portowner.test"; name != want {
				t.Errorf("name = %q, want %q", name, want)
			}
		})
	}
}

func startListener(t *testing.T, address string) (*exec.Cmd, int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asListener+"="+address)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(line)
	}
	return cmd, port
}

func TestFindIgnoresWhatDoesNotListen(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, pid, ok := portowner.Find(l.Addr().(*net.TCPAddr).Port); !ok || pid != os.Getpid() {
		t.Errorf("the listener's port belongs to %d, %v; want this process", pid, ok)
	}
	// The client's end of the connection has a port too, but nobody listens there.
	if name, pid, ok := portowner.Find(conn.LocalAddr().(*net.TCPAddr).Port); ok {
		t.Errorf("a client's port belongs to %s (%d); want nobody", name, pid)
	}
	l.Close()
	if name, pid, ok := portowner.Find(l.Addr().(*net.TCPAddr).Port); ok {
		t.Errorf("a closed port belongs to %s (%d); want nobody", name, pid)
	}
}
