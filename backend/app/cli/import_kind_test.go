package cli

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// Import recognises by its content what a file is, in a folder that nobody has
// open and with an AiHub that runs.
func TestImportRecognisesTheFile(t *testing.T) {
	for _, running := range []bool{false, true} {
		t.Run(fmt.Sprintf("running %v", running), func(t *testing.T) {
			p := newPlace(t)
			if running {
				p.serve()
			}
			keys := p.file("whatever.bin", []byte("sk-ant-api03-0123456789abcdef\nsk-proj-0123456789abcdef\n"))
			if out := p.run("import", "--dry-run", keys); !strings.Contains(out, "2 new") || strings.Contains(out, "0123456789") {
				t.Errorf("dry run of keys: %s", out)
			}
			if out := p.run("import", keys); !strings.Contains(out, "2 new") || !strings.Contains(out, "import imp_") {
				t.Errorf("keys: %s", out)
			}
			config := p.file("keys.txt", []byte(p.run("export")))
			if out := p.run("import", config); !strings.Contains(out, `"updated":2`) {
				t.Errorf("configuration: %s", out)
			}
			backup := p.file("accounts.csv", nil)
			p.run("backup", backup)
			if _, err := p.try("", "import", backup); core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "aihub restore "+backup) {
				t.Errorf("backup: %v", err)
			}
		})
	}
}

// An import can be listed and undone at the command line, and its accounts tried.
func TestImportsAreListedVerifiedAndUndone(t *testing.T) {
	sim := httptest.NewServer(simulator.New(simulator.Options{Seed: 1}))
	t.Cleanup(sim.Close)
	for _, running := range []bool{false, true} {
		t.Run(fmt.Sprintf("running %v", running), func(t *testing.T) {
			p := newPlace(t)
			if running {
				p.serve()
			}
			if out := p.run("accounts", "import", "--list"); !strings.Contains(out, "no import") {
				t.Errorf("%s", out)
			}
			file := p.file("table.csv", []byte(strings.ReplaceAll("provider,name,api_key,base_url\nopenai,one,sk-good-000000000001,URL\nanthropic,two,sk-ant-good-00000002,URL\n", "URL", sim.URL)))
			out := p.run("accounts", "import", "--verify", file)
			if !strings.Contains(out, "2 tried: 2 work, 0 failed") {
				t.Fatalf("%s", out)
			}
			id := regexp.MustCompile(`imp_\w+`).FindString(out)
			if list := p.run("accounts", "import", "--list"); !strings.Contains(list, id) || !strings.Contains(list, "done") || !strings.Contains(list, "table.csv") {
				t.Errorf("%s", list)
			}
			if out := p.run("accounts", "import", "--undo", id); !strings.Contains(out, "2 accounts and 2 channels deleted") {
				t.Errorf("%s", out)
			}
			if _, err := p.try("", "accounts", "import", "--undo", id); core.CodeOf(err) != core.CodeConflict {
				t.Errorf("undone twice: %v", err)
			}
		})
	}
}
