package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportAccountsIntoTheFolder imports a file where no AiHub runs.
func TestImportAccountsIntoTheFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "keys.txt")
	if err := os.WriteFile(file, []byte("sk-ant-api03-0123456789abcdef\nsk-proj-0123456789abcdef\nghp_0123456789\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		c := &commands{Options: Options{Version: "test"}}
		root := c.root()
		root.SetOut(&out)
		root.SetErr(&out)
		root.SetArgs(append([]string{"accounts", "import", "--database", filepath.Join(dir, "data"), "--master-key", strings.Repeat("5a", 32)}, args...))
		if err := root.ExecuteContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for _, step := range []struct{ flag, want string }{
		{"--dry-run", "2 new, 0 there already, 1 with a problem"},
		{"--verify=false", "2 new, 0 there already, 1 with a problem"},
		{"--dry-run", "0 new, 2 there already, 1 with a problem"},
	} {
		if out := run(step.flag, file); !strings.Contains(out, step.want) || strings.Contains(out, "0123456789") {
			t.Errorf("%s: %s", step.flag, out)
		}
	}
}
