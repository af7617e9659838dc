// Package backend holds nothing but the test of its own shape: which package
// may import which, and how long a file may be.
package backend_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module  = "github.com/aihub/aihub/"
	maxFile = 300 // lines
)

// level is one row of the table: the packages that stand beside each other.
type level struct {
	packages []string // below backend/; a row also covers the packages inside
	// beside lists what packages of this row may import of the same row.
	beside map[string][]string
	why    string
}

// levels lists the rows from the ground up. A package imports packages of lower
// rows, the packages that it lies inside of, and what beside grants.
func levels() []level {
	return []level{
		{
			packages: []string{"llm", "sse", "tokens", "secret"}, // secret: what is kept and what is logged are masked alike
			beside:   map[string][]string{"tokens": {"llm"}},     // a count says how it is known, in the words of llm.Usage
			why:      "the ground: the language everybody speaks, so it depends on nothing but the standard library",
		},
		{
			packages: []string{"core"},
			why:      "the domain: what the levels above accept and return, so it knows none of them",
		},
		{
			packages: []string{"protocol"},
			why:      "wire formats are pure: bytes in, bytes out, so that they can be fuzzed and replayed",
		},
		{
			packages: []string{"store", "vault", "upstream", "portowner"},
			why:      "adapters to one outside thing each; whoever needs two of them decides above",
		},
		{
			packages: []string{"writeback"},
			why:      "what decisions learn is written a moment later; several of them do, so it lies beneath them",
		},
		{
			packages: []string{"catalog", "balance", "limits", "quota", "pricing", "ledger", "capture", "credential", "usage", "notify", "forecast"},
			beside: map[string][]string{
				"balance": {"limits"},   // what an error means is what a choice learns
				"limits":  {"forecast"}, // the course of a limit is kept where the limit is
				"usage":   {"forecast"}, // and that of a quota where the quota is
			},
			why: "decisions in memory: each is one question, and the relay asks them in turn",
		},
		{
			packages: []string{"login"},
			why:      "beside the path of a request: it makes an account out of a person's consent, and whoever manages accounts calls it",
		},
		{
			packages: []string{"relay"},
			why:      "the one path of a request: it alone knows all decisions",
		},
		{
			packages: []string{"admin", "gateway", "importer", "tooling", "simulator"},
			beside: map[string][]string{
				"gateway": {"admin"},    // a door to the service
				"admin":   {"importer"}, // importing accounts is one of its operations
			},
			why: "what people and tools call; doors do not lead into each other",
		},
		{
			packages: []string{"app", "desktop"},
			why:      "composition: the only place that knows everything",
		},
	}
}

// owners names the one place that may import a third party's package.
func owners() map[string]struct{ owner, why string } {
	return map[string]struct{ owner, why string }{
		"github.com/gin-gonic/gin":            {"backend/gateway", "HTTP routing is the gateway's; nobody else sees a *gin.Context"},
		"github.com/dgraph-io/badger":         {"backend/store", "the contract of core must fit another database"},
		"github.com/getlantern/systray":       {"backend/desktop", "the tray needs cgo, and the headless build has none"},
		"github.com/wailsapp/wails":           {"", "the window binds package main; the backend runs without it"},
		"github.com/zalando/go-keyring":       {"backend/vault", "one place knows where the master key lives"},
		"github.com/prometheus/client_golang": {"backend/gateway", "metrics are read from the ledger, not scattered over the code"},
	}
}

// file is one parsed Go file of the project.
type file struct {
	name   string // from the project's root, with slashes
	ast    *ast.File
	isTest bool // of a test, or of a package that tests share (storetest)
}

// dir is the folder of the file's package: "" is package main.
func (f *file) dir() string { return strings.TrimPrefix(path.Dir(f.name), ".") }

// imports lists the paths that the file imports.
func (f *file) imports() []string {
	var list []string
	for _, spec := range f.ast.Imports {
		list = append(list, strings.Trim(spec.Path.Value, `"`))
	}
	return list
}

// project parses every Go file of the module.
func project(t *testing.T) []*file {
	t.Helper()
	var files []*file
	walk(t, func(name string, src []byte) {
		if !strings.HasSuffix(name, ".go") || !ofModule(name) {
			return
		}
		tree, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		isTest := strings.HasSuffix(name, "_test.go") || strings.HasSuffix(path.Dir(name), "test")
		files = append(files, &file{name: name, ast: tree, isTest: isTest})
	})
	return files
}

