package core

import (
	"context"
	"io"
	"time"
)

// ConfigStore keeps what a person configures: channels, accounts, users, keys
// and settings.
//
// Update is atomic and durable, and the new snapshot is visible before it
// returns. Snapshot never blocks, so the request path may call it freely.
type ConfigStore interface {
	// Snapshot returns the current configuration. It is immutable and never nil.
	Snapshot() *Snapshot
	// Update carries out all changes or none. Deleting a channel deletes its
	// accounts, deleting a user deletes the keys. A change that names something
	// that does not exist fails with CodeNotFound.
	Update(ctx context.Context, changes ...Change) error
}

// Change is one of PutChannel, PutAccount, PutCredential, PutUser, PutKey,
// PutSettings, PutSecret and the Delete types.
type Change interface{ isChange() }

// The changes that Update takes. A Put creates or replaces by id.
type (
	PutChannel    struct{ Channel Channel }
	DeleteChannel struct{ ID string }
	PutAccount    struct {
		Account Account
		// KeepCredential leaves the stored account's credential as it is: it may
		// have been renewed since the caller read it.
		KeepCredential bool
	}
	DeleteAccount struct{ ID string }
	// PutCredential replaces the credential of an account and nothing else. It
	// fails with CodeConflict when the stored one is no longer Was, so that a
	// renewed token never overwrites what a person has entered meanwhile.
	PutCredential struct {
		AccountID       string
		Was, Credential Credential
	}
	PutUser     struct{ User User }
	DeleteUser  struct{ ID string }
	PutKey      struct{ Key Key }
	DeleteKey   struct{ ID string }
	PutSettings struct{ Settings Settings }
	// PutSecret keeps a named secret of the program itself, such as the admin key.
	PutSecret struct{ Name, Value string }
)

func (PutChannel) isChange()    {}
func (DeleteChannel) isChange() {}
func (PutAccount) isChange()    {}
func (DeleteAccount) isChange() {}
func (PutCredential) isChange() {}
func (PutUser) isChange()       {}
func (DeleteUser) isChange()    {}
func (PutKey) isChange()        {}
func (DeleteKey) isChange()     {}
func (PutSettings) isChange()   {}
func (PutSecret) isChange()     {}

// RecordStore keeps the ledger: rows by day, hourly sums for ever.
type RecordStore interface {
	// CommitRecords makes the batch durable against the death of the process
	// before it returns. begun rows are remembered as open; ended rows close
	// them (or are stored alone when they were never begun) and are added to the
	// hourly sums and to LastUsed in the same transaction. Ending the same id
	// twice is an error of the caller and is not detected here.
	CommitRecords(ctx context.Context, begun, ended []*Record) error
	// CheckpointRecords makes what is known by now of open rows take the place of
	// what was stored of them, and keeps it as CommitRecords does. A row that is not
	// open, or not any more, is passed over. The DurationMS of a row must grow from
	// one checkpoint to the next.
	CheckpointRecords(ctx context.Context, rows []*Record) error
	// OpenRecords returns the rows that were begun and never ended, as they were
	// stored last.
	OpenRecords(ctx context.Context) ([]*Record, error)
	// FindRecord returns an ended row, or CodeNotFound.
	FindRecord(ctx context.Context, id string) (*Record, error)
	// ListRecords returns ended rows, newest first, and the cursor of the next
	// page ("" at the end). A page may be short, even empty, when few rows match:
	// only the cursor says whether there is more.
	ListRecords(ctx context.Context, f RecordFilter) ([]*Record, string, error)
	// ListRollups returns the hourly sums of Since <= Hour < Until in no
	// particular order.
	ListRollups(ctx context.Context, f RollupFilter) ([]Rollup, error)
	// EachRollup visits what ListRollups returns, which can be a lot. visit must not
	// keep its argument and must not call the store.
	EachRollup(ctx context.Context, f RollupFilter, visit func(*Rollup)) error
	// SumLatencies returns how long the answers of Since <= Hour < Until took, by
	// channel and model, in no particular order.
	SumLatencies(ctx context.Context, f RollupFilter) ([]LatencySum, error)
	// LastUsed returns when each key and account, by id, ended its last request,
	// to the second.
	LastUsed(ctx context.Context) (map[string]time.Time, error)
	// DropRecords drops the rows of all days before the day of t, and the bodies
	// that were kept of them.
	DropRecords(ctx context.Context, t time.Time) error
	// LimitRecords drops the rows and bodies of whole days, the oldest first,
	// until they take no more than maxBytes on the disk. The rows of the day of t
	// and of later ones stay; their bodies go when nothing else is left to go.
	LimitRecords(ctx context.Context, maxBytes int64, t time.Time) error
	// Storage measures what the store takes on the disk.
	Storage(ctx context.Context) (Storage, error)
}

// Storage is what a store takes on the disk, in bytes.
type Storage struct {
	Total  int64  `json:"total_bytes"`
	Logs   int64  `json:"log_bytes"`  // of them the rows of requests and their bodies
	Free   int64  `json:"free_bytes"` // what the disk has left; 0 when it does not tell
	Days   int    `json:"log_days"`   // how many days have rows
	Oldest string `json:"oldest_day,omitempty" doc:"yyyymmdd, UTC"`
}

// BackupStore copies a whole store.
type BackupStore interface {
	// Backup writes everything that the store holds as it is at one moment; the
	// store goes on meanwhile. What is written holds secrets in clear text.
	Backup(ctx context.Context, w io.Writer) error
	// Stage reads what Backup wrote, of this or an earlier version, and checks it
	// whole. With keep it takes the place of everything when the store is opened
	// the next time. An error changes nothing.
	Stage(ctx context.Context, r io.Reader, keep bool) (BackupInfo, error)
}

// BackupInfo says what a backup holds.
type BackupInfo struct {
	Channels int   `json:"channels"`
	Accounts int   `json:"accounts"`
	Users    int   `json:"users"`
	Keys     int   `json:"keys"`
	Requests int64 `json:"requests"` // rows of the ledger
}

// StateKind names a group of the program's own documents.
type StateKind string

// The kinds of state documents.
const (
	StateHealth StateKind = "health" // by account: cooldowns and states (balance)
	StateUsage  StateKind = "usage"  // by account: AccountUsage
	StateLimits StateKind = "limits" // by account: what its answers have told of limits
	StateModels StateKind = "models" // by account: the models that its provider lists for it
	StateRoute  StateKind = "route"  // by account: which host and profile worked (Kiro)
	StateLogin  StateKind = "login"  // by login: a sign-in under way
	StatePrice  StateKind = "price"  // by model: a price that a person has set
	StateAlert  StateKind = "alert"  // by account or user: what a person was told of it last
	StateImport StateKind = "import" // by import: what it created, to undo it
)

// AccountStates lists the kinds whose documents go with their account.
func AccountStates() []StateKind {
	return []StateKind{StateHealth, StateUsage, StateLimits, StateModels, StateRoute}
}

// StateStore keeps small documents that the program learns while it runs. They
// are no part of the snapshot, so writing one costs no copy of it.
type StateStore interface {
	// PutStates stores the documents by id, all or none; a nil document deletes
	// its id. They survive the death of the process when it returns.
	PutStates(ctx context.Context, kind StateKind, docs map[string][]byte) error
	// ListStates returns all documents of a kind by id.
	ListStates(ctx context.Context, kind StateKind) (map[string][]byte, error)
}

// Store is everything that survives a restart.
type Store interface {
	ConfigStore
	RecordStore
	CaptureStore
	StateStore
	BackupStore
	// Close flushes and releases the store. Calls after it fail.
	Close() error
}
