package usage

import (
	"slices"
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Own is what the gateway's own requests have used of an account. Input includes
// the cache.
type Own struct {
	Requests                             int64
	Input, CacheRead, CacheWrite, Output int64
	CostUSD                              float64
}

func (o *Own) add(c core.Counts) {
	o.Requests += c.Requests - c.Errors
	o.Input += c.Input
	o.CacheRead += c.CacheRead
	o.CacheWrite += c.CacheWrite
	o.Output += c.Output
	o.CostUSD += c.CostUSD
}

func (o *Own) plus(other Own) {
	o.Requests += other.Requests
	o.Input += other.Input
	o.CacheRead += other.CacheRead
	o.CacheWrite += other.CacheWrite
	o.Output += other.Output
	o.CostUSD += other.CostUSD
}

// Tally knows what the ledger holds of each account: by the hour for a week, and
// the sum of the calendar month. Its methods may be called concurrently.
type Tally struct {
	now func() time.Time

	mu       sync.Mutex
	accounts map[string]*tallied
}

// tallied is one account. Only hours in which something was used are there.
type tallied struct {
	hours []hourly // the oldest first
	month time.Time
	sum   Own
}

type hourly struct {
	hour  time.Time
	first time.Time // use in it, as far as is known
	own   Own
}

// tallyTime is for how long the hours are known.
const tallyTime = 7 * 24 * time.Hour

// NewTally returns a tally that holds the sums of the ledger.
func NewTally(now func() time.Time, sums []core.Rollup) *Tally {
	t := &Tally{now: now, accounts: map[string]*tallied{}}
	for i := range sums {
		t.count(sums[i].AccountID, sums[i].Hour, sums[i].Counts)
	}
	return t
}

// Observe counts an ended row of the ledger.
func (t *Tally) Observe(r *core.Record) { t.count(r.AccountID, r.Time, r.Counts()) }

func (t *Tally) count(id string, at time.Time, c core.Counts) {
	now := t.now().UTC()
	month, hour := monthOf(now), at.UTC().Truncate(time.Hour)
	if id == "" || hour.Before(month) && now.Sub(hour) > tallyTime {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	st := t.accounts[id]
	if st == nil {
		st = &tallied{}
		t.accounts[id] = st
	}
	st.roll(now)
	if !hour.Before(month) {
		st.sum.add(c)
	}
	if now.Sub(hour) <= tallyTime {
		st.at(hour, at.UTC()).add(c)
	}
}

func monthOf(at time.Time) time.Time {
	from, _, _ := core.PeriodMonth.Span(at)
	return from
}

// roll begins a new month and forgets hours of long ago.
func (st *tallied) roll(now time.Time) {
	if month := monthOf(now); !st.month.Equal(month) {
		st.month, st.sum = month, Own{}
	}
	old := 0
	for old < len(st.hours) && now.Sub(st.hours[old].hour) > tallyTime {
		old++
	}
	st.hours = slices.Delete(st.hours, 0, old)
}

// at returns the sum of an hour; requests that took long come late.
func (st *tallied) at(hour, use time.Time) *Own {
	i, found := slices.BinarySearchFunc(st.hours, hour, func(h hourly, at time.Time) int { return h.hour.Compare(at) })
	if !found {
		st.hours = slices.Insert(st.hours, i, hourly{hour: hour, first: use})
	}
	if use.Before(st.hours[i].first) {
		st.hours[i].first = use
	}
	return &st.hours[i].own
}

// Month returns what was used of an account in this calendar month, in UTC, and
// when that began.
func (t *Tally) Month(id string) (Own, time.Time) {
	now := t.now().UTC()
	t.mu.Lock()
	defer t.mu.Unlock()
	st := t.accounts[id]
	if st == nil {
		return Own{}, monthOf(now)
	}
	st.roll(now)
	return st.sum, st.month
}

// Since sums up the hours that began at a time or later, a week ago at most.
// first is when the account was used first in the last week, to the hour for what
// a restart has left of it; zero when it was not.
func (t *Tally) Since(id string, from time.Time) (sum Own, first time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	st := t.accounts[id]
	if st == nil {
		return Own{}, time.Time{}
	}
	st.roll(t.now().UTC())
	for i := range st.hours {
		if first.IsZero() {
			first = st.hours[i].first
		}
		if !st.hours[i].hour.Before(from) {
			sum.plus(st.hours[i].own)
		}
	}
	return sum, first
}

// Forget drops accounts that are no more.
func (t *Tally) Forget(exists func(id string) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range t.accounts {
		if !exists(id) {
			delete(t.accounts, id)
		}
	}
}
