package vault

import (
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// A bus that accepts and never answers is the real case behind the timeout.
func TestUnresponsiveBus(t *testing.T) {
	address := filepath.Join(t.TempDir(), "bus")
	bus, err := net.Listen("unix", address)
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := bus.Accept()
		if err == nil {
			accepted <- conn
		}
		close(accepted)
	}()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+address)
	v := newVault(Options{Dir: t.TempDir(), UseKeyring: true, Timeout: 50 * time.Millisecond})
	if _, err := v.readKeyring(); !errors.Is(err, errSilent) {
		t.Errorf("readKeyring: %v, want that it does not answer", err)
	}
	bus.Close()
	if conn, ok := <-accepted; ok {
		conn.Close() // the call that was left behind ends here
	}
}