// ofModule tells the files of this module from those of the modules that lie
// inside its folder: the linters' and the tests' oracles have their own go.mod,
// so that nothing of them reaches the program.
func ofModule(name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if _, err := os.Stat(filepath.Join("..", dir, "go.mod")); err == nil {
			return false
		}
	}
	return true
}

// walk calls visit for every file of the project that people write.
func walk(t *testing.T, visit func(name string, src []byte)) {
	t.Helper()
	root := os.DirFS("..")
	skip := []string{"node_modules", "dist", "testdata", "wailsjs", "out", "bin", "coverage"}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains(skip, d.Name())) {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains([]string{".go", ".ts", ".vue", ".js", ".mjs", ".css", ".sh"}, path.Ext(name)) {
			return nil
		}
		src, err := fs.ReadFile(root, name)
		if err == nil {
			visit(name, src)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLevels(t *testing.T) {
	for _, f := range project(t) {
		pkg, inside := strings.CutPrefix(f.dir(), "backend/")
		if !inside || f.isTest {
			continue
		}
		rank, _, found := place(pkg)
		if !found {
			t.Errorf("%s: package %s is in no row of the table above; add it", f.name, pkg)
			continue
		}
		for _, imported := range f.imports() {
			to, ours := strings.CutPrefix(imported, module+"backend/")
			if ours && !mayImport(pkg, to) {
				t.Errorf("%s imports %s; %s", f.name, to, levels()[rank].why)
			}
		}
	}
}

func TestOwnersOfThirdParties(t *testing.T) {
	for _, f := range project(t) {
		for _, imported := range f.imports() {
			for third, rule := range owners() {
				outside := imported == third || strings.HasPrefix(imported, third+"/")
				if outside && f.dir() != rule.owner && !strings.HasPrefix(f.dir(), rule.owner+"/") {
					t.Errorf("%s imports %s, which is for %q only: %s", f.name, imported, rule.owner, rule.why)
				}
			}
		}
	}
}

func TestGroundAndWireFormatsAreClosed(t *testing.T) {
	for _, f := range project(t) {
		pkg, inside := strings.CutPrefix(f.dir(), "backend/")
		rank, _, found := place(pkg)
		if !inside || f.isTest || !found || rank > 2 {
			continue
		}
		for _, imported := range f.imports() {
			if why := closed(rank, imported); why != "" {
				t.Errorf("%s imports %s: %s", f.name, imported, why)
			}
		}
		if rank != 1 {
			reportClock(t, f)
		}
	}
}

// closed says why a package of a low row may not import a path, "" if it may.
func closed(rank int, imported string) string {
	first, _, _ := strings.Cut(imported, "/")
	outside := strings.Contains(first, ".") && !strings.HasPrefix(imported, module)
	banned := []string{"net", "net/http", "os", "os/exec", "log", "log/slog", "database/sql"}
	if rank == 2 || rank == 0 {
		banned = append(banned, "context")
	}
	switch {
	case rank == 0 && outside:
		return "the ground takes the standard library only"
	case slices.Contains(banned, imported):
		return "nothing below the adapters touches the outside"
	}
	return ""
}

// reportClock finds the calls by which a pure package would read the clock.
func reportClock(t *testing.T, f *file) {
	t.Helper()
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" &&
			slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After"}, sel.Sel.Name) {
			t.Errorf("%s: time.%s; the caller brings the time", f.name, sel.Sel.Name)
		}
		return true
	})
}

func TestPackagesAreDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range project(t) {
		if !f.isTest {
			documented[f.dir()] = documented[f.dir()] || f.ast.Doc != nil
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("package %s has no doc comment", dir)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	walk(t, func(name string, src []byte) {
		generated := bytes.Contains(src[:min(len(src), 2048)], []byte("DO NOT EDIT")) || filepath.Base(name) == "schema.d.ts"
		if lines := bytes.Count(src, []byte("\n")); lines > maxFile && !generated {
			t.Errorf("%s has %d lines, at most %d are agreed on", name, lines, maxFile)
		}
	})
}
