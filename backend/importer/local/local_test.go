package local

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

const builderHash = "e909a0580879b06ece1202964fbe9dda95ea4ce3"

func newMachine(t *testing.T) *Machine {
	t.Helper()
	return &Machine{
		Home: t.TempDir(), Env: func(string) string { return "" }, OS: "linux",
		Now: func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) },
	}
}

func (m *Machine) write(t *testing.T, path string, v any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(m.Home, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// token makes a refresh token of the right length.
func token(seed string) string { return "aor" + seed + strings.Repeat("0a", 80) }

const cache = ".aws/sso/cache/"

// signInIDE writes the files of the IDE, and those of another program that signs
// in to AWS.
func (m *Machine) signInIDE(t *testing.T, refresh string) {
	m.write(t, cache+"kiro-auth-token.json", map[string]any{
		"refreshToken": refresh, "accessToken": "aoa1", "authMethod": "IdC", "provider": "BuilderId", "region": "us-east-1", "clientIdHash": builderHash,
	})
	m.write(t, cache+builderHash+".json", map[string]any{"clientId": "ide", "clientSecret": "secret", "expiresAt": "2026-12-20T08:00:00"})
	m.write(t, cache+"aws-cli.json", map[string]any{"clientId": "other", "clientSecret": "other", "expiresAt": "2026-12-20T08:00:00"})
	m.write(t, cache+"session.json", map[string]any{"accessToken": "of-another-program", "expiresAt": "2026-12-20T08:00:00"})
}

// signInCLI writes a database as kiro-cli does; the connection stays open, so
// that its log is not yet in the file.
func (m *Machine) signInCLI(t *testing.T, refresh string) *sql.DB { //nolint:unparam // some tests keep it open
	t.Helper()
	path := filepath.Join(m.Home, ".local/share/kiro-cli/data.sqlite3")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	value := `{"refresh_token":"` + refresh + `","provider":"github","profile_arn":"arn:aws:codewhisperer:us-east-1:1:profile/A"}`
	for _, q := range []string{
		"CREATE TABLE IF NOT EXISTS auth_kv (key TEXT PRIMARY KEY, value TEXT)",
		"INSERT OR REPLACE INTO auth_kv VALUES ('kirocli:social:token', '" + value + "')",
	} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func TestFindNothing(t *testing.T) {
	if got := newMachine(t).Find(t.Context()); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestFind(t *testing.T) {
	m := newMachine(t)
	m.signInIDE(t, token("ide"))
	m.signInCLI(t, token("cli"))
	found := m.Find(t.Context())
	if len(found) != 2 || found[0].ID != "kiro-ide" || found[1].ID != "kiro-cli" {
		t.Fatalf("%+v", found)
	}
	for _, f := range found {
		if f.Err != nil || len(f.Entries) != 1 || f.Entries[0].Problem != "" {
			t.Fatalf("%s: %+v, %v", f.ID, f.Entries, f.Err)
		}
		c := f.Entries[0].Credential
		if c.Source.Kind != f.Kind || c.Source.Path != f.Path {
			t.Errorf("%s: source %+v", f.ID, c.Source)
		}
		again, err := m.Reread(t.Context(), c.Source)
		if err != nil || again != c {
			t.Errorf("%s: read again: %v, %v", f.ID, again == c, err)
		}
	}
	if c := found[0].Entries[0].Credential; c.ClientID != "ide" || c.ClientSecret != "secret" {
		t.Errorf("the client of another program: %q", c.ClientID)
	}
}

func TestRereadSeesWhatTheOthersRenewed(t *testing.T) {
	m := newMachine(t)
	m.signInIDE(t, token("first"))
	m.signInCLI(t, token("first"))
	var sources []core.CredentialSource
	for _, f := range m.Find(t.Context()) {
		sources = append(sources, f.Entries[0].Credential.Source)
	}
	m.signInIDE(t, token("second"))
	m.signInCLI(t, token("second"))
	for _, s := range sources {
		if c, err := m.Reread(t.Context(), s); err != nil || c.RefreshToken != token("second") {
			t.Errorf("%s: an old token, %v", s.Kind, err)
		}
	}
}

func TestRereadOfWhatIsGone(t *testing.T) {
	m := newMachine(t)
	m.signInIDE(t, token("ide"))
	source := core.CredentialSource{Kind: core.SourceKiroIDE, Path: filepath.Join(m.Home, cache, "kiro-auth-token.json")}
	if err := os.Remove(source.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Reread(context.Background(), source); core.CodeOf(err) != core.CodeNotFound {
		t.Errorf("%v", err)
	}
	if _, err := m.Sources(t.Context(), "passwords"); core.CodeOf(err) != core.CodeInvalid {
		t.Errorf("%v", err)
	}
}

func TestPlaces(t *testing.T) {
	env := map[string]string{"LOCALAPPDATA": `C:\L`}
	for goos, want := range map[string]string{"linux": ".local/share/kiro-cli", "darwin": "Application Support/kiro-cli", "windows": "Kiro-Cli"} {
		m := &Machine{Home: "/home/me", Env: func(name string) string { return env[name] }, OS: goos}
		if places := m.Places(); len(places) < 2 || !strings.Contains(places[1].Path, want) {
			t.Errorf("%s: %+v", goos, places)
		}
	}
}
