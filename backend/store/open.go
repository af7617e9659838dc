package store

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"github.com/aihub/aihub/backend/core"
)

// Options says which database to open, and how.
type Options struct {
	// Dir is the folder of the database; it is made when it is missing.
	Dir string
	// Key is the master key of 32 bytes; nil means that nothing is encrypted.
	Key []byte
	// SyncWrites forces every batch of ledger rows to the disk, against power
	// cuts. Configuration is always forced to the disk.
	SyncWrites bool
	// MinFree is how many bytes the disk must have free for a write; 0 means
	// 64 MB.
	MinFree uint64
	// CloseTime is how long Close waits for a disk that takes nothing; 0 means 20
	// seconds.
	CloseTime time.Duration
	// Ballast is how many bytes of the disk are held back for Close, which needs
	// some when others have filled the disk; 0 means none.
	Ballast int64
	// Still leaves out the merging of tables in the background. It is for tests in
	// virtual time, in which Badger's clocks would tick by the million.
	Still bool
	// Logger takes what Badger and the store have to say; nil discards it.
	Logger *slog.Logger
}

// DB is an open database. It implements core.Store and is safe for concurrent
// use.
type DB struct {
	dir     string
	options Options
	log     *slog.Logger
	db      *badger.DB

	space   *space
	ballast ballast

	snapshot atomic.Pointer[core.Snapshot]

	// life is held for reading by every operation and for writing by Close:
	// Badger unmaps its files when it closes.
	life   sync.RWMutex
	closed bool

	// configuring is held, before write, by who changes the configuration.
	configuring sync.Mutex
	config      *config

	// write makes its holder the only writer, which spares Badger the detection
	// of conflicts; it guards the fields below.
	write     sync.Mutex
	slots     *slots
	rollups   *rollups         // what it has in memory for readers has a lock of its own
	latencies *latencies       // likewise
	lastUsed  map[string]int64 // Unix seconds
	torn      bool             // a journalled update is only carried out in part

	// bodies is held before write by who stores or drops bodies.
	bodies bodies

	stop      chan struct{}
	collector sync.WaitGroup
}

var _ core.Store = (*DB)(nil)

// Open opens the database of a folder and brings it to the current schema.
//
// A folder that another process has open fails with core.CodeConflict, a wrong
// master key with core.CodeUnauthorized, and a database of a newer version of
// the program with core.CodeUnsupported.
func Open(ctx context.Context, o Options) (*DB, error) {
	return open(ctx, o, migrations())
}

