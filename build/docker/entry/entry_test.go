//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asEntry makes the test program be entry, asReport the program that entry
// starts.
const (
	asEntry  = "ENTRY_TEST_RUN"
	asReport = "ENTRY_TEST_REPORT"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asReport) != "" && os.Getenv(asEntry) == "":
		report()
	case os.Getenv(asEntry) != "":
		os.Unsetenv(asEntry)
		main()
	default:
		os.Exit(m.Run())
	}
}

// report prints who runs it and proves that it can write the folder.
func report() {
	groups, err := os.Getgroups()
	if err == nil {
		err = os.WriteFile(filepath.Join(os.Getenv(asReport), "store", "new"), nil, 0o600)
	}
	fmt.Println(os.Getuid(), os.Getgid(), groups, err)
}

// start runs entry over dir and returns what the program that it started says.
func start(t *testing.T, dir string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command(os.Args[0], dir, program)
	cmd.Env = append(os.Environ(), asEntry+"=1", asReport+"="+dir)
	if err := os.Link(os.Args[0], program); err != nil { // the temporary folder may be on another disk
		data, err := os.ReadFile(os.Args[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(program, data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	open(t, program)
	open(t, dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// open lets everybody pass the folders above path, as in a container.
func open(t *testing.T, path string) {
	t.Helper()
	for dir := filepath.Dir(path); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// dataFolder returns a folder with something in it that belongs to who.
func dataFolder(t *testing.T, who owner) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(filepath.Join(dir, "store"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := give(dir, who); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEntry(t *testing.T) {
	self := owner{os.Getuid(), os.Getgid()}
	tests := map[string]struct{ folder, want owner }{"the caller's folder": {self, self}}
	if self.uid == 0 { // only root can hand folders out
		tests = map[string]struct{ folder, want owner }{
			"root's folder":       {owner{0, 0}, imageUser()},
			"a person's folder":   {owner{1000, 1000}, owner{1000, 1000}},
			"the image's, again":  {imageUser(), imageUser()},
			"a person in group 0": {owner{1001, 0}, owner{1001, 0}},
		}
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := dataFolder(t, tt.folder)
			got := start(t, dir)
			want := fmt.Sprintf("%d %d ", tt.want.uid, tt.want.gid)
			if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "<nil>") {
				t.Errorf("the program says %q, want user and group %q and no error", got, want)
			}
			if self.uid == 0 && !strings.Contains(got, fmt.Sprintf("[%d]", tt.want.gid)) {
				t.Errorf("the program says %q, want no group but its own", got)
			}
		})
	}
}

func TestGiveLeavesLinkTargetsAlone(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	to := owner{os.Getuid(), os.Getgid()}
	if to.uid == 0 {
		to = imageUser()
	}
	if err := give(dir, to); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(outside)
	if err != nil {
		t.Fatal(err)
	}
	if got := ownerOf(info); got.uid != os.Getuid() {
		t.Errorf("the target of a link belongs to %d now", got.uid)
	}
}
