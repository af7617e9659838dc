package store

import (
	"context"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// latencies remembers, like sums, the histograms that recent commits wrote.
type latencies map[string]core.Latency

func latencyKey(k core.RollupKey) []byte {
	key := rollupKey(k)
	copy(key, prefixLatency)
	return key
}

// add returns the histograms after adding the ended rows.
func (l latencies) add(txn *badger.Txn, ended []*core.Record) (latencies, error) {
	next := make(latencies, 1)
	for _, r := range ended {
		var one core.Latency
		if !one.Add(r) {
			continue
		}
		key := latencyKey(r.LatencyKey())
		sum, ok := next[string(key)]
		if !ok {
			var err error
			if sum, err = l.find(txn, key); err != nil {
				return nil, err
			}
		}
		sum.Merge(&one)
		next[string(key)] = sum
	}
	return next, nil
}

func (l latencies) find(txn *badger.Txn, key []byte) (sum core.Latency, err error) {
	if sum, ok := l[string(key)]; ok {
		return sum, nil
	}
	_, err = get(txn, key, func(value []byte) (err error) {
		sum, err = decodeLatency(value)
		return err
	})
	return sum, err
}

// maxLatencies bounds the histograms that are remembered between commits.
const maxLatencies = 1024

func (l latencies) remember(stored latencies) {
	if len(l)+len(stored) > maxLatencies {
		clear(l)
	}
	for key, sum := range stored {
		l[key] = sum
	}
}

// appendLatency writes both histograms with their length and without the empty
// buckets at their end.
func appendLatency(b []byte, l *core.Latency) []byte {
	for _, h := range [...]*core.Histogram{&l.First, &l.Total} {
		used := len(h)
		for used > 0 && h[used-1] == 0 {
			used--
		}
		b = appendLen(b, used)
		for _, n := range h[:used] {
			b = appendInt(b, n)
		}
	}
	return b
}

func decodeLatency(b []byte) (core.Latency, error) {
	d := decoder{rest: string(b)}
	var l core.Latency
	for _, h := range [...]*core.Histogram{&l.First, &l.Total} {
		for i := range d.len() {
			if n := d.int(); i < len(h) {
				h[i] = n
			}
		}
	}
	return l, d.err()
}

// ListLatencies implements core.RecordStore.
func (d *DB) ListLatencies(ctx context.Context, f core.RollupFilter) ([]core.HourLatency, error) {
	var list []core.HourLatency
	err := d.view(ctx, "list the latencies", func(txn *badger.Txn) error {
		since := []byte(prefixLatency)
		if !f.Since.IsZero() {
			since = hourPrefix(f.Since)
			copy(since, prefixLatency)
		}
		return scan(ctx, txn, prefixLatency, since, func(key, value []byte) (more bool, err error) {
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
			l, err := decodeLatency(value)
			list = append(list, core.HourLatency{RollupKey: k, Latency: l})
			return true, err
		})
	})
	return list, err
}
