package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/aihub/aihub/backend/core"
)

// ring is a keyring in memory.
type ring struct {
	secret  string
	getErr  error
	setErr  error
	silent  chan struct{} // when set, calls wait until it is closed
	forgets bool
}

func (r *ring) Get(_, _ string) (string, error) {
	if r.silent != nil {
		<-r.silent
	}
	if r.getErr != nil {
		return "", r.getErr
	}
	if r.secret == "" {
		return "", keyring.ErrNotFound
	}
	return r.secret, nil
}

func (r *ring) Set(_, _, secret string) error {
	if r.setErr == nil && !r.forgets {
		r.secret = secret
	}
	return r.setErr
}

var (
	right = bytes.Repeat([]byte{7}, 32)
	wrong = bytes.Repeat([]byte{9}, 32)
)

// fitsRight is the check of a store that was made with the key right.
func fitsRight(key []byte) error {
	if !bytes.Equal(key, right) {
		return errors.New("another key")
	}
	return nil
}

func TestParse(t *testing.T) {
	key := make([]byte, 32)
	for i := range key {
		key[i] = byte(255 - i*5)
	}
	for _, text := range []string{
		hex.EncodeToString(key), strings.ToUpper(hex.EncodeToString(key)), " " + hex.EncodeToString(key) + "\n",
		base64.StdEncoding.EncodeToString(key), base64.RawStdEncoding.EncodeToString(key),
		base64.URLEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key),
	} {
		if got, err := parse(text); err != nil || !bytes.Equal(got, key) {
			t.Errorf("parse(%q) = %x, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "correct horse battery staple", hex.EncodeToString(key[:31]), hex.EncodeToString(key) + "00",
		base64.StdEncoding.EncodeToString(key[:31]), strings.Repeat("x", 64),
	} {
		if got, err := parse(text); err == nil {
			t.Errorf("parse(%q) = %x, want an error", text, got)
		}
	}
}

func TestExistingStore(t *testing.T) {
	r, w := encode(right), encode(wrong)
	tests := []struct {
		name            string
		env, ring, file string
		desktop         bool
		source          string
		err             []string // parts of the message
	}{
		{name: "the environment has it", env: r, file: w, source: SourceEnv},
		{name: "the environment has another", env: w, file: r, err: []string{"AIHUB_MASTER_KEY is not the key"}},
		{name: "the file has it", file: r, source: SourceFile},
		{name: "the keyring has it", ring: r, desktop: true, source: SourceKeyring},
		{name: "the keyring has another, the file has it", ring: w, file: r, desktop: true, source: SourceFile},
		{name: "the file has another, the keyring has it", ring: r, file: w, desktop: true, source: SourceKeyring},
		{name: "nobody has one", desktop: true, err: []string{"master.key has none", "keyring has none", "AIHUB_MASTER_KEY"}},
		{name: "both have others", ring: w, file: w, desktop: true, err: []string{"master.key has that of another store", "keyring has that of another store"}},
		{name: "the file is damaged", file: "abc", err: []string{"holds something else than a key", "keyring is not used without a desktop"}},
		{name: "a server does not ask the keyring", ring: r, err: []string{"master.key has none"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := Options{Env: test.env, Dir: t.TempDir(), UseKeyring: test.desktop, Keyring: &ring{secret: test.ring}, Fits: fitsRight}
			if test.file != "" {
				writeKeyFile(t, o.Dir, test.file, 0o600)
			}
			before := readAll(t, o)
			key, source, err := MasterKey(o)
			checkResult(t, key, source, err, test.source, test.err)
			if after := readAll(t, o); after != before {
				t.Errorf("the places hold %q, had %q", after, before)
			}
		})
	}
}

func checkResult(t *testing.T, key []byte, source string, err error, want string, parts []string) {
	t.Helper()
	if parts == nil {
		if err != nil || !bytes.Equal(key, right) || source != want {
			t.Fatalf("MasterKey: %x, %q, %v; want the right key from %q", key, source, err, want)
		}
		return
	}
	if core.CodeOf(err) != core.CodeUnauthorized || key != nil {
		t.Fatalf("MasterKey: %x, %v; want unauthorized", key, err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func writeKeyFile(t *testing.T, dir, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(keyPath(dir), []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// readAll returns what keyring and data folder hold.
func readAll(t *testing.T, o Options) string {
	t.Helper()
	all := o.Keyring.(*ring).secret
	files, err := filepath.Glob(filepath.Join(o.Dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all += "|" + filepath.Base(f) + "=" + string(text)
	}
	return all
}

func TestNewStore(t *testing.T) {
	tests := []struct {
		name    string
		ring    ring
		file    string
		desktop bool
		source  string
		found   bool // right is there already
	}{
		{name: "a desktop makes one in the keyring", desktop: true, source: SourceKeyring},
		{name: "a desktop takes that of the keyring", ring: ring{secret: encode(right)}, file: encode(wrong), desktop: true, source: SourceKeyring, found: true},
		{name: "a desktop takes that of the file", file: encode(right), desktop: true, source: SourceFile, found: true},
		{name: "a desktop without a keyring makes a file", ring: ring{getErr: errors.New("no bus")}, desktop: true, source: SourceFile},
		{name: "a keyring that refuses makes a file", ring: ring{setErr: errors.New("locked")}, desktop: true, source: SourceFile},
		{name: "a keyring that forgets makes a file", ring: ring{forgets: true}, desktop: true, source: SourceFile},
		{name: "a foreign secret is left alone", ring: ring{secret: "hello"}, desktop: true, source: SourceFile},
		{name: "a server makes a file", ring: ring{secret: encode(wrong)}, source: SourceFile},
		{name: "a server takes that of the file", file: encode(right), source: SourceFile, found: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := Options{Dir: filepath.Join(t.TempDir(), "a", "b"), UseKeyring: test.desktop, Keyring: &test.ring}
			if test.file != "" {
				if err := os.MkdirAll(o.Dir, 0o700); err != nil {
					t.Fatal(err)
				}
				writeKeyFile(t, o.Dir, test.file, 0o600)
			}
			key, source, err := MasterKey(o)
			if err != nil || source != test.source || len(key) != 32 || test.found != bytes.Equal(key, right) {
				t.Fatalf("MasterKey: %x, %q, %v", key, source, err)
			}
			again, source, err := MasterKey(o)
			if err != nil || source != test.source || !bytes.Equal(again, key) {
				t.Errorf("a second start finds %x in %q (%v), want %x", again, source, err, key)
			}
		})
	}
}

func TestNewStoreWithDamagedFile(t *testing.T) {
	dir := t.TempDir()
	writeKeyFile(t, dir, "not a key", 0o600)
	_, _, err := MasterKey(Options{Dir: dir})
	if core.CodeOf(err) != core.CodeUnauthorized || !strings.Contains(err.Error(), "repair or remove it") {
		t.Errorf("MasterKey: %v", err)
	}
	if text, _ := os.ReadFile(keyPath(dir)); string(text) != "not a key" {
		t.Errorf("the file now holds %q", text)
	}
}

func TestPassphraseIsRefused(t *testing.T) {
	_, _, err := MasterKey(Options{Env: "hunter2", Dir: t.TempDir()})
	if core.CodeOf(err) != core.CodeInvalid || !strings.Contains(err.Error(), "passphrase") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("MasterKey: %v", err)
	}
}

// Processes that start at once must agree on one key.
func TestConcurrentStarts(t *testing.T) {
	dir := t.TempDir()
	var keys [16][]byte
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], _, err = MasterKey(Options{Dir: dir}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, key := range keys {
		if !bytes.Equal(key, keys[0]) {
			t.Fatalf("keys %x and %x", key, keys[0])
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 1 {
		t.Errorf("files %v, want the key alone", files)
	}
}

func TestSilentKeyring(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		silent := make(chan struct{})
		defer close(silent)
		var out bytes.Buffer
		began := time.Now()
		o := Options{
			Dir: dir, UseKeyring: true, Keyring: &ring{silent: silent}, Timeout: 5 * time.Second,
			Log: slog.New(slog.NewTextHandler(&out, nil)),
		}
		_, source, err := MasterKey(o)
		if err != nil || source != SourceFile || time.Since(began) != o.Timeout {
			t.Errorf("a new store: %q, %v after %v", source, err, time.Since(began))
		}
		if !strings.Contains(out.String(), "does not answer") {
			t.Errorf("log: %s", out.String())
		}
		o.Dir, o.Fits = "/nowhere", fitsRight
		_, _, err = MasterKey(o)
		if core.CodeOf(err) != core.CodeUnauthorized || !strings.Contains(err.Error(), "keyring does not answer") {
			t.Errorf("an existing store: %v", err)
		}
	})
}
