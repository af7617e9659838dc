package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// config is what the snapshot is built from. One that has been published is not
// changed any more; a change works on a clone.
type config struct {
	settings core.Settings
	channels map[string]core.Channel
	accounts map[string]core.Account
	users    map[string]core.User
	keys     map[string]core.Key
	secrets  map[string]string
}

func newConfig() *config {
	return &config{
		settings: core.DefaultSettings(),
		channels: map[string]core.Channel{}, accounts: map[string]core.Account{},
		users: map[string]core.User{}, keys: map[string]core.Key{}, secrets: map[string]string{},
	}
}

func (c *config) clone() *config {
	return &config{
		settings: c.settings,
		channels: maps.Clone(c.channels), accounts: maps.Clone(c.accounts),
		users: maps.Clone(c.users), keys: maps.Clone(c.keys), secrets: maps.Clone(c.secrets),
	}
}

func (c *config) snapshot() *core.Snapshot {
	return core.NewSnapshot(c.settings,
		slices.Collect(maps.Values(c.channels)), slices.Collect(maps.Values(c.accounts)),
		slices.Collect(maps.Values(c.users)), slices.Collect(maps.Values(c.keys)), maps.Clone(c.secrets))
}

// read takes over one stored value. Keys of other kinds are none of its business.
func (c *config) read(key string, value []byte) error {
	kind, id, _ := strings.Cut(key, "/")
	switch kind + "/" {
	case prefixChannel:
		return readInto(c.channels, id, value)
	case prefixAccount:
		return readInto(c.accounts, id, value)
	case prefixUser:
		return readInto(c.users, id, value)
	case prefixKey:
		return readInto(c.keys, id, value)
	case prefixSecret:
		c.secrets[id] = string(value)
	}
	return nil
}

func readInto[T any](m map[string]T, id string, value []byte) error {
	var v T
	err := json.Unmarshal(value, &v)
	m[id] = v
	return err
}

func readConfig(ctx context.Context, txn *badger.Txn) (*config, error) {
	c := newConfig()
	if _, err := get(txn, []byte(keySettings), func(value []byte) error {
		return json.Unmarshal(value, &c.settings)
	}); err != nil {
		return nil, err
	}
	for _, prefix := range []string{prefixChannel, prefixAccount, prefixUser, prefixKey, prefixSecret} {
		err := scan(ctx, txn, prefix, []byte(prefix), func(key, value []byte) (more bool, err error) {
			return true, c.read(string(key), value)
		})
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Snapshot implements core.ConfigStore.
func (d *DB) Snapshot() *core.Snapshot { return d.snapshot.Load() }

// Update implements core.ConfigStore. Any number of changes is one atomic
// update; they are on the disk when it returns. Only the commit keeps the
// ledger's rows waiting: a large update is made beside them.
func (d *DB) Update(ctx context.Context, changes ...core.Change) error {
	if len(changes) == 0 {
		return nil
	}
	return d.use(ctx, "save the configuration", func() error {
		d.configuring.Lock()
		defer d.configuring.Unlock()
		u := update{config: d.config.clone(), edits: edits{}}
		for _, change := range changes {
			if err := u.apply(change); err != nil {
				return err
			}
		}
		next := u.snapshot()
		if err := d.commitUpdate(ctx, &u); err != nil {
			return err
		}
		d.config = u.config
		d.snapshot.Store(next)
		return nil
	})
}

func (d *DB) commitUpdate(ctx context.Context, u *update) error {
	d.write.Lock()
	defer d.write.Unlock()
	if err := d.space.check(); err != nil {
		return err
	}
	if err := d.forgetStates(u.edits, u.gone); err != nil {
		return err
	}
	if err := d.commitSynced(ctx, u.edits); err != nil {
		return err
	}
	for key := range u.edits {
		if id, ok := strings.CutPrefix(key, prefixLastUsed); ok {
			delete(d.lastUsed, id)
		}
	}
	return nil
}
