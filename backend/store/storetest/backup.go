package storetest

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func backUp(t *testing.T, s core.BackupStore) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := s.Backup(context.Background(), &out); err != nil {
		t.Fatalf("Backup: %v", err)
	}
	return out.Bytes()
}

// whole is a store with something of each kind, and its backup.
func whole(t *testing.T, s core.Store) ([]*core.Record, []byte) {
	t.Helper()
	update(t, s, everything()...)
	rows := records(20, day)
	commit(t, s, []*core.Record{begun(record(day.Add(time.Hour)))}, rows)
	putStates(t, s, core.StateHealth, map[string][]byte{"a1": []byte("cooling")})
	return rows, backUp(t, s)
}

func wantWhole(t *testing.T, s core.Store, rows []*core.Record) {
	t.Helper()
	checkEverything(t, s.Snapshot())
	if got := inOrder(readAll(t, s, core.RecordFilter{Limit: 7})); !slices.Equal(got, newestFirst(rows)) {
		t.Errorf("%d rows, want %d", len(got), len(rows))
	}
	if got := openIDs(t, s); len(got) != 1 {
		t.Errorf("open rows %v, want one", got)
	}
	if docs := wantStates(t, s, core.StateHealth, "a1"); string(docs["a1"]) != "cooling" {
		t.Errorf("the state is %q", docs["a1"])
	}
	var sum core.Counts
	for _, c := range sumsOf(t, s, core.RollupFilter{}) {
		sum.Add(c)
	}
	if sum.Requests != int64(len(rows)) {
		t.Errorf("the sums say %d requests, want %d", sum.Requests, len(rows))
	}
}

// A backup takes the place of everything at the next opening, not before.
func backupRestored(t *testing.T, open Open) {
	s := open(t)
	rows, file := whole(t, s)
	want := core.BackupInfo{Channels: 1, Accounts: 1, Users: 1, Keys: 1, Requests: int64(len(rows))}
	update(t, s, core.DeleteChannel{ID: "c1"}, core.PutUser{User: user("u2")})
	commit(t, s, nil, records(5, day.AddDate(0, 0, 1)))
	for _, keep := range []bool{false, true} {
		if info, err := s.Stage(context.Background(), bytes.NewReader(file), keep); err != nil || info != want {
			t.Fatalf("Stage: %+v, %v; want %+v", info, err, want)
		}
		if s.Snapshot().User("u2") == nil || s.Snapshot().Channel("c1") != nil {
			t.Error("a staged backup is in place at once")
		}
		if keep {
			break
		}
		shut(t, s)
		if s = open(t); s.Snapshot().User("u2") == nil {
			t.Fatal("a backup that was only examined took the place of everything")
		}
	}
	shut(t, s)
	s = open(t)
	wantWhole(t, s, rows)
	if s.Snapshot().User("u2") != nil {
		t.Error("a user from behind the backup is still there")
	}
	shut(t, s)
	s = open(t)
	wantWhole(t, s, rows)
	shut(t, s)
}

// A backup that is not whole changes nothing.
func backupRefused(t *testing.T, open Open) {
	s := open(t)
	rows, file := whole(t, s)
	damaged := bytes.Clone(file)
	copy(damaged[len(damaged)/2:], bytes.Repeat([]byte{0xff}, 64))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, file := range map[string][]byte{
		"empty":    nil,
		"no end":   file[:len(file)-1],
		"half":     file[:len(file)/2],
		"damaged":  damaged,
		"no magic": file[3:],
	} {
		if _, err := s.Stage(context.Background(), bytes.NewReader(file), true); core.CodeOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Stage(ctx, bytes.NewReader(file), true); err == nil {
		t.Error("a backup was staged for somebody who has left")
	}
	shut(t, s)
	s = open(t)
	wantWhole(t, s, rows)
	shut(t, s)
}

// Rows go by whole days, the oldest first, and never those of today.
func limitRecords(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	for i := range 3 {
		commit(t, s, nil, records(10, day.AddDate(0, 0, i)))
	}
	today := day.AddDate(0, 0, 2)
	before, err := s.Storage(context.Background())
	if err != nil || before.Days != 3 || before.Oldest != day.Format("20060102") {
		t.Errorf("Storage: %+v, %v", before, err)
	}
	for range 2 {
		if err := s.LimitRecords(context.Background(), 1<<40, today); err != nil {
			t.Fatalf("LimitRecords: %v", err)
		}
	}
	if got, err := s.Storage(context.Background()); err != nil || got.Days != 3 {
		t.Errorf("rows went though there was room: %+v, %v", got, err)
	}
	if err := s.LimitRecords(context.Background(), -1, today); err != nil {
		t.Fatalf("LimitRecords: %v", err)
	}
	after, err := s.Storage(context.Background())
	if err != nil || after.Days != 1 || after.Oldest != today.Format("20060102") {
		t.Errorf("without room: %+v, %v", after, err)
	}
	if rows := readAll(t, s, core.RecordFilter{Limit: 100}); len(rows) != 10 {
		t.Errorf("%d rows of today, want 10", len(rows))
	}
}
