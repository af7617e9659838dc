package admin

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
)

const testPassphrase = "correct horse battery"

func (h *hub) backup(t *testing.T) []byte {
	t.Helper()
	d := must(h.CreateBackup(t.Context(), BackupRequest{Passphrase: testPassphrase}))(t)
	var out bytes.Buffer
	if err := d.Write(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBackupAndRestore(t *testing.T) {
	from := newHub(t)
	ch := from.channel(t, core.ProviderOpenAI)
	from.account(t, ch.ID, "sk-a-secret-of-an-account")
	user := must(from.CreateUser(t.Context(), UserInput{Name: ptr("ann")}))(t)
	from.request(t, core.Record{Time: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), UserID: user.ID, Outcome: core.OutcomeOK})
	file := from.backup(t)
	if bytes.Contains(file, []byte("sk-a-secret")) || bytes.Contains(file, []byte("ann")) {
		t.Error("the backup is in clear text")
	}

	to := newHub(t) // another machine, with another master key
	must(to.CreateUser(t.Context(), UserInput{Name: ptr("bob")}))(t)
	dry := must(to.RestoreBackup(t.Context(), RestoreRequest{Passphrase: testPassphrase, DryRun: true}, bytes.NewReader(file)))(t)
	if dry.Restarting || to.restarts != 0 || dry.Channels != 1 || dry.Accounts != 1 || dry.Users != 1 || dry.Keys != 1 || dry.Requests != 1 {
		t.Errorf("a dry run: %+v", dry)
	}
	done := must(to.RestoreBackup(t.Context(), RestoreRequest{Passphrase: testPassphrase}, bytes.NewReader(file)))(t)
	if !done.Restarting || to.restarts != 1 || done.BackupInfo != dry.BackupInfo || to.store.Snapshot().Users()[0].Name != "bob" {
		t.Errorf("before the restart: %+v", done)
	}
	if err := to.store.Close(); err != nil {
		t.Fatal(err)
	}
	db := must(store.Open(context.Background(), store.Options{Dir: to.dir}))(t)
	defer db.Close()
	snap := db.Snapshot()
	if len(snap.Users()) != 1 || snap.Users()[0].ID != user.ID || snap.KeyByHash(core.HashKey(user.Secret)) == nil ||
		snap.AccountsOf(ch.ID)[0].Credential.APIKey != "sk-a-secret-of-an-account" {
		t.Errorf("after the restart: %+v", snap.Users())
	}
	rows, _, err := db.ListRecords(t.Context(), core.RecordFilter{})
	sums, err2 := db.ListRollups(t.Context(), core.RollupFilter{})
	if err != nil || err2 != nil || len(rows) != 1 || len(sums) != 1 || sums[0].Requests != 1 {
		t.Errorf("rows %v, sums %v, %v, %v", rows, sums, err, err2)
	}
}

// A backup that is not whole, or not what it says, changes nothing.
func TestBrokenBackupsAreRefused(t *testing.T) {
	h := newHub(t)
	must(h.CreateUser(t.Context(), UserInput{Name: ptr("ann")}))(t)
	file := h.backup(t)
	flipped := bytes.Clone(file)
	flipped[len(flipped)-20] ^= 1
	for name, test := range map[string]struct {
		passphrase string
		file       []byte
		field      string
	}{
		"another passphrase": {"another passphrase", file, "passphrase"},
		"no passphrase":      {"", file, "passphrase"},
		"nothing":            {testPassphrase, nil, "file"},
		"another file":       {testPassphrase, []byte(strings.Repeat("not a backup\n", 100)), "file"},
		"half of it":         {testPassphrase, file[:len(file)/2], "file"},
		"all but the end":    {testPassphrase, file[:len(file)-1], "file"},
		"a changed byte":     {testPassphrase, flipped, "file"},
	} {
		_, err := h.RestoreBackup(t.Context(), RestoreRequest{Passphrase: test.passphrase}, bytes.NewReader(test.file))
		if e, ok := err.(*core.Error); !ok || e.Code != core.CodeInvalid || e.Field != test.field { //nolint:errorlint // the error itself is under test
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.restarts != 0 {
		t.Error("the program restarts after a refusal")
	}
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	db := must(store.Open(context.Background(), store.Options{Dir: h.dir}))(t)
	defer db.Close()
	if users := db.Snapshot().Users(); len(users) != 1 || users[0].Name != "ann" {
		t.Errorf("users %+v", users)
	}
	_, err := h.CreateBackup(t.Context(), BackupRequest{Passphrase: "short"})
	wantInvalid(t, err, "passphrase")
}

// A backup is the state at one moment while rows and changes go on.
func TestBackupWhileRunning(t *testing.T) {
	h := newHub(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			at := time.Date(2026, 3, 10, 12, 0, 0, n, time.UTC)
			row := &core.Record{ID: core.NewID("req", at), Time: at, Outcome: core.OutcomeOK}
			if h.store.CommitRecords(context.Background(), nil, []*core.Record{row}) != nil {
				break
			}
		}
		done <- n
	}()
	for h.store.Snapshot() != nil {
		if rows, _, _ := h.store.ListRecords(ctx, core.RecordFilter{}); len(rows) > 10 {
			break
		}
	}
	file := h.backup(t)
	stop()
	<-done
	head, content, err := openBackup(testPassphrase, bytes.NewReader(file))
	if err != nil || head.Version != 1 {
		t.Fatal(head, err)
	}
	defer content.Close()
	if n, err := io.Copy(io.Discard, content); err != nil || n == 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
	info := must(h.RestoreBackup(t.Context(), RestoreRequest{Passphrase: testPassphrase, DryRun: true}, bytes.NewReader(file)))(t)
	if info.Requests < 10 {
		t.Errorf("%d rows", info.Requests)
	}
}
