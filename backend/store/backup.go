package store

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// backupMagic begins a backup: what it is, and the version of this framing. The
// schema of the database follows, then each key and value with their lengths, an
// empty key, and how many there were.
const backupMagic = "aihub store backup 1\n"

const (
	maxBackupKey   = 64 << 10
	maxBackupValue = 64 << 20
)

// Backup implements core.BackupStore. It reads from one transaction, so what it
// writes is the state at one moment, however long it takes.
func (d *DB) Backup(ctx context.Context, w io.Writer) error {
	return d.view(ctx, "back up the database", func(txn *badger.Txn) error {
		out := bufio.NewWriterSize(w, 64<<10)
		head := appendInt([]byte(backupMagic), int64(newestSchema()))
		if _, err := out.Write(head); err != nil {
			return err
		}
		var n int64
		var frame []byte
		err := scan(ctx, txn, "", nil, func(key, value []byte) (bool, error) {
			if strings.HasPrefix(string(key), keyJournal) || string(key) == keyVersion {
				return true, nil
			}
			n++
			frame = appendString(appendString(frame[:0], key), value)
			_, err := out.Write(frame)
			return true, err
		})
		if err != nil {
			return err
		}
		if _, err := out.Write(appendInt(appendString(nil, ""), n)); err != nil {
			return err
		}
		return out.Flush()
	})
}

func newestSchema() int {
	steps := migrations()
	return steps[len(steps)-1].version
}

// Stage implements core.BackupStore. The backup becomes a database of its own,
// under the master key of this one, and is opened and read to its last row before
// anything else happens.
func (d *DB) Stage(ctx context.Context, r io.Reader, keep bool) (info core.BackupInfo, err error) {
	dir := filepath.Join(d.dir, stageDir)
	err = d.use(ctx, "read the backup", func() error {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err := d.unpack(ctx, dir, r); err != nil {
			return err
		}
		info, err = d.examine(ctx, dir)
		return err
	})
	if err == nil && keep {
		err = failed("keep the backup", promote(d.dir))
	}
	if err != nil || !keep {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return info, err
}

func errNoBackup(what string) error {
	return core.Invalid("file", "the file is not a whole backup of AiHub: %s", what)
}

// unpack writes a backup into a new database.
func (d *DB) unpack(ctx context.Context, dir string, r io.Reader) (err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	magic := make([]byte, len(backupMagic))
	if _, err := io.ReadFull(in, magic); err != nil || string(magic) != backupMagic {
		return errNoBackup("it begins with something else")
	}
	schema, err := binary.ReadVarint(in)
	if err != nil || schema < 1 {
		return errNoBackup("it names no schema")
	}
	if schema > int64(newestSchema()) {
		return core.Errorf(core.CodeUnsupported, "the backup was made by a newer AiHub (schema %d, this one knows up to %d); install the newer version first", schema, newestSchema())
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	o := d.options
	o.Dir = dir
	db, err := badger.Open(tune(o))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	batch := db.NewWriteBatch()
	defer batch.Cancel()
	if err := d.readFrames(ctx, in, batch); err != nil {
		return err
	}
	if err := batch.Set([]byte(keyVersion), strconv.AppendInt(nil, schema, 10)); err != nil {
		return err
	}
	return batch.Flush()
}

func (d *DB) readFrames(ctx context.Context, in *bufio.Reader, batch *badger.WriteBatch) error {
	for n := int64(0); ; n++ {
		if n%checkEvery == 0 {
			if err := errors.Join(ctx.Err(), d.roomFor()); err != nil {
				return err
			}
		}
		key, err := readFrame(in, maxBackupKey)
		if err != nil {
			return err
		}
		if len(key) == 0 {
			if count, err := binary.ReadVarint(in); err != nil || count != n {
				return errNoBackup("a part of it is missing")
			}
			return nil
		}
		value, err := readFrame(in, maxBackupValue)
		if err != nil {
			return err
		}
		if err := batch.Set(key, value); err != nil {
			return err
		}
	}
}

// roomFor keeps a restore from filling the disk.
func (d *DB) roomFor() error {
	d.write.Lock()
	defer d.write.Unlock()
	return d.space.check()
}

func readFrame(in *bufio.Reader, limit uint64) ([]byte, error) {
	n, err := binary.ReadUvarint(in)
	if err != nil || n > limit {
		return nil, errors.Join(frameError(err), errNoBackup("it ends too early, or is damaged"))
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(in, b); err != nil {
		return nil, errors.Join(frameError(err), errNoBackup("it ends too early"))
	}
	return b, nil
}

// frameError keeps errors that say more than that the file has ended.
func frameError(err error) error {
	if _, ok := errors.AsType[*core.Error](err); ok || errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// examine opens the unpacked database as a start would and reads all of it.
func (d *DB) examine(ctx context.Context, dir string) (info core.BackupInfo, err error) {
	o := d.options
	o.Dir = dir
	db, err := Open(ctx, o)
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c := db.config
	info = core.BackupInfo{Channels: len(c.channels), Accounts: len(c.accounts), Users: len(c.users), Keys: len(c.keys)}
	err = db.view(ctx, "read the backup's rows", func(txn *badger.Txn) error {
		return scan(ctx, txn, prefixRow, []byte(prefixRow), func(_, value []byte) (bool, error) {
			info.Requests++
			_, err := decodeRow(value)
			return true, err
		})
	})
	if err != nil {
		return info, err
	}
	if _, err := db.ListRollups(ctx, core.RollupFilter{}); err != nil {
		return info, err
	}
	return info, nil
}
