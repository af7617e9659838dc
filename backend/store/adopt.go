package store

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// A restored database takes the place of the present one at the next Open, when
// nobody has it open. It goes through these folders inside the data folder; each
// step can be interrupted and is completed by the next start:
//
//	restore-new      a backup is being unpacked and examined; worth nothing yet
//	restore-ready    examined: the present files move to before-restore
//	restore-moving   they have moved: the files in it take their place
//	before-restore   what was replaced; kept until the next restore
const (
	stageDir  = "restore-new"
	readyDir  = "restore-ready"
	movingDir = "restore-moving"
	beforeDir = "before-restore"
)

// promote makes the examined database the one that the next Open takes.
func promote(dir string) error {
	for _, old := range []string{readyDir, beforeDir} {
		if err := os.RemoveAll(filepath.Join(dir, old)); err != nil {
			return err
		}
	}
	return os.Rename(filepath.Join(dir, stageDir), filepath.Join(dir, readyDir))
}

// adopt completes a restore that waits for it.
func adopt(dir string) error {
	ready, moving := filepath.Join(dir, readyDir), filepath.Join(dir, movingDir)
	if !isDir(ready) && !isDir(moving) {
		return nil
	}
	unlock, err := lockDir(dir)
	if err != nil {
		return nil
	}
	defer unlock()
	if isDir(ready) && !isDir(moving) {
		if err := moveFiles(dir, filepath.Join(dir, beforeDir)); err != nil {
			return adoptError(dir, err)
		}
		if err := os.Rename(ready, moving); err != nil {
			return adoptError(dir, err)
		}
	}
	if err := moveFiles(moving, dir); err != nil {
		return adoptError(dir, err)
	}
	return adoptError(dir, os.RemoveAll(moving))
}

func adoptError(dir string, err error) error {
	if err == nil {
		return nil
	}
	return &core.Error{Code: core.CodeUnavailable, Message: "cannot put the restored database in place in " + dir, Err: err}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// moveFiles moves the database's files, the one by which a database is known
// last: as long as it is there, the rest has to move.
func moveFiles(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	var last []string
	var errs []error
	for _, e := range entries {
		switch {
		case !isDatabaseFile(e.Name()):
		case e.Name() == badger.KeyRegistryFileName:
			last = append(last, e.Name())
		default:
			errs = append(errs, os.Rename(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())))
		}
	}
	for _, name := range last {
		if errors.Join(errs...) == nil {
			errs = append(errs, os.Rename(filepath.Join(from, name), filepath.Join(to, name)))
		}
	}
	return errors.Join(errs...)
}
