package portowner

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const listening = "0A" // TCP_LISTEN in the "st" column of /proc/net/tcp

// Find reports the name and id of a process that listens on the TCP port, on
// whatever address. It finds only processes whose open files the caller may
// read: its own user's, or everybody's for root.
func Find(port int) (name string, pid int, ok bool) {
	sockets := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		addListeners(sockets, table, port)
	}
	if len(sockets) == 0 {
		return "", 0, false
	}
	pid, ok = holder(sockets)
	if !ok {
		return "", 0, false
	}
	comm, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "comm"))
	if err != nil { // it ended just now
		return "", 0, false
	}
	return strings.TrimSpace(string(comm)), pid, true
}

// addListeners adds the table's sockets that listen on the port, in the form
// that the links of /proc/*/fd have.
func addListeners(sockets map[string]bool, table string, port int) {
	file, err := os.Open(table)
	if err != nil { // no such address family
		return
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		// sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || fields[3] != listening {
			continue
		}
		_, digits, _ := strings.Cut(fields[1], ":")
		if n, err := strconv.ParseUint(digits, 16, 16); err == nil && int(n) == port {
			sockets["socket:["+fields[9]+"]"] = true
		}
	}
}

// holder returns the process with the lowest id that has one of the sockets
// open: of a forking server that is the parent.
func holder(sockets map[string]bool) (int, bool) {
	files, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return 0, false
	}
	found := 0
	for _, file := range files {
		link, err := os.Readlink(file)
		if err != nil || !sockets[link] {
			continue
		}
		pid, err := strconv.Atoi(strings.Split(file, "/")[2])
		if err == nil && (found == 0 || pid < found) {
			found = pid
		}
	}
	return found, found != 0
}
