//go:build linux

// Command entry starts the program of the container image without root's rights.
//
//	entry DIR PROGRAM ARG...
//
// A folder that "docker run -v ./data:/app/data" makes on the host belongs to
// root, so an image that never is root could not write its data there. entry
// begins as root, hands DIR to the user that is to run the program, becomes
// that user and replaces itself with PROGRAM. See docs/adr/0001-docker-user.md.
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: entry DIR PROGRAM [ARG...]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "aihub:", err)
		os.Exit(1)
	}
}

func run(dir string, command []string) error {
	if os.Geteuid() == 0 { // else somebody chose a user by "docker run --user"
		who, err := settle(dir, imageUser())
		if err != nil {
			return err
		}
		if err := become(who); err != nil {
			return err
		}
	}
	if err := syscall.Exec(command[0], command, os.Environ()); err != nil {
		return fmt.Errorf("start %s: %w", command[0], err)
	}
	return nil // not reached: Exec replaces the process
}
