package store

import (
	"context"
	"encoding/binary"
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
	hours := max(0, hour.Unix()) / secondsPerHour
	return binary.BigEndian.AppendUint32([]byte(prefixRollup), uint32(hours))
}

func rollupKey(k core.RollupKey) []byte {
	b := hourPrefix(k.Hour)
	for _, label := range [...]string{k.UserID, k.ChannelID, k.AccountID, k.Model} {
		b = appendString(b, label[:min(len(label), maxLabel)])
	}
	return b
}

func decodeRollupKey(key []byte) (core.RollupKey, error) {
	if len(key) < len(prefixRollup)+4 {
		return core.RollupKey{}, errDamaged
	}
	key = key[len(prefixRollup):]
	d := decoder{rest: string(key[4:])}
	k := core.RollupKey{
		Hour:   time.Unix(int64(binary.BigEndian.Uint32(key))*secondsPerHour, 0).UTC(),
		UserID: d.string(), ChannelID: d.string(), AccountID: d.string(), Model: d.string(),
	}
	return k, d.err()
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

// ListRollups implements core.RecordStore.
func (d *DB) ListRollups(ctx context.Context, f core.RollupFilter) ([]core.Rollup, error) {
	var list []core.Rollup
	err := d.view(ctx, "list the hourly sums", func(txn *badger.Txn) error {
		since := []byte(prefixRollup)
		if !f.Since.IsZero() {
			since = hourPrefix(f.Since)
		}
		return scan(ctx, txn, prefixRollup, since, func(key, value []byte) (more bool, err error) {
			k, err := decodeRollupKey(key)
			if err != nil {
				return false, err
			}
			if !f.Until.IsZero() && !k.Hour.Before(f.Until) {
				return false, nil
			}
			if !selects(&f, &k) {
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
