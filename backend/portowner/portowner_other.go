//go:build !linux

package portowner

// Find reports the name and id of a process that listens on the TCP port. It
// finds nothing on this system.
func Find(port int) (name string, pid int, ok bool) { return "", 0, false }
