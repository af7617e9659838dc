package admin

import (
	"context"
	"time"

	"github.com/aihub/aihub/backend/core"
)

const (
	defaultDays = 7
	maxDays     = 365
	// hourlyDays is the longest span whose trend is drawn hour by hour.
	hourlyDays = 2
	// maxShares bounds each ranking.
	maxShares = 100
)

// StatsRequest selects what is summed; an empty field selects all. User and
// channel are ids.
type StatsRequest struct {
	Days    int    `json:"days,omitempty"` // 1 to 365; 0 means 7
	User    string `json:"user,omitempty"`
	Model   string `json:"model,omitempty"` // as the client asked for it
	Channel string `json:"channel,omitempty"`
}

// Stats are sums over ended requests. The rankings hold the first 100 by
// tokens, then requests; what has no such part (a request refused before an
// account was chosen has no channel) is in the totals alone.
type Stats struct {
	Totals   core.Counts  `json:"totals"`
	Trend    []TrendPoint `json:"trend"`
	TopUsers []Share      `json:"top_users"`
	Models   []Share      `json:"models"`
	Channels []Share      `json:"channels"`
	Accounts []Share      `json:"accounts"`
}

// TrendPoint is the sum of one hour or day, without gaps, oldest first. Days
// begin at 00:00 UTC.
type TrendPoint struct {
	Time time.Time `json:"time"`
	core.Counts
}

// Share is the sum of one user, model, channel or account. For a model, and
// for what was deleted meanwhile, the name is the id.
type Share struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	core.Counts
}

// FindStats sums the requests that began in the last days, today included. The
// trend has one point per hour up to two days, else one per day.
func (s *Service) FindStats(ctx context.Context, in StatsRequest) (Stats, error) {
	if in.Days == 0 {
		in.Days = defaultDays
	}
	if in.Days < 1 || in.Days > maxDays {
		return Stats{}, core.Invalid("days", "days is a number from 1 to %d", maxDays)
	}
	span := newSpan(s.now(), in.Days)
	sums, err := s.deps.Store.ListRollups(ctx, core.RollupFilter{
		Since: span.start, Until: span.end(), UserID: in.User, Model: in.Model, ChannelID: in.Channel,
	})
	if err != nil {
		return Stats{}, err
	}
	return summarise(s.snapshot(), span, sums), nil
}

// span is the time that statistics cover, in equal steps.
type span struct {
	start  time.Time
	step   time.Duration
	points int
}

func newSpan(now time.Time, days int) span {
	if days <= hourlyDays {
		n := days * 24
		return span{start: now.Truncate(time.Hour).Add(-time.Duration(n-1) * time.Hour), step: time.Hour, points: n}
	}
	const day = 24 * time.Hour
	return span{start: now.Truncate(day).Add(-time.Duration(days-1) * day), step: day, points: days}
}

func (p span) end() time.Time { return p.start.Add(time.Duration(p.points) * p.step) }

func summarise(snap *core.Snapshot, p span, sums []core.Rollup) Stats {
	out := Stats{Trend: make([]TrendPoint, p.points)}
	for i := range out.Trend {
		out.Trend[i].Time = p.start.Add(time.Duration(i) * p.step)
	}
	users, models, channels, accounts := ranking{}, ranking{}, ranking{}, ranking{}
	for _, r := range sums {
		i := int(r.Hour.Sub(p.start) / p.step)
		if r.Hour.Before(p.start) || i >= p.points {
			continue
		}
		out.Totals.Add(r.Counts)
		out.Trend[i].Add(r.Counts)
		users.add(r.UserID, r.Counts)
		models.add(r.Model, r.Counts)
		channels.add(r.ChannelID, r.Counts)
		accounts.add(r.AccountID, r.Counts)
	}
	out.TopUsers = users.top(func(id string) string { return userName(snap, id) })
	out.Models = models.top(func(id string) string { return id })
	out.Channels = channels.top(func(id string) string { return channelName(snap, id) })
	out.Accounts = accounts.top(func(id string) string { return accountName(snap, id) })
	return out
}

func userName(snap *core.Snapshot, id string) string {
	if u := snap.User(id); u != nil {
		return u.Name
	}
	return id
}

func channelName(snap *core.Snapshot, id string) string {
	if c := snap.Channel(id); c != nil {
		return c.Name
	}
	return id
}

func accountName(snap *core.Snapshot, id string) string {
	if a := snap.Account(id); a != nil {
		return a.Name
	}
	return id
}
