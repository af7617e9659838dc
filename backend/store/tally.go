package store

import (
	"context"
	"math"
	"time"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// tally is one kind of sums over ended rows, kept by hour and labels for ever: T
// is a sum, V what of it stays in memory for readers.
type tally[T, V any] struct {
	prefix string
	key    func(*core.Record) core.RollupKey
	// of returns what a row adds, and whether that is anything.
	of     func(*core.Record) (T, bool)
	add    func(sum, more *T)
	encode func([]byte, *T) []byte
	decode func(value string) (T, error)

	// recent remembers the sums that recent commits wrote, by their database key,
	// so that adding to the running hour reads nothing. The writer is alone, so
	// what it remembers is what is stored.
	recent map[string]T
	most   int // bounds recent
	hours  *hours[V]
}

// write stores the sums behind the ended rows, and returns them for remember.
func (t *tally[T, V]) write(txn *badger.Txn, ended []*core.Record) (map[string]T, error) {
	next := make(map[string]T, 1)
	for _, r := range ended {
		more, ok := t.of(r)
		if !ok {
			continue
		}
		key := sumKey(t.prefix, t.key(r))
		sum, ok := next[string(key)]
		if !ok {
			var err error
			if sum, err = t.find(txn, key); err != nil {
				return nil, err
			}
		}
		t.add(&sum, &more)
		next[string(key)] = sum
	}
	for key, sum := range next {
		if err := txn.Set([]byte(key), t.encode(nil, &sum)); err != nil {
			return nil, err
		}
	}
	return next, nil
}

func (t *tally[T, V]) find(txn *badger.Txn, key []byte) (sum T, err error) {
	if sum, ok := t.recent[string(key)]; ok {
		return sum, nil
	}
	_, err = get(txn, key, func(value []byte) (err error) {
		sum, err = t.decode(string(value))
		return err
	})
	return sum, err
}

// remember takes over what a commit has stored.
func (t *tally[T, V]) remember(stored map[string]T) {
	if len(t.recent)+len(stored) > t.most {
		clear(t.recent)
	}
	for key, sum := range stored {
		t.recent[key] = sum
	}
	if !t.hours.awake() {
		return
	}
	values := make(map[string]string, len(stored))
	for key, sum := range stored {
		values[key] = string(t.encode(nil, &sum))
	}
	t.hours.note(values)
}

// each visits the sums that the filter selects. Those since some time come from
// memory; those of all time are only asked for at a start. visit must not keep
// the key and must not call the store.
func (t *tally[T, V]) each(ctx context.Context, view viewer, f *core.RollupFilter, visit func(*core.RollupKey, V) error) error {
	first, end := uint32(0), uint32(math.MaxUint32)
	if !f.Until.IsZero() {
		end = hourOf(f.Until.Add(time.Hour - 1))
	}
	if f.Since.IsZero() {
		return t.read(ctx, view, f, first, end, visit)
	}
	first = hourOf(f.Since)
	if err := t.hours.load(ctx, first, view); err != nil {
		return err
	}
	from, err := t.hours.each(f, first, end, visit)
	if err == nil && first < from {
		err = t.read(ctx, view, f, first, min(from, end), visit)
	}
	return err
}

// read visits the selected sums of the hours from first to before end as the
// database has them.
func (t *tally[T, V]) read(ctx context.Context, view viewer, f *core.RollupFilter, first, end uint32, visit func(*core.RollupKey, V) error) error {
	return view(func(txn *badger.Txn) error {
		return scan(ctx, txn, t.prefix, hourKey(t.prefix, first), func(key, value []byte) (more bool, err error) {
			_, k, err := cutSumKey(string(key))
			if err != nil || hourOfKey(key) >= end {
				return false, err
			}
			if !selects(f, &k) {
				return true, nil
			}
			v, err := t.hours.pack(string(value))
			if err != nil {
				return false, err
			}
			return true, visit(&k, v)
		})
	})
}

func selects(f *core.RollupFilter, k *core.RollupKey) bool {
	return !k.Hour.Before(f.Since) &&
		(f.UserID == "" || f.UserID == k.UserID) &&
		(f.ChannelID == "" || f.ChannelID == k.ChannelID) &&
		(f.Model == "" || f.Model == k.Model)
}
