package quota

import (
	"sync"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// Gate keeps what every user has consumed and says who may go on. All methods
// may be called at the same time. It grows by about 3 KB for each user that is
// seen; Forget gives that back.
type Gate struct {
	now    func() time.Time
	meters sync.Map // user id -> *meter
}

// New returns an empty Gate that reads the time from now.
func New(now func() time.Time) *Gate { return &Gate{now: now} }

// Seed adds what the ledger remembers. It is to be called once, before the
// first Reserve, with the hourly sums of all time: the total period needs
// them all.
//
// Hourly sums do not say when in the hour something was consumed. For the
// rolling five hours it counts as consumed at the end of the hour, so that
// after a restart it leaves the window up to one hour late, never early.
// Requests that failed are in the sums and are not counted, but what they used is,
// as by Fail.
func (g *Gate) Seed(rollups []core.Rollup) {
	now := g.clock()
	for i := range rollups {
		if r := &rollups[i]; r.UserID != "" {
			g.seed(r, now)
		}
	}
}

func (g *Gate) seed(r *core.Rollup, now int64) {
	s := sum{
		tokens: r.Input + r.Output, requests: r.Requests - r.Errors, nanos: nanos(&r.CostUSD),
	}
	end := min(r.Hour.Add(time.Hour).UnixNano()-1, now)
	m := g.meter(r.UserID)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.advance(now)
	m.spend(end, s, sum{})
}

// Reserve asks for one request of the user that will consume about estimate
// tokens (the prompt and a guess of the answer), and sets them aside until
// Settle or Cancel. The limits are those of u, so a changed limit holds from
// the next request on. Exactly one of the results is nil.
//
// An estimate below what this user's requests have used on average is raised
// to that: it seldom knows how long the answer will be. costUSD is what the
// estimate costs, nil when no price is known; less than the average price of the
// user's tokens so far is never set aside.
func (g *Gate) Reserve(u *core.User, estimate int64, costUSD *float64) (*Reservation, *Refusal) {
	m := g.meter(u.ID)
	now := g.clock()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.advance(now)
	if refusal := m.refuse(u, now); refusal != nil {
		return nil, refusal
	}
	return m.reserve(g, now, max(estimate, m.average(), 1), nanos(costUSD)), nil
}

// Used returns what the user has consumed in the current period of the quota,
// without what is reserved. ResetsAt of the rolling five hours is when the
// oldest part of it leaves the window, and nil when nothing was consumed.
func (g *Gate) Used(u *core.User) core.Used {
	m := g.meter(u.ID)
	now := g.clock()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.advance(now)
	spent, _ := m.state(u.Quota.Period)
	return core.Used{
		Tokens: spent.tokens, Requests: spent.requests, CostUSD: dollars(spent.nanos),
		ResetsAt: m.resetsAt(u.Quota.Period),
	}
}

// Forget drops what is known of a user that was deleted. Requests of the user
// that still run may be settled afterwards.
func (g *Gate) Forget(id string) { g.meters.Delete(id) }

// clock returns nanoseconds since 1970, and never less than the windows reach
// back: a machine whose clock was not set yet stands at 1970 or before.
func (g *Gate) clock() int64 { return max(g.now().UnixNano(), int64(5*time.Hour)) }

func (g *Gate) meter(id string) *meter {
	if m, ok := g.meters.Load(id); ok {
		return m.(*meter)
	}
	m, _ := g.meters.LoadOrStore(id, newMeter())
	return m.(*meter)
}

func (m *meter) resetsAt(p core.Period) *time.Time {
	if p == core.Period5h {
		at, ok := m.hours.oldest()
		if !ok {
			return nil
		}
		t := time.Unix(0, at).UTC()
		return &t
	}
	if t, ok := m.resets(p, byTokens, 0); ok {
		return &t
	}
	return nil
}

// Reservation is what one running request has set aside. It must be ended by
// Settle or Fail, whatever becomes of the request; only the first call counts.
type Reservation struct {
	gate  *Gate
	meter *meter
	at    int64 // when it was reserved
	held  sum
	done  bool
}

func (m *meter) reserve(g *Gate, now, estimate, cost int64) *Reservation {
	r := &Reservation{
		gate: g, meter: m, at: now,
		held: sum{tokens: estimate, requests: 1, nanos: max(cost, m.guess(estimate))},
	}
	m.hold(now, r.held)
	return r
}

// Settle replaces the reservation by what the request really used. costUSD is
// nil when no price is known: it then counts as nothing.
func (r *Reservation) Settle(u llm.Usage, costUSD *float64) {
	r.end(sum{tokens: max(u.Total(), 0), requests: 1, nanos: nanos(costUSD)})
}

// Fail counts what a request that failed has used, and not the request itself.
func (r *Reservation) Fail(u llm.Usage, costUSD *float64) {
	r.end(sum{tokens: max(u.Total(), 0), nanos: nanos(costUSD)})
}

func (r *Reservation) end(used sum) {
	m := r.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.done {
		return
	}
	r.done = true
	now := r.gate.clock()
	m.advance(now)
	m.running--
	m.spend(r.at, used, r.held)
	at := r.at
	if used.tokens > r.held.tokens {
		at = now
	}
	m.minute.add(r.at, sum{requests: used.requests - 1})
	m.minute.add(at, sum{tokens: used.tokens - r.held.tokens})
}
