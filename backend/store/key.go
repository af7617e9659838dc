package store

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// Exists reports whether the folder holds a database.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, badger.KeyRegistryFileName))
	return err == nil
}

// CheckKey reports, without opening the database, whether key is the one that it
// was made with: nil when it is or when there is no database yet, else a
// core.CodeUnauthorized error that says what to do.
func CheckKey(dir string, key []byte) error {
	if !Exists(dir) {
		return nil
	}
	registry, err := badger.OpenKeyRegistry(badger.KeyRegistryOptions{Dir: dir, ReadOnly: true, EncryptionKey: key})
	if errors.Is(err, badger.ErrEncryptionKeyMismatch) {
		return core.Errorf(core.CodeUnauthorized,
			"the master key does not fit the database in %s, which was made with another one; "+
				"give that one back (AIHUB_MASTER_KEY, the keyring, or the file master.key), or choose an empty folder with DATABASE_PATH", dir)
	}
	if err != nil {
		return &core.Error{Code: core.CodeUnavailable, Message: "cannot read the database's key registry in " + dir, Err: err}
	}
	return registry.Close()
}

// KeyCheck returns CheckKey of the folder for the vault, which must know whether
// there is a database before it makes a key: nil while there is none.
func KeyCheck(dir string) func(key []byte) error {
	if !Exists(dir) {
		return nil
	}
	return func(key []byte) error { return CheckKey(dir, key) }
}
