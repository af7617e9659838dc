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
	// TimeZone is where days begin, by its IANA name; "" is UTC. Sums are by the
	// hour, so where a zone is off by half an hour its days begin with the hour.
	TimeZone string `json:"time_zone,omitempty"`
}

// Stats are sums over ended requests. The rankings hold the first 100 by
// tokens, then requests; what has no such part (a request refused before an
// account was chosen has no channel) is in the totals alone.
type Stats struct {
	Totals core.Counts `json:"totals"`
	// Previous are the sums of as many days before, to compare with.
	Previous core.Counts  `json:"previous"`
	Latency  Latency      `json:"latency"`
	Trend    []TrendPoint `json:"trend"`
	TopUsers []Share      `json:"top_users"`
	Models   []Share      `json:"models"`
	Channels []Share      `json:"channels"`
	Accounts []Share      `json:"accounts"`
}

// Latency is how long answers took, in milliseconds; 0 when there were none.
type Latency struct {
	FirstByte Percentiles `json:"first_byte"`
	Total     Percentiles `json:"total"`
}

// Percentiles say that so many of a hundred answers were at least so quick.
type Percentiles struct {
	P50 int64 `json:"p50"`
	P90 int64 `json:"p90"`
	P99 int64 `json:"p99"`
}

// TrendPoint is the sum of one hour or day, without gaps, oldest first.
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
	// Latency is known of models and channels.
	Latency *Latency `json:"latency,omitempty"`
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
	zone, err := zoneOf(in.TimeZone)
	if err != nil {
		return Stats{}, err
	}
	span := newSpan(s.now(), in.Days, zone)
	filter := core.RollupFilter{
		Since: span.before(), Until: span.end(), UserID: in.User, Model: in.Model, ChannelID: in.Channel,
	}
	sum := newSummary(span)
	if err := s.deps.Store.EachRollup(ctx, filter, sum.add); err != nil {
		return Stats{}, err
	}
	filter.Since = span.start()
	times, err := s.deps.Store.SumLatencies(ctx, filter)
	if err != nil {
		return Stats{}, err
	}
	out := sum.stats(s.snapshot())
	out.addLatencies(times)
	return out, nil
}

func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || len(name) > 64 || name == "Local" {
		return nil, core.Invalid("time_zone", "%q is not a time zone; write it like Europe/Berlin", name)
	}
	return zone, nil
}

// summary is the statistics of a span while they are summed.
type summary struct {
	span                              span
	out                               Stats
	users, models, channels, accounts ranking
	// hour is the one that was summed last, and step where it belongs: sums come
	// hour by hour.
	hour   time.Time
	step   int
	inside bool
}

func newSummary(p span) *summary {
	s := &summary{span: p, users: ranking{}, models: ranking{}, channels: ranking{}, accounts: ranking{}}
	s.out.Trend = make([]TrendPoint, len(p)-1)
	for i := range s.out.Trend {
		s.out.Trend[i].Time = p[i].UTC()
	}
	return s
}

func (s *summary) add(r *core.Rollup) {
	if r.Hour != s.hour {
		s.hour = r.Hour
		s.step, s.inside = s.span.find(r.Hour)
	}
	if !s.inside {
		if r.Hour.Before(s.span.start()) {
			s.out.Previous.Add(r.Counts)
		}
		return
	}
	s.out.Totals.Add(r.Counts)
	s.out.Trend[s.step].Add(r.Counts)
	s.users.add(r.UserID, &r.Counts)
	s.models.add(r.Model, &r.Counts)
	s.channels.add(r.ChannelID, &r.Counts)
	s.accounts.add(r.AccountID, &r.Counts)
}

func (s *summary) stats(snap *core.Snapshot) Stats {
	out := s.out
	out.TopUsers = s.users.top(func(id string) string { return userName(snap, id) })
	out.Models = s.models.top(func(id string) string { return id })
	out.Channels = s.channels.top(func(id string) string { return channelName(snap, id) })
	out.Accounts = s.accounts.top(func(id string) string { return accountName(snap, id) })
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