func open(ctx context.Context, o Options, steps []migration) (*DB, error) {
	if o.CloseTime <= 0 {
		o.CloseTime = 20 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if err := prepareDir(o.Dir, o.Logger); err != nil {
		return nil, err
	}
	if err := adopt(o.Dir); err != nil {
		return nil, err
	}
	room := newSpace(o.Dir, o.MinFree)
	if err := room.check(); err != nil {
		return nil, err
	}
	if err := CheckKey(o.Dir, o.Key); err != nil {
		return nil, err
	}
	bdb, err := badger.Open(tune(o))
	if err != nil {
		return nil, openError(o.Dir, err)
	}
	d := &DB{
		dir: o.Dir, options: o, log: o.Logger, db: bdb, space: room, ballast: newBallast(o.Dir, o.Ballast), slots: newSlots(), rollups: newRollups(), latencies: newLatencies(), stop: make(chan struct{}),
	}
	if err := d.load(ctx, steps); err != nil {
		bdb.Close()
		return nil, err
	}
	d.holdBallast()
	d.collector.Go(d.collect)
	return d, nil
}

// tune sets Badger up for a desktop app that is idle most of the time: the
// defaults take hundreds of megabytes.
//
// The memtable is what a burst of writes costs in memory, about twice its size;
// a smaller one means more and smaller tables to compact. 16 KB blocks compress
// better than the default's 4 KB and are what one page of the log list reads.
// With an encryption key Badger insists on both caches.
func tune(o Options) badger.Options {
	compactors := 2
	if o.Still {
		compactors = 0
	}
	return badger.DefaultOptions(o.Dir).
		WithEncryptionKey(o.Key).
		WithSyncWrites(o.SyncWrites).
		WithLogger(badgerLog{o.Logger}).
		WithMemTableSize(8 << 20).
		WithNumMemtables(2).
		WithNumCompactors(compactors).
		WithNumLevelZeroTables(4).
		WithNumLevelZeroTablesStall(12).
		WithBlockSize(16 << 10).
		WithBlockCacheSize(4 << 20).
		WithIndexCacheSize(4 << 20).
		WithCompression(options.Snappy).
		WithValueLogFileSize(16 << 20).
		WithDetectConflicts(false).
		WithMetricsEnabled(false)
}

func (d *DB) load(ctx context.Context, steps []migration) error {
	if err := d.recoverJournal(ctx); err != nil {
		return failed("finish the interrupted update", err)
	}
	if err := d.migrate(ctx, steps); err != nil {
		return err
	}
	return d.view(ctx, "read the database", func(txn *badger.Txn) (err error) {
		if d.config, err = readConfig(ctx, txn); err != nil {
			return err
		}
		d.snapshot.Store(d.config.snapshot())
		if d.lastUsed, err = readLastUsed(ctx, txn); err != nil {
			return err
		}
		return d.slots.load(ctx, txn)
	})
}

// collect gives back the space of values that were too large for the LSM tree.
func (d *DB) collect() {
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-d.stop:
			return
		case <-tick.C:
			d.holdBallast()
			d.rollups.hours.rest()
			d.latencies.hours.rest()
			// An error means that no file was worth a rewrite.
			for d.db.RunValueLogGC(0.5) == nil {
			}
		}
	}
}

// Close implements core.Store. It waits for running operations; closing twice is
// allowed.
func (d *DB) Close() error {
	d.life.Lock()
	defer d.life.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	close(d.stop)
	d.collector.Wait()
	if err := d.ballast.release(d.space); err != nil {
		d.log.Warn("the room that was held back could not be released", "error", err)
	}
	return d.closeWithin(d.options.CloseTime)
}

// closeWithin leaves Badger behind when it does not end: it tries for ever to
// write out what it has in memory to a disk that takes nothing any more. All of
// that is in its log, from which the next start reads it.
func (d *DB) closeWithin(limit time.Duration) error {
	closed := make(chan error, 1)
	go func() { closed <- d.db.Close() }()
	select {
	case err := <-closed:
		return failed("close the database", err)
	case <-time.After(limit):
		return core.Errorf(core.CodeUnavailable, "the data folder %s cannot be written to any more; what was not written out is read from the database's log at the next start", d.dir)
	}
}

// prepareDir makes the folder, for the owner only. The rights of a folder that
// holds something else already are left alone.
func prepareDir(dir string, log *slog.Logger) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &core.Error{Code: core.CodeUnavailable, Message: "cannot make the data folder " + dir, Err: err}
	}
	if info, err := os.Stat(dir); err == nil && (info.Mode().Perm()&0o077 == 0 || !isOurs(dir)) {
		return nil
	}
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder cannot be entered without its x
		log.Warn("other users of this computer may list the data folder", "folder", dir, "error", err)
	}
	return nil
}

func isOurs(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && (len(entries) == 0 || Exists(dir))
}

// openError says what a person can do about a database that does not open.
func openError(dir string, err error) error {
	if !strings.Contains(err.Error(), "Another process is using this Badger database") {
		return &core.Error{Code: core.CodeUnavailable, Message: "cannot open the database in " + dir, Err: err}
	}
	who := "another AiHub"
	if pid, err := os.ReadFile(filepath.Join(dir, "LOCK")); err == nil && len(pid) > 0 && len(pid) < 16 {
		who += " (process " + strings.TrimSpace(string(pid)) + ")"
	}
	return core.Errorf(core.CodeConflict,
		"the data folder %s is already in use by %s; quit that one or choose another folder with DATABASE_PATH", dir, who)
}
