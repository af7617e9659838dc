package store

import (
	"context"

	"github.com/aihub/aihub/backend/core"
)

// maxLatencies bounds the histograms that are remembered between commits.
const maxLatencies = 1024

// latencies are how long answers took. Few buckets of a histogram are not empty, so
// what stays in memory for readers are these alone, packed.
type latencies = tally[core.Latency, string]

func newLatencies() *latencies {
	return &latencies{
		prefix: prefixLatency,
		key:    (*core.Record).LatencyKey,
		of: func(r *core.Record) (l core.Latency, ok bool) {
			ok = l.Add(r)
			return l, ok
		},
		add:    (*core.Latency).Merge,
		encode: appendLatency,
		decode: decodeLatency,
		recent: map[string]core.Latency{},
		most:   maxLatencies,
		hours:  newHours(prefixLatency, packLatency),
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

func decodeLatency(value string) (core.Latency, error) {
	d := decoder{rest: value}
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

// packLatency writes the buckets that are not empty, each with its number, those
// of Total behind those of First.
func packLatency(value string) (string, error) {
	l, err := decodeLatency(value)
	if err != nil {
		return "", err
	}
	var packed []byte
	for i, h := range [...]*core.Histogram{&l.First, &l.Total} {
		for j, n := range h {
			if n != 0 {
				packed = appendInt(append(packed, byte(i*len(h)+j)), n)
			}
		}
	}
	return string(packed), nil
}

// mergePacked adds what packLatency has packed to a sum.
func mergePacked(sum *core.Latency, packed string) error {
	for d := (decoder{rest: packed}); d.rest != ""; {
		i, n := int(d.byte()), d.int()
		switch {
		case d.damaged:
			return errDamaged
		case i < len(sum.First):
			sum.First[i] += n
		case i < len(sum.First)+len(sum.Total):
			sum.Total[i-len(sum.First)] += n
		}
	}
	return nil
}

// SumLatencies implements core.RecordStore.
func (d *DB) SumLatencies(ctx context.Context, f core.RollupFilter) ([]core.LatencySum, error) {
	type labels struct{ channel, model string }
	sums := map[labels]*core.Latency{}
	err := d.use(ctx, "sum the latencies", func() error {
		return d.latencies.each(ctx, d.db.View, &f, func(k *core.RollupKey, packed string) error {
			of := labels{k.ChannelID, k.Model}
			sum := sums[of]
			if sum == nil {
				sum = &core.Latency{}
				sums[of] = sum
			}
			return mergePacked(sum, packed)
		})
	})
	list := make([]core.LatencySum, 0, len(sums))
	for of, sum := range sums {
		list = append(list, core.LatencySum{ChannelID: of.channel, Model: of.model, Latency: *sum})
	}
	return list, err
}
