package app

import (
	"context"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
	"github.com/aihub/aihub/backend/vault"
)

// adminKeyName is the name of the admin key among the store's secrets.
const adminKeyName = "admin_key"

// adminKeyLength is in base62 characters: 190 bits.
const adminKeyLength = 32

func (a *App) openStore(ctx context.Context) error {
	dir := a.cfg.DatabasePath
	key, source, err := vault.MasterKey(vault.Options{
		Env: a.cfg.MasterKey, Dir: dir, UseKeyring: a.cfg.Desktop, Fits: store.KeyCheck(dir), Log: a.log,
	})
	if err != nil {
		return err
	}
	a.log.Info("store: opening", "folder", dir, "master_key", source)
	a.store, err = store.Open(ctx, store.Options{Dir: dir, Key: key, Ballast: ballast, Logger: a.log})
	return err
}

// ballast is enough for the memtables that a Close writes.
const ballast = 32 << 20

// findAdminKey takes the configured admin key, else the store's, else makes one.
func (a *App) findAdminKey(ctx context.Context) error {
	switch {
	case a.cfg.AdminKey != "":
		a.keySource = "env"
		return nil
	case a.store.Snapshot().Secret(adminKeyName) != "":
		a.keySource = "store"
		return nil
	}
	a.keySource = "new"
	return a.store.Update(ctx, core.PutSecret{Name: adminKeyName, Value: core.NewSecret(adminKeyLength)})
}

func (a *App) adminKey() string {
	if a.cfg.AdminKey != "" {
		return a.cfg.AdminKey
	}
	return a.store.Snapshot().Secret(adminKeyName)
}

// AdminKey returns the admin key and where it comes from: "env", "store" or
// "new" (made at this start, to be shown once).
func (a *App) AdminKey() (key, source string) { return a.adminKey(), a.keySource }
