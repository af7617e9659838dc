package main

import (
	"context"
	"math"
	"net/http"

	"github.com/aihub/aihub/backend/core"
)

// compareSums holds statistics and quotas against the rows; when says at which
// point of the run.
func (s *soak) compareSums(ctx context.Context, r *report, rows []*core.Record, when string) error {
	var stats struct {
		Totals                     core.Counts
		TopUsers                   []share `json:"top_users"`
		Models, Channels, Accounts []share
	}
	if err := s.admin(ctx, http.MethodGet, "/api/stats?days=3", nil, &stats); err != nil {
		return err
	}
	all := core.Counts{}
	users, models, channels, accounts := sums{}, sums{}, sums{}, sums{}
	for _, row := range rows {
		c := row.Counts()
		all.Add(c)
		users.add(row.UserID, c)
		channels.add(row.ChannelID, c)
		accounts.add(row.AccountID, c)
		if row.ChannelID != "" {
			models.add(row.RequestedModel, c)
		}
	}
	if !sameCounts(stats.Totals, all) {
		r.differ("statistics, "+when, "totals %+v, the rows' sum %+v", stats.Totals, all)
	}
	users.compare(r, "statistics of users, "+when, stats.TopUsers)
	models.compare(r, "statistics of models, "+when, stats.Models)
	channels.compare(r, "statistics of channels, "+when, stats.Channels)
	accounts.compare(r, "statistics of accounts, "+when, stats.Accounts)
	return s.compareQuotas(ctx, r, rows, when)
}

// share is a part of the statistics.
type share struct {
	ID string
	core.Counts
}

// sums are what the rows add up to, by an id.
type sums map[string]core.Counts

func (s sums) add(id string, c core.Counts) {
	if id == "" {
		return
	}
	sum := s[id]
	sum.Add(c)
	s[id] = sum
}

func (s sums) compare(r *report, what string, shares []share) {
	if len(shares) != len(s) {
		r.differ(what, "%d of them, the rows have %d", len(shares), len(s))
	}
	for _, one := range shares {
		if !sameCounts(one.Counts, s[one.ID]) {
			r.differ(what, "%s: %+v, the rows' sum %+v", one.ID, one.Counts, s[one.ID])
		}
	}
}

// sameCounts compares; sums of dollars depend on their order in the last digits.
func sameCounts(a, b core.Counts) bool {
	same := math.Abs(a.CostUSD-b.CostUSD) < 1e-6
	a.CostUSD, b.CostUSD = 0, 0
	return same && a == b
}

// compareQuotas holds what each user has used against the rows: a request that
// failed does not count, its tokens do.
func (s *soak) compareQuotas(ctx context.Context, r *report, rows []*core.Record, when string) error {
	want := map[string]core.Used{}
	for _, row := range rows {
		u, c := want[row.UserID], row.Counts()
		u.Tokens += row.Usage.Total()
		u.Requests += c.Requests - c.Errors
		u.CostUSD += c.CostUSD
		want[row.UserID] = u
	}
	for _, u := range s.users {
		var found struct{ Used core.Used }
		if err := s.admin(ctx, http.MethodGet, "/api/users/"+u.id, nil, &found); err != nil {
			return err
		}
		got, want := found.Used, want[u.id]
		if got.Tokens != want.Tokens || got.Requests != want.Requests || math.Abs(got.CostUSD-want.CostUSD) > 1e-6 {
			r.differ("quotas, "+when, "%s: %+v, the rows' sum %+v", u.id, got, want)
		}
	}
	return nil
}
