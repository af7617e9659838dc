package store

import (
	"context"

	"github.com/aihub/aihub/backend/core"
)

// maxSums bounds the sums that are remembered between commits.
const maxSums = 4096

// rollups are the counts of requests, tokens and dollars.
type rollups = tally[core.Counts, core.Counts]

func newRollups() *rollups {
	return &rollups{
		prefix: prefixRollup,
		key:    (*core.Record).RollupKey,
		of:     func(r *core.Record) (core.Counts, bool) { return r.Counts(), true },
		add:    func(sum, more *core.Counts) { sum.Add(*more) },
		encode: appendCounts,
		decode: decodeCounts,
		recent: map[string]core.Counts{},
		most:   maxSums,
		hours:  newHours(prefixRollup, decodeCounts),
	}
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

func decodeCounts(value string) (core.Counts, error) {
	d := decoder{rest: value}
	c := core.Counts{CostUSD: d.float()}
	list := counts(&c)
	for i := range d.len() {
		if n := d.int(); i < len(list) {
			*list[i] = n
		}
	}
	return c, d.err()
}

// EachRollup implements core.RecordStore.
func (d *DB) EachRollup(ctx context.Context, f core.RollupFilter, visit func(*core.Rollup)) error {
	return d.use(ctx, "read the hourly sums", func() error {
		var r core.Rollup
		return d.rollups.each(ctx, d.db.View, &f, func(k *core.RollupKey, c core.Counts) error {
			r.RollupKey, r.Counts = *k, c
			visit(&r)
			return nil
		})
	})
}

// ListRollups implements core.RecordStore.
func (d *DB) ListRollups(ctx context.Context, f core.RollupFilter) (list []core.Rollup, err error) {
	err = d.EachRollup(ctx, f, func(r *core.Rollup) { list = append(list, *r) })
	return list, err
}
