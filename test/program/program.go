// Package program runs finished programs for the tests from outside: started,
// waited for, stopped, killed.
package program

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Process is a server that has said where it listens.
type Process struct {
	cmd *exec.Cmd
	URL string
}

// Start runs a server and waits for the line of JSON that names its address. env
// is added to the environment of the caller. The end of ctx stops it.
func Start(ctx context.Context, env []string, name string, args ...string) (*Process, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 40 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	url, err := ready(out)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s said nothing when it started: %w", name, err), cmd.Process.Kill(), cmd.Wait())
	}
	return &Process{cmd: cmd, URL: url}, nil
}

func ready(out io.Reader) (url string, err error) {
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var said struct {
		URL string `json:"url"`
	}
	err = errors.Join(err, json.Unmarshal(line, &said))
	return said.URL, err
}

// PID is its number in the system.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Stop ends it as a service manager does and waits for its end. A process that is
// gone already, or nil, is as good as stopped.
func (p *Process) Stop() error {
	if p == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	return p.cmd.Wait()
}

// Kill ends it as a power cut does and waits for its end.
func (p *Process) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	if err := p.cmd.Wait(); err == nil {
		return errors.New("the program has ended by itself before it was killed")
	}
	return nil
}
