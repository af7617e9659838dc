package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
)

const (
	testPassphrase = "correct horse battery"
	testAdminKey   = "adm-0123456789abcdef"
)

// place is a data folder that commands work on.
type place struct {
	t    *testing.T
	data string
	// running are the flags that reach a running AiHub.
	running []string
	// restarted waits until it has built itself anew; nil = none runs.
	restarted func()
}

func newPlace(t *testing.T) *place {
	t.Helper()
	t.Setenv("AIHUB_PASSPHRASE", "")
	t.Setenv("ADMIN_KEY", testAdminKey)
	t.Chdir(t.TempDir())
	return &place{t: t, data: filepath.Join(t.TempDir(), "data")}
}

func (p *place) command(out io.Writer, in string, args ...string) (run func(context.Context) error) {
	assets := fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}}
	c := &commands{Options: Options{Version: "test", Assets: assets}}
	root := c.root()
	root.SetOut(out)
	root.SetErr(io.Discard)
	root.SetIn(strings.NewReader(in))
	root.SetArgs(append(args, "--database", p.data, "--master-key", strings.Repeat("5a", 32), "--log-level", "error"))
	return root.ExecuteContext
}

func (p *place) try(in string, args ...string) (string, error) {
	p.t.Helper()
	var out bytes.Buffer
	err := p.command(&out, in, append(args, p.running...)...)(p.t.Context())
	return out.String(), err
}

func (p *place) run(args ...string) string {
	p.t.Helper()
	out, err := p.try(testPassphrase+"\n", args...)
	if err != nil {
		p.t.Fatalf("%s: %v", args[0], err)
	}
	return out
}

// serve lets an AiHub run on the folder until the test ends.
func (p *place) serve() {
	p.t.Helper()
	pr, pw := io.Pipe()
	ctx, stop := context.WithCancel(p.t.Context())
	ended := make(chan error, 1)
	run := p.command(pw, "", "serve", "--port", "0", "--ready-json")
	go func() { ended <- run(ctx) }()
	p.t.Cleanup(func() {
		stop()
		go func() { _, _ = io.Copy(io.Discard, pr) }()
		if err := <-ended; err != nil {
			p.t.Error(err)
		}
	})
	lines := bufio.NewScanner(pr)
	p.running = []string{"--url", p.ready(lines)}
	restarts := make(chan string, 8)
	go func() {
		for lines.Scan() {
			restarts <- lines.Text()
		}
	}()
	p.restarted = func() { <-restarts }
}

// ready waits for the line that says where it is.
func (p *place) ready(lines *bufio.Scanner) string {
	p.t.Helper()
	if !lines.Scan() {
		p.t.Fatal("the server has said nothing")
	}
	var line struct{ URL string }
	if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
		p.t.Fatal(err)
	}
	return line.URL
}

// names are the names of the accounts and users, in the exported configuration.
func (p *place) names() (accounts, users []string) {
	p.t.Helper()
	var file admin.ConfigFile
	if err := json.Unmarshal([]byte(p.run("export")), &file); err != nil {
		p.t.Fatal(err)
	}
	for _, a := range file.Accounts {
		accounts = append(accounts, a.Name)
	}
	for _, u := range file.Users {
		users = append(users, u.Name)
	}
	return accounts, users
}

func (p *place) file(name string, content []byte) string {
	p.t.Helper()
	path := filepath.Join(filepath.Dir(p.data), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *place) want(when string, users ...string) {
	p.t.Helper()
	accounts, got := p.names()
	if len(accounts) != 1 || !slices.Equal(got, users) {
		p.t.Errorf("%s: accounts %q, users %q, want %q", when, accounts, got, users)
	}
}

// A folder is kept by itself, and by the program that has it open.
func TestKeeping(t *testing.T) {
	for name, serve := range map[string]bool{"a folder": false, "a running AiHub": true} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.run("accounts", "import", p.file("keys.txt", []byte("sk-ant-api03-0123456789abcdef\n")))
			if serve {
				p.serve()
			}
			p.want("at first")
			backup := filepath.Join(filepath.Dir(p.data), "all.backup")
			p.run("backup", backup)
			p.wantSealed(backup)
			p.importUser("eve")
			p.want("behind the import", "eve")
			p.restore(backup)
			p.want("behind the restore")
		})
	}
}

func (p *place) wantSealed(path string) {
	p.t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		p.t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil || info.Mode().Perm() != 0o600 || bytes.Contains(content, []byte("0123456789abcdef")) {
		p.t.Errorf("the backup: mode %v, %v", info.Mode(), err)
	}
}

// importUser adds a user to the exported configuration and imports that.
func (p *place) importUser(name string) {
	p.t.Helper()
	path := filepath.Join(filepath.Dir(p.data), "config.json")
	p.run("export", path)
	content, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	var file admin.ConfigFile
	if err := json.Unmarshal(content, &file); err != nil {
		p.t.Fatal(err)
	}
	file.Users = append(file.Users, admin.ConfigUser{ID: "usr_" + name, Name: name, Enabled: true, Quota: core.Quota{Period: core.PeriodTotal}})
	content, err = json.Marshal(file)
	if err != nil {
		p.t.Fatal(err)
	}
	p.file("config.json", content)
	if out := p.run("import", "--dry-run", path); !strings.Contains(out, `"users":{"created":1,"updated":0}`) {
		p.t.Errorf("a dry run says %s", out)
	}
	p.want("behind the dry run")
	p.run("import", path)
}

func (p *place) restore(backup string) {
	p.t.Helper()
	out := p.run("restore", backup, "--dry-run", "--passphrase-file", p.file("passphrase", []byte(testPassphrase+"\r\nmore\n")))
	if !strings.Contains(out, `"accounts":1`) || strings.Contains(out, `"restarting":true`) {
		p.t.Errorf("a dry run says %s", out)
	}
	for in, want := range map[string]core.Code{"another passphrase\n": core.CodeInvalid, "": core.CodeInvalid} {
		if _, err := p.try(in, "restore", backup); core.CodeOf(err) != want {
			p.t.Errorf("with the passphrase %q: %v", in, err)
		}
	}
	if _, err := p.try(testPassphrase, "restore", backup+".none"); core.CodeOf(err) != core.CodeInvalid {
		p.t.Errorf("no file: %v", err)
	}
	p.want("behind what was refused", "eve")
	p.t.Setenv("AIHUB_PASSPHRASE", testPassphrase)
	p.run("restore", backup)
	if p.restarted != nil {
		p.restarted()
	}
}

// Whoever asks a running AiHub needs its key.
func TestKeepingNeedsTheAdminKey(t *testing.T) {
	p := newPlace(t)
	p.serve()
	for key, want := range map[string]core.Code{"": core.CodeInvalid, "adm-another-key-0000": core.CodeUnauthorized} {
		t.Setenv("ADMIN_KEY", key)
		if out, err := p.try("", "export"); core.CodeOf(err) != want {
			t.Errorf("with the key %q: %q %v", key, out, err)
		}
	}
}
