// Package store keeps everything that survives a restart in one Badger
// database: the configuration, the rows of the ledger and the hourly sums. It is
// the only package that imports Badger and it implements core.Store.
//
// # What is promised
//
// A change of the configuration (Update) is on the disk when the call returns.
// A batch of ledger rows (CommitRecords) is in the operating system's memory:
// it survives the death of the process, also by kill -9, but a power cut may
// take the last moments with it. Options.SyncWrites puts those on the disk too,
// at the price of a write to the disk per batch.
//
// # How it stays small
//
// Values live in the LSM tree next to their keys; the value log only takes the
// rare one above a megabyte. Rows are partitioned by day, and retention drops
// whole days by rewriting the few tables that hold them, so the space returns at
// once (see DropRecords). The caches and the memtable are a few megabytes: the
// request path reads the configuration from a snapshot in memory and never asks
// the database.
//
// Measured with rows of common requests: 80 bytes each on the disk, so 200,000
// requests a day take 16 MB; dropping such a day holds up writers for about 0.1 s;
// passing over 50,000 rows that a filter does not want takes 0.15 s; an idle
// database takes 15 MB of memory.
//
// Bodies of requests, where they are kept, lie beside the rows of their day. They
// are cut into chunks by their content, and a chunk is stored once a day: a prompt
// of 200 KB that is resent with 50 turns takes less than three times its own room.
//
// keys.go describes the key space, row.go the format of a row, chunk.go how bodies
// are cut, slots.go how requests in flight are remembered without a tombstone each.
package store
