package balance

import (
	"fmt"
	"slices"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// envelope is what a person allows an account to be used for, beside its parallel
// requests and requests per minute.
type envelope struct {
	hours  *hours
	budget core.Quota
	share  int // percent of the budget or quota for one day; 0 = all of it
	// spent is until when the budget or the day's share is used up.
	spent  int64
	reason string

	used [3]window // by the day, week and month
	// What the provider had counted when the day began.
	dayStart float64
	dayOf    int64
}

// enclose takes over what the configuration allows.
func (b *Balancer) enclose(st *account, a *core.Account) {
	e := &st.envelope
	var budget core.Quota
	if a.Budget != nil {
		budget = *a.Budget
	}
	e.budget, e.share = budget, a.DailyShare
	if a.ActiveHours == nil || e.hours == nil || e.hours.set != *a.ActiveHours {
		e.hours = newHours(a.ActiveHours)
	}
	st.enclosed = a.Budget != nil || a.ActiveHours != nil || a.DailyShare > 0
	b.judgeSpending(st, b.nanos())
}

// window is what was used since a time.
type window struct {
	start    int64
	tokens   int64
	requests int64
	cost     float64
}

func (w *window) add(start, at int64, s spending) {
	if w.start != start {
		*w = window{start: start}
	}
	if at >= start {
		w.tokens += s.tokens
		w.requests += s.requests
		w.cost += s.cost
	}
}

type spending struct {
	tokens, requests int64
	cost             float64
}

// Seed adds what the ledger remembers of the accounts' use, once, before the
// first choice.
func (b *Balancer) Seed(sums []core.Rollup) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sync()
	now := b.nanos()
	for i := range sums {
		r := &sums[i]
		if b.snap.Account(r.AccountID) == nil {
			continue
		}
		s := spending{r.Input + r.Output, r.Requests - r.Errors, r.CostUSD}
		b.state(r.AccountID).spend(r.Hour.UnixNano(), now, s)
	}
	for _, st := range b.accounts {
		b.judgeSpending(st, now)
	}
}

// Spend counts what a request has used that began at a time.
func (b *Balancer) Spend(accountID string, began time.Time, tokens int64, costUSD *float64) {
	b.mu.Lock()
	defer b.unlock()
	b.sync()
	s := spending{tokens: tokens, requests: 1}
	if costUSD != nil {
		s.cost = *costUSD
	}
	now, st := b.nanos(), b.state(accountID)
	st.spend(began.UnixNano(), now, s)
	before := st.envelope.spent
	if b.judgeSpending(st, now); st.envelope.spent != before {
		b.touch(st)
	}
}

func (st *account) spend(at, now int64, s spending) {
	e := &st.envelope
	for i, p := range periods {
		e.used[i].add(startOf(p, now), at, s)
	}
}

// judgeSpending finds out until when the account has used up what it may.
func (b *Balancer) judgeSpending(st *account, now int64) {
	e := &st.envelope
	e.spent, e.reason = 0, ""
	if part := e.over(e.budget.Period, 100, now); part != "" {
		e.spent, e.reason = endOf(e.budget.Period, now), fmt.Sprintf("its budget of %s per %s is used up", part, e.budget.Period)
		return
	}
	if e.share <= 0 || e.share >= 100 {
		return
	}
	day := startOf(core.PeriodDay, now)
	part := ""
	if e.budget.Period != core.PeriodDay {
		part = e.over(core.PeriodDay, e.share, now)
	}
	if part == "" && b.overQuotaShare(st, day) {
		part = "quota"
	}
	if part != "" {
		e.spent, e.reason = endOf(core.PeriodDay, now), fmt.Sprintf("the day's share of %d %% of its %s is used up", e.share, part)
	}
}

// overQuotaShare reports whether the day has used its share of what the provider
// counts.
func (b *Balancer) overQuotaShare(st *account, day int64) bool {
	if b.Usage == nil {
		return false
	}
	remaining, limit, resets, known := b.Usage(st.id)
	if !known || limit <= 0 || !resets.IsZero() && resets.UnixNano() < endOf(core.PeriodDay, day) {
		return false // what is new within the day need not be shared out
	}
	e, used := &st.envelope, limit-remaining
	if e.dayOf != day || used < e.dayStart {
		e.dayOf, e.dayStart = day, used
		b.dirty.Mark(st.id)
	}
	return used-e.dayStart >= limit*float64(e.share)/100
}

// periods are those that are counted.
var periods = [3]core.Period{core.PeriodDay, core.PeriodWeek, core.PeriodMonth}

// over names the limit of the budget of which the current period has used a
// percentage.
func (e *envelope) over(p core.Period, percent int, now int64) string {
	i := slices.Index(periods[:], p)
	if i < 0 || e.used[i].start != startOf(p, now) {
		return ""
	}
	return e.used[i].over(&e.budget, percent)
}

// over names the limit that is reached, taking a percentage of each.
func (w *window) over(q *core.Quota, percent int) string {
	part := float64(percent) / 100
	switch {
	case q.Tokens != nil && float64(w.tokens) >= float64(*q.Tokens)*part:
		return "tokens"
	case q.Requests != nil && float64(w.requests) >= float64(*q.Requests)*part:
		return "requests"
	case q.CostUSD != nil && w.cost >= *q.CostUSD*part:
		return "dollars"
	}
	return ""
}

// startOf is when the period began that holds now; budgets of no period never
// begin anew.
func startOf(p core.Period, now int64) int64 {
	from, _, ok := p.Span(time.Unix(0, now))
	if !ok {
		return 0
	}
	return from.UnixNano()
}

func endOf(p core.Period, now int64) int64 {
	_, to, ok := p.Span(time.Unix(0, now))
	if !ok {
		return never
	}
	return to.UnixNano()
}
