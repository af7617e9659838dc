package app

import (
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/forecast"
	"github.com/aihub/aihub/backend/usage"
)

// usageOf is what is known of an account's use: what its provider was asked for,
// what its answers tell and what the own ledger counts.
func (a *App) usageOf(id string) *core.AccountUsage {
	k := usage.Known{Asked: a.watcher.Find(id), Problem: a.watcher.Problem(id), Told: a.board.Find(id)}
	if k.Asked != nil && k.Asked.Source == core.UsageReport && !a.isAsked(id) {
		k.Asked, k.Problem = nil, "" // the admin key was removed
	}
	k.Own, k.Since = a.tally.Month(id)
	return usage.Combine(k, time.Now())
}

// isAsked reports whether the account's provider can be asked for its usage.
func (a *App) isAsked(id string) bool {
	snap := a.store.Snapshot()
	acc := snap.Account(id)
	if acc == nil {
		return false
	}
	ch := snap.Channel(acc.ChannelID)
	return ch != nil && a.upstream.ReadsUsage(ch.Provider, acc)
}

// quotaLeft is what is left of an account by its provider's own count, for the
// balancer: of the quota that it was asked for, else of the limits that its
// answers tell.
func (a *App) quotaLeft(id string) (remaining, limit float64, resetsAt time.Time, known bool) {
	u := a.watcher.Find(id)
	if u == nil || u.Source == core.UsageReport || u.Limit <= 0 {
		return a.board.Left(id)
	}
	if u.ResetsAt == nil {
		return u.Remaining, u.Limit, time.Time{}, true
	}
	if !u.ResetsAt.After(time.Now()) {
		return u.Limit, u.Limit, time.Time{}, true // it has begun anew since it was asked for
	}
	return u.Remaining, u.Limit, *u.ResetsAt, true
}

// The stretches of time over which a pace is measured: the last day, and the week
// where the day has seen nothing.
const (
	paceTime  = 24 * time.Hour
	paceTime2 = 7 * 24 * time.Hour
)

// forecastOf is which limit of an account will be used up first, or why that is
// not known.
func (a *App) forecastOf(id string) (*core.Forecast, core.ForecastGap) {
	acc := a.store.Snapshot().Account(id)
	if acc == nil {
		return nil, core.GapNoLimit
	}
	now := time.Now()
	var found []*core.Forecast
	var gaps []core.ForecastGap
	add := func(f *core.Forecast, gap core.ForecastGap) {
		if f != nil {
			found = append(found, f)
		} else {
			gaps = append(gaps, gap)
		}
	}
	add(a.forecastQuota(id, now))
	for _, l := range a.windows(id, now) {
		add(l.project(now))
	}
	for _, l := range a.budgets(acc, now) {
		add(l.project(now))
	}
	if best := forecast.First(found); best != nil {
		return best, ""
	}
	return nil, forecast.Gap(gaps)
}

// pacedLimit is a limit and how fast it was used.
type pacedLimit struct {
	forecast.Limit
	pace forecast.Pace
}

func (l *pacedLimit) project(now time.Time) (*core.Forecast, core.ForecastGap) {
	return forecast.Project(l.Limit, l.pace, now)
}

// forecastQuota forecasts the quota that a provider was asked for.
func (a *App) forecastQuota(id string, now time.Time) (*core.Forecast, core.ForecastGap) {
	u := a.watcher.Find(id)
	if u == nil || u.Source == core.UsageReport || u.Unlimited {
		return nil, core.GapNoLimit
	}
	used, over := a.watcher.Over(id, paceTime)
	if used == 0 {
		used, over = a.watcher.Over(id, paceTime2)
	}
	l := forecast.Limit{Name: "quota", Unit: u.Unit, Used: u.Limit - u.Remaining, Limit: u.Limit, ResetsAt: later(u.ResetsAt, now)}
	return forecast.Project(l, forecast.Pace{Used: used, Over: over, Basis: core.UsageQuota}, now)
}

// later is a time that is still to come, else nil.
func later(t *time.Time, now time.Time) *time.Time {
	if t == nil || !t.After(now) {
		return nil
	}
	return t
}

// windows are the limits of which the answers tell often enough to see a course.
func (a *App) windows(id string, now time.Time) []pacedLimit {
	u := a.board.Find(id)
	if u == nil {
		return nil
	}
	var list []pacedLimit
	for i := range u.Parts {
		p := &u.Parts[i]
		if used, over := a.board.Over(id, p.Name, paceTime); over > 0 {
			l := forecast.Limit{Name: p.Name, Unit: p.Unit, Used: p.Used, Limit: p.Limit, ResetsAt: later(p.ResetsAt, now)}
			list = append(list, pacedLimit{l, forecast.Pace{Used: used, Over: over, Basis: p.Source}})
		}
	}
	return list
}

// budgets are the limits that a person has set, by the own ledger's count.
func (a *App) budgets(acc *core.Account, now time.Time) []pacedLimit {
	q := acc.Budget
	if q == nil {
		return nil
	}
	start, resets, _ := q.Period.Span(now) // a budget is of a day, week or month
	used := a.usedOf(acc.ID, q.Period, start)
	spent, over := a.pace(acc.ID, now)
	var list []pacedLimit
	add := func(name, unit string, limit, used, spent float64) {
		l := forecast.Limit{Name: name, Unit: unit, Used: used, Limit: limit, ResetsAt: &resets}
		list = append(list, pacedLimit{l, forecast.Pace{Used: spent, Over: over, Basis: core.UsageLedger}})
	}
	if q.Tokens != nil {
		add("budget_tokens", core.UnitTokens, float64(*q.Tokens), float64(used.Input+used.Output), float64(spent.Input+spent.Output))
	}
	if q.Requests != nil {
		add("budget_requests", core.UnitRequests, float64(*q.Requests), float64(used.Requests), float64(spent.Requests))
	}
	if q.CostUSD != nil {
		add("budget_cost_usd", core.UnitUSD, *q.CostUSD, used.CostUSD, spent.CostUSD)
	}
	return list
}

// usedOf is what the ledger has counted of the current period.
func (a *App) usedOf(id string, p core.Period, start time.Time) usage.Own {
	if p == core.PeriodMonth {
		own, _ := a.tally.Month(id)
		return own
	}
	own, _ := a.tally.Since(id, start)
	return own
}

// pace is what the ledger has counted over the last day, else the last week, and
// how long that is of what the account has been used for.
func (a *App) pace(id string, now time.Time) (usage.Own, time.Duration) {
	for _, span := range []time.Duration{paceTime, paceTime2} {
		from := now.Add(-span).Truncate(time.Hour).Add(time.Hour)
		own, first := a.tally.Since(id, from)
		if own.Requests == 0 {
			continue
		}
		if first.After(from) {
			from = first
		}
		return own, now.Sub(from)
	}
	return usage.Own{}, paceTime2
}
