package store

import (
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

const secondsPerHour = 3600

// maxLabel bounds a label inside the key of a sum: a model's name comes from
// the client, and Badger refuses keys of more than 64 KB.
const maxLabel = 256

// hourPrefix returns the prefix of the sums of one hour.
func hourPrefix(hour time.Time) []byte {
	return hourKey(hourOf(hour))
}

// hourOf counts the hours since 1970.
func hourOf(t time.Time) uint32 { return uint32(max(0, t.Unix()) / secondsPerHour) }

func hourTime(hour uint32) time.Time { return time.Unix(int64(hour)*secondsPerHour, 0).UTC() }

func hourKey(hour uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte(prefixRollup), hour)
}

func rollupKey(k core.RollupKey) []byte {
	b := hourPrefix(k.Hour)
	for _, label := range [...]string{k.UserID, k.ChannelID, k.AccountID, k.Model} {
		b = appendString(b, label[:min(len(label), maxLabel)])
	}
	return b
}

func decodeRollupKey(key []byte) (core.RollupKey, error) {
	_, k, err := cutRollupKey(string(key))
	return k, err
}

// cutRollupKey returns labels that are parts of the key.
func cutRollupKey(key string) (hour uint32, k core.RollupKey, err error) {
	if len(key) < len(prefixRollup)+4 {
		return 0, k, errDamaged
	}
	hour = hourOfKey(key)
	d := decoder{rest: key[len(prefixRollup)+4:]}
	k = core.RollupKey{
		Hour: hourTime(hour), UserID: d.string(), ChannelID: d.string(), AccountID: d.string(), Model: d.string(),
	}
	return hour, k, d.err()
}

func hourOfKey[K string | []byte](key K) uint32 {
	b := key[len(prefixRollup):]
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

func counts(c *core.Counts) [7]*int64 {
	return [...]*int64{&c.Requests, &c.Errors, &c.Input, &c.CacheRead, &c.CacheWrite, &c.Output, &c.Reasoning}
}

// appendCounts writes the cost and then the counts with their length, so that a
// new count can be added at the end.
func appendCounts(b []byte, c *core.Counts) []byte {
	b = appendFloat(b, c.CostUSD)
	list := counts(c)
	b = appendLen(b, len(list))
	for _, n := range list {
		b = appendInt(b, *n)
	}
	return b
}

func decodeCounts(b []byte) (core.Counts, error) {
	d := decoder{rest: string(b)}
	c := core.Counts{CostUSD: d.float()}
	list := counts(&c)
	for i := range d.len() {
		if n := d.int(); i < len(list) {
			*list[i] = n
		}
	}
	return c, d.err()
}

// maxSums bounds the sums that are remembered between commits.
const maxSums = 4096

// sums remembers the sums that recent commits wrote, by their database key, so
// that adding to the running hour reads nothing. The writer is alone, so what it
// remembers is what is stored.
type sums map[string]core.Counts

// add returns the sums after adding the ended rows, without remembering them.
func (s sums) add(txn *badger.Txn, ended []*core.Record) (sums, error) {
	next := make(sums, 1)
	for _, r := range ended {
		key := rollupKey(r.RollupKey())
		sum, ok := next[string(key)]
		if !ok {
			var err error
			if sum, err = s.find(txn, key); err != nil {
				return nil, err
			}
		}
		sum.Add(r.Counts())
		next[string(key)] = sum
	}
	return next, nil
}

func (s sums) find(txn *badger.Txn, key []byte) (sum core.Counts, err error) {
	if sum, ok := s[string(key)]; ok {
		return sum, nil
	}
	found, err := get(txn, key, func(value []byte) (err error) {
		sum, err = decodeCounts(value)
		return err
	})
	if !found {
		return core.Counts{}, err
	}
	return sum, err
}

// remember takes over what a commit has stored.
func (s sums) remember(stored sums) {
	if len(s)+len(stored) > maxSums {
		clear(s)
	}
	for key, sum := range stored {
		s[key] = sum
	}
}

// ListRollups implements core.RecordStore. Sums since some time come from memory
// (hours.go); those of all time are only asked for at a start.
func (d *DB) ListRollups(ctx context.Context, f core.RollupFilter) (list []core.Rollup, err error) {
	err = d.use(ctx, "list the hourly sums", func() error {
		first, end := uint32(0), uint32(math.MaxUint32)
		if !f.Until.IsZero() {
			end = hourOf(f.Until.Add(time.Hour - 1))
		}
		if f.Since.IsZero() {
			list, err = d.readRollups(ctx, nil, &f, first, end)
			return err
		}
		first = hourOf(f.Since)
		if err := d.hours.load(ctx, first, d.db.View); err != nil {
			return err
		}
		var from uint32
		list, from = d.hours.list(nil, &f, first, end)
		if first < from {
			list, err = d.readRollups(ctx, list, &f, first, min(from, end))
		}
		return err
	})
	return list, err
}

// readRollups appends the selected sums of the hours from first to before end.
func (d *DB) readRollups(ctx context.Context, list []core.Rollup, f *core.RollupFilter, first, end uint32) ([]core.Rollup, error) {
	err := d.db.View(func(txn *badger.Txn) error {
		return scan(ctx, txn, prefixRollup, hourKey(first), func(key, value []byte) (more bool, err error) {
			k, err := decodeRollupKey(key)
			if err != nil || hourOfKey(key) >= end {
				return false, err
			}
			if !selects(f, &k) {
				return true, nil
			}
			c, err := decodeCounts(value)
			list = append(list, core.Rollup{RollupKey: k, Counts: c})
			return true, err
		})
	})
	return list, err
}

func selects(f *core.RollupFilter, k *core.RollupKey) bool {
	return !k.Hour.Before(f.Since) &&
		(f.UserID == "" || f.UserID == k.UserID) &&
		(f.ChannelID == "" || f.ChannelID == k.ChannelID) &&
		(f.Model == "" || f.Model == k.Model)
}
