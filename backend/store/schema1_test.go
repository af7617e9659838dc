package store_test

import (
	"archive/tar"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
)

// schema1 is what the program of the first schema wrote into the two databases
// of testdata: one that it closed, and one that it was killed over.
type schema1 struct {
	Rows, Open []*core.Record // newest first; in the order of their beginning
	Sums       []core.Rollup
	LastUsed   map[string]time.Time `json:"last_used"`
	Channel    core.Channel
	Account    core.Account
	User       core.User
	Key        core.Key
	Settings   core.Settings
}

func TestTheFirstSchemaIsRead(t *testing.T) {
	var want schema1
	f := openGzip(t, "testdata/schema1.json.gz")
	if err := json.NewDecoder(f).Decode(&want); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"schema1-closed", "schema1-killed"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			unpack(t, "testdata/"+name+".tar.gz", dir)
			for range 2 { // migrated, and opened again
				db := open(t, dir)
				want.check(t, db)
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func (want *schema1) check(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	rows, next, err := db.ListRecords(ctx, core.RecordFilter{Limit: 1000})
	same(t, "rows", rows, want.Rows, errors.Join(err, cursor(next)))
	open, err := db.OpenRecords(ctx)
	slices.SortFunc(open, func(a, b *core.Record) int { return a.Time.Compare(b.Time) })
	same(t, "open rows", open, want.Open, err)
	sums, err := db.ListRollups(ctx, core.RollupFilter{})
	same(t, "sums", sorted(sums), sorted(want.Sums), err)
	used, err := db.LastUsed(ctx)
	same(t, "last uses", used, want.LastUsed, err)
	s := db.Snapshot()
	same(t, "channel", s.Channel("chn_1"), &want.Channel, nil)
	same(t, "account", s.Account("acc_1"), &want.Account, nil)
	same(t, "user", s.User("usr_1"), &want.User, nil)
	same(t, "key", s.KeyByHash(core.HashKey("a-key-of-a-test")), &want.Key, nil)
	same(t, "settings", s.Settings.LogDays, want.Settings.LogDays, nil)
	same(t, "admin key", s.Secret("admin_key"), "an-admin-key-of-a-test", nil)
	row, err := db.FindRecord(ctx, want.Rows[7].ID)
	same(t, "row", row, want.Rows[7], err)
}

func cursor(next string) error {
	if next != "" {
		return errors.New("there are more rows than expected")
	}
	return nil
}

func sorted(sums []core.Rollup) []core.Rollup {
	return slices.SortedFunc(slices.Values(sums), func(a, b core.Rollup) int {
		return cmp.Or(a.Hour.Compare(b.Hour), cmp.Compare(a.Model, b.Model))
	})
}

func same(t *testing.T, what string, got, want any, err error) {
	t.Helper()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s (%v)\n got %+v\nwant %+v", what, err, got, want)
	}
}

func openGzip(t *testing.T, name string) io.Reader {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func unpack(t *testing.T, name, dir string) {
	t.Helper()
	r := tar.NewReader(openGzip(t, name))
	for {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if head.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(r)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(head.Name)), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
