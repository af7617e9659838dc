package store_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
	"github.com/aihub/aihub/backend/store/storetest"
)

var masterKey = bytes.Repeat([]byte{0x5a}, 32)

// childDir tells the test binary to be the child of TestSurvive.
const childDir = "AIHUB_STORETEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, runChild(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func runChild(dir string) error {
	db, err := store.Open(context.Background(), store.Options{Dir: dir, Key: masterKey})
	if err != nil {
		return err
	}
	return storetest.Write(db, os.Stdout)
}

func open(t testing.TB, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{Dir: dir, Key: masterKey})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return db
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Open {
		dir := t.TempDir()
		return func(t *testing.T) core.Store { return open(t, dir) }
	})
}

func TestSurvive(t *testing.T) {
	dir := t.TempDir()
	storetest.Survive(t,
		func(t *testing.T) core.Store { return open(t, dir) },
		func() *exec.Cmd {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childDir+"="+dir)
			return cmd
		})
}

func wantError(t *testing.T, err error, code core.Code, parts ...string) {
	t.Helper()
	if core.CodeOf(err) != code {
		t.Fatalf("error %v, want code %q", err, code)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not mention %q", err, part)
		}
	}
}

func TestOpenTwice(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	_, err := store.Open(context.Background(), store.Options{Dir: dir, Key: masterKey})
	wantError(t, err, core.CodeConflict, dir)
	if runtime.GOOS != "windows" {
		wantError(t, err, core.CodeConflict, fmt.Sprintf("(process %d)", os.Getpid()))
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Close(); err != nil {
		t.Error(err)
	}
}

func TestOpenWithAnotherKey(t *testing.T) {
	other := bytes.Repeat([]byte{1}, 32)
	tests := []struct {
		name        string
		made, tried []byte
	}{
		{"another key", masterKey, other},
		{"no key", masterKey, nil},
		{"a key for clear text", nil, other},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			db, err := store.Open(context.Background(), store.Options{Dir: dir, Key: test.made})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			_, err = store.Open(context.Background(), store.Options{Dir: dir, Key: test.tried})
			wantError(t, err, core.CodeUnauthorized, dir, "AIHUB_MASTER_KEY")
			wantError(t, store.CheckKey(dir, test.tried), core.CodeUnauthorized)
			if err := store.CheckKey(dir, test.made); err != nil {
				t.Errorf("the right key is refused: %v", err)
			}
		})
	}
}

func TestExists(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if store.Exists(dir) || store.CheckKey(dir, nil) != nil || store.KeyCheck(dir) != nil {
		t.Error("a database exists before it is made")
	}
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	if !store.Exists(dir) {
		t.Error("no database exists after one was made")
	}
	check := store.KeyCheck(dir)
	if check(masterKey) != nil || check(nil) == nil {
		t.Errorf("the right key: %v, no key: %v", check(masterKey), check(nil))
	}
}

func TestNothingInClearText(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	ctx := context.Background()
	secret := "THE-SECRET-OF-THE-ACCOUNT"
	err := db.Update(ctx, core.PutChannel{Channel: core.Channel{ID: "c"}},
		core.PutAccount{Account: core.Account{ID: "a", ChannelID: "c", Credential: core.Credential{APIKey: secret}}})
	if err != nil {
		t.Fatal(err)
	}
	searchFiles(t, dir, secret) // in the log
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	searchFiles(t, dir, secret) // in the tables
}

func searchFiles(t *testing.T, dir, secret string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		content, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("%s holds the secret in clear text", f.Name())
		}
	}
}

func TestBadgerSpeaksThroughTheLogger(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	db, err := store.Open(context.Background(), store.Options{Dir: t.TempDir(), Key: masterKey, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "level=DEBUG") || !strings.Contains(got, "msg=badger") ||
		strings.Contains(got, "level=INFO") {
		t.Errorf("log:\n%s", got)
	}
}

func TestSyncWrites(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Dir: t.TempDir(), Key: masterKey, SyncWrites: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.CommitRecords(ctx, nil, []*core.Record{{ID: "req_1"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.FindRecord(ctx, "req_1"); err != nil {
		t.Error(err)
	}
}
