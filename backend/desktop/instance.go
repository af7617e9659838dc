package desktop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// shownReply is what the first instance answers once its window is on the way
// to the front.
const shownReply = "shown\n"

// replyWait bounds how long a second instance waits for the first: longer than
// any busy machine takes, short enough for a person who clicked twice.
const replyWait = 10 * time.Second

// Instance is this program's claim to be the only app of a data folder. It
// listens on a socket in the person's runtime folder; a second instance connects
// to it instead of opening a window.
//
// The claim is a courtesy; what protects the data is the store's own lock.
type Instance struct {
	listener net.Listener
	serving  sync.WaitGroup

	mu   sync.Mutex
	show func() // nil until the window exists
	owed bool   // somebody asked before it did
}

// Claim makes this program the app of the data folder dir and returns its claim;
// "" is the folder that the person has by default.
// When another app has it already, Claim brings that one's window to the front
// and returns nil.
func Claim(ctx context.Context, dir string) (*Instance, error) {
	path, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	if err := askToShow(ctx, path); err == nil {
		return nil, nil
	}
	// Nobody answers: the socket, if there is one, is of an app that was killed.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove a stale socket: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen for further instances: %w", err)
	}
	i := &Instance{listener: listener}
	i.serving.Go(i.serve)
	return i, nil
}

// Serve sets what brings the window to the front, and does it at once when a
// further instance has asked already.
func (i *Instance) Serve(show func()) {
	i.mu.Lock()
	i.show = show
	owed := i.owed
	i.owed = false
	i.mu.Unlock()
	if owed {
		show()
	}
}

// Close gives the claim up.
func (i *Instance) Close() error {
	err := i.listener.Close()
	i.serving.Wait()
	return err
}

func (i *Instance) serve() {
	for {
		conn, err := i.listener.Accept()
		if err != nil { // closed
			return
		}
		i.request()
		// A failure is the other instance's: it has gone.
		_, _ = io.WriteString(conn, shownReply)
		_ = conn.Close()
	}
}

func (i *Instance) request() {
	i.mu.Lock()
	show := i.show
	i.owed = show == nil
	i.mu.Unlock()
	if show != nil {
		show()
	}
}

// askToShow asks the app behind the socket to show its window.
func askToShow(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, replyWait)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return err
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if err := conn.SetReadDeadline(deadline); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, len(shownReply)))
	return err
}

// socketPath returns the place of the socket: outside the data folder, whose
// path may be too long for a socket's name (107 bytes), and on a file system
// that has sockets.
func socketPath(dir string) (string, error) {
	if dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return "", fmt.Errorf("find the data folder: %w", err)
		}
		dir = abs
	}
	runtimeDir := os.Getenv("XDG_RUNTIME_DIR")
	if runtimeDir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find a folder for the socket: %w", err)
		}
		runtimeDir = filepath.Join(cache, "aihub")
		if err := os.MkdirAll(runtimeDir, 0o700); err != nil {
			return "", fmt.Errorf("make a folder for the socket: %w", err)
		}
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(runtimeDir, "aihub-"+hex.EncodeToString(sum[:6])+".sock"), nil
}
