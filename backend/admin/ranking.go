package admin

import (
	"cmp"
	"slices"

	"github.com/aihub/aihub/backend/core"
)

// ranking sums counts by id.
type ranking map[string]*core.Counts

// add adds c to what has the id; without an id there is nothing to name.
func (r ranking) add(id string, c *core.Counts) {
	if id == "" {
		return
	}
	sum := r[id]
	if sum == nil {
		sum = &core.Counts{}
		r[id] = sum
	}
	sum.Add(*c)
}

// top returns the first by tokens, then by requests.
func (r ranking) top(name func(id string) string) []Share {
	out := make([]Share, 0, len(r))
	for id, sum := range r {
		out = append(out, Share{ID: id, Name: name(id), Counts: *sum})
	}
	slices.SortFunc(out, func(a, b Share) int {
		return cmp.Or(
			cmp.Compare(b.Input+b.Output, a.Input+a.Output),
			cmp.Compare(b.Requests, a.Requests),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return out[:min(len(out), maxShares)]
}
