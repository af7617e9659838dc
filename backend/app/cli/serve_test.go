package cli

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
)

// The key of a first start is shown even when the start fails then: the next
// one finds it in the store and shows nothing.
func TestFirstStartOnATakenPortShowsTheAdminKey(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("ADMIN_KEY", "")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	dir := t.TempDir()
	for start, want := range []bool{true, false} {
		var said bytes.Buffer
		root := (&commands{}).root()
		root.SetErr(&said)
		root.SetArgs([]string{"serve", "--port", port, "--database", dir, "--log-level", "error"})
		if err := root.ExecuteContext(t.Context()); core.CodeOf(err) != core.CodeConflict {
			t.Fatal(err)
		}
		if got := strings.Contains(said.String(), "admin key (shown this once"); got != want {
			t.Errorf("start %d said %q", start, said.String())
		}
	}
}
