package store

import (
	"context"
	"strconv"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// migration brings a database from the schema version below it to its own. Each
// lives in a file of its own, migrate_<version>.go, that is never changed once a
// version of the program with it has been published.
type migration struct {
	version int
	what    string // for the log
	// run must bear being run again after it was interrupted at any point: the
	// version is only written when it is through.
	run func(*badger.DB) error
}

// migrations lists all of them, oldest first.
func migrations() []migration {
	return []migration{migration1(), migration2()}
}

// migrate brings the database to the version of the last step.
func (d *DB) migrate(ctx context.Context, steps []migration) error {
	version, err := d.version()
	if err != nil {
		return failed("read the version of the database", err)
	}
	if newest := steps[len(steps)-1].version; version > newest {
		return core.Errorf(core.CodeUnsupported,
			"the database in %s was written by a newer AiHub (schema %d, this one knows up to %d); install the newer version again",
			d.dir, version, newest)
	}
	for _, step := range steps {
		if step.version <= version {
			continue
		}
		if version > 0 {
			d.log.Info("migrating the database", "to", step.version, "what", step.what)
		}
		if err := step.run(d.db); err != nil {
			return failed("bring the database to schema "+strconv.Itoa(step.version), err)
		}
		if err := d.commitSynced(ctx, edits{keyVersion: strconv.AppendInt(nil, int64(step.version), 10)}); err != nil {
			return failed("note the version of the database", err)
		}
	}
	return nil
}

// version returns the schema version of the database; 0 means that it is new.
func (d *DB) version() (version int, err error) {
	err = d.db.View(func(txn *badger.Txn) error {
		_, err := get(txn, []byte(keyVersion), func(value []byte) (err error) {
			version, err = strconv.Atoi(string(value))
			return err
		})
		return err
	})
	return version, err
}
