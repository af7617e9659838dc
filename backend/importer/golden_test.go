package importer

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// testNow is later than the registrations that have ended in the test data, and
// earlier than the others.
func testNow() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) }

// folder reads the files of one import.
func folder(t *testing.T, dir string) []Source {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []Source
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Source{Name: f.Name(), Content: content})
	}
	return out
}

// TestDialects reads each folder as one import, for any channel and for one of
// Kiro.
func TestDialects(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("testdata", "dialects", "*"))
	if err != nil || len(dirs) < 30 {
		t.Fatalf("%d dialects, %v", len(dirs), err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			sources := folder(t, dir)
			got := "for any channel\n" + table(t, sources, Options{Now: testNow()}) +
				"\nfor a channel of kiro\n" + table(t, sources, Options{Now: testNow(), Provider: core.ProviderKiro}) +
				"\nfor a channel of openai\n" + table(t, sources, Options{Now: testNow(), Provider: core.ProviderOpenAI})
			golden := filepath.Join("testdata", "golden", filepath.Base(dir)+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// table words the entries, one in a line.
func table(t *testing.T, sources []Source, o Options) string {
	t.Helper()
	entries, err := Read(t.Context(), sources, o)
	if err != nil {
		return "  error: " + err.Error() + "\n"
	}
	var out strings.Builder
	for i := range entries {
		e := &entries[i]
		noSecretIn(t, e)
		fmt.Fprintf(&out, "  %s:%d %s %s %q", e.File, e.Line, e.Kind, e.Provider, e.Name)
		if e.BaseURL != "" {
			fmt.Fprintf(&out, " at %s", e.BaseURL)
		}
		if e.ProxyURL != "" {
			fmt.Fprintf(&out, " by %s", e.ProxyURL)
		}
		if e.Enabled != nil {
			fmt.Fprintf(&out, " enabled=%v", *e.Enabled)
		}
		if e.Reason != "" {
			fmt.Fprintf(&out, "\n      %s: %s\n", e.Reason, e.Problem)
			continue
		}
		fmt.Fprintf(&out, "\n      %s\n", worded(t, e.Credential))
	}
	return out.String()
}

// worded is a credential as JSON, with its long secrets cut.
func worded(t *testing.T, c core.Credential) string {
	t.Helper()
	for _, s := range []*string{&c.RefreshToken, &c.AccessToken} {
		if len(*s) > 40 {
			*s = fmt.Sprintf("%s~%s (%d)", (*s)[:12], (*s)[len(*s)-4:], len(*s))
		}
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// noSecretIn fails when a row shows what it must hide.
func noSecretIn(t *testing.T, e *Entry) {
	t.Helper()
	shown := strings.Join([]string{e.File, e.Name, e.Detail, e.Problem, e.Channel, string(e.Reason), e.Place()}, "\n")
	c := &e.Credential
	for _, secret := range []string{c.APIKey, c.RefreshToken, c.AccessToken, c.ClientSecret, "hunter2"} {
		if len(secret) > 5 && strings.Contains(shown, secret) {
			t.Errorf("a row shows a secret: %s", shown)
		}
	}
}
