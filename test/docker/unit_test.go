package docker

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUnit lets systemd judge the service file where systemd is, and reads it
// in any case.
func TestUnit(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(root, "build/linux/aihub.service"))
	if err != nil {
		t.Fatal(err)
	}
	unit := string(src)
	for _, line := range []string{"ExecStart=/usr/bin/aihub serve", "NoNewPrivileges=yes", "StateDirectory=aihub", "WantedBy=multi-user.target"} {
		if !strings.Contains(unit, line+"\n") {
			t.Errorf("the unit has no line %q", line)
		}
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("no systemd here to ask")
		return
	}
	// It wants to see the program that is to be started.
	name := filepath.Join(t.TempDir(), "aihub.service")
	unit = strings.Replace(unit, "ExecStart=/usr/bin/aihub", "ExecStart=/bin/true", 1)
	if err := os.WriteFile(name, []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", name).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze: %v\n%s", err, out)
	}
}
