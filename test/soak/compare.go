package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/simulator"
)

// compare holds the rows against what the simulator and the clients have seen,
// and the sums against the rows: as they are now, and behind a restart that knows
// only what was stored.
func (s *soak) compare(ctx context.Context, got []seen, j *journal) (*report, error) {
	rows, err := s.rows(ctx)
	if err != nil {
		return nil, err
	}
	r := newReport(s, rows)
	byTag := r.byTag(rows)
	for n := range s.requests {
		s.compareOne(r, n, byTag[n], got[n], j.byTag[n])
	}
	if err := s.compareSums(ctx, r, rows, "running"); err != nil {
		return nil, err
	}
	if err := s.hub.restart(ctx); err != nil {
		return nil, err
	}
	again, err := s.rows(ctx)
	if err != nil {
		return nil, err
	}
	if len(again) != len(rows) {
		r.differ("rows behind a restart", "%d, before %d", len(again), len(rows))
	}
	return r, s.compareSums(ctx, r, rows, "restarted")
}

// byTag finds the row of each request; there must be no other rows.
func (r *report) byTag(rows []*core.Record) map[int]*core.Record {
	byTag, ids := map[int]*core.Record{}, map[string]bool{}
	for _, row := range rows {
		n, err := strconv.Atoi(strings.TrimPrefix(row.UserAgent, "soak-"))
		switch {
		case err != nil:
			r.differ("rows of nobody", "%s has the user agent %q", row.ID, row.UserAgent)
		case byTag[n] != nil || ids[row.ID]:
			r.differ("rows doubled", "%s has %s and %s", row.UserAgent, byTag[n].ID, row.ID)
		case row.Outcome == core.OutcomeInFlight:
			r.differ("rows in flight", "%s", row.ID)
		}
		byTag[n], ids[row.ID] = row, true
	}
	return byTag
}

// compareOne holds one request's row against what both sides have seen of it.
func (s *soak) compareOne(r *report, n int, row *core.Record, got seen, accepted []*simulator.Recorded) {
	r.accepted += len(accepted)
	if row == nil {
		if len(accepted) > 0 {
			r.differ("accepted without a row", "%s: %s", tag(n), describe(accepted))
		}
		if got.status != 0 {
			r.differ("answered without a row", "%s: status %d, row %s", tag(n), got.status, got.row)
		}
		return
	}
	r.count(row)
	if got.row != "" && got.row != row.ID {
		r.differ("another row's id", "%s was told %s, has %s", tag(n), got.row, row.ID)
	}
	if got.whole && (got.status != row.Status || (got.status == 200) != (row.Outcome == core.OutcomeOK)) {
		r.differ("told otherwise", "%s (%s) got a whole %d, the row says %d %s %s; %s", tag(n), newPlan(s.seed, n).path, got.status, row.Status, row.Outcome, row.Error, describe(accepted))
	}
	s.compareAttempts(r, row, accepted)
	compareTokens(r, row, accepted)
}

// compareAttempts wants an attempt for each request that the simulator has
// accepted. A row that a kill has closed knows of those before its last
// checkpoint only.
func (s *soak) compareAttempts(r *report, row *core.Record, accepted []*simulator.Recorded) {
	if row.Outcome == core.OutcomeInterrupted {
		if row.Usage.Input == 0 {
			r.differ("interrupted without tokens", "%s %s: %+v", row.UserAgent, row.ID, row.Usage)
		}
		return
	}
	var tried []string
	for _, a := range row.Attempts {
		tried = append(tried, s.accounts[a.AccountID])
	}
	for _, e := range accepted {
		i := slices.Index(tried, e.Account)
		if i < 0 {
			r.differ("accepted without an attempt", "%s %s: %s by %s, attempts %+v", row.UserAgent, row.ID, e.Path, e.Account, row.Attempts)
			return
		}
		tried = slices.Delete(tried, i, i+1)
	}
}

// compareTokens holds the tokens of a row against those that its answer told. An
// answer of Kiro that ends early is handed on as one that was cut for its length:
// it tells its clients nothing else.
func compareTokens(r *report, row *core.Record, accepted []*simulator.Recorded) {
	var told *simulator.Recorded
	for _, e := range accepted {
		switch e.End {
		case "":
			r.differ("accepted without an end", "%s: %s", row.UserAgent, e.Path)
		case simulator.Answered:
			told = e
			addUsage(&r.told, e.Usage)
		}
	}
	finished := row.Outcome == core.OutcomeOK || row.Outcome == core.OutcomeClientGone && row.Usage.Source == llm.Reported
	switch {
	case finished && told == nil && row.UpstreamProtocol == llm.Kiro && len(accepted) > 0:
	case finished && told == nil:
		r.differ("answered by nobody", "%s %s is %s: %s", row.UserAgent, row.ID, row.Outcome, describe(accepted))
	case finished && !sameUsage(row, told.Usage):
		r.differ("other tokens", "%s %s of %s: the row has %+v, the provider told %+v", row.UserAgent, row.ID, row.UpstreamProtocol, row.Usage, told.Usage)
	case finished:
		addUsage(&r.recorded, told.Usage)
	case told != nil:
		addUsage(&r.unfinished, told.Usage)
		last := accepted[len(accepted)-1] == told && told.Usage.Output > 0
		if last && row.Outcome != core.OutcomeInterrupted && row.Outcome != core.OutcomeClientGone {
			r.differ("answered and recorded as failed", "%s %s is %s (%s): %s", row.UserAgent, row.ID, row.Outcome, row.Error, describe(accepted))
		}
	}
}

// describe words what the simulator has seen of a request.
func describe(accepted []*simulator.Recorded) string {
	var b strings.Builder
	for _, e := range accepted {
		fmt.Fprintf(&b, "[%s by %s: %d %s %+v]", e.Path, e.Account, e.Status, e.End, e.Usage)
	}
	return b.String()
}

// sameUsage compares the five counts. Kiro tells no tokens but how full the
// context is, and what it charged.
func sameUsage(row *core.Record, told llm.Usage) bool {
	u := row.Usage
	if row.UpstreamProtocol == llm.Kiro {
		return u.Input > 0 && u.Output > 0
	}
	return u.Source == llm.Reported && u.Input == told.Input && u.CacheRead == told.CacheRead && u.CacheWrite == told.CacheWrite &&
		u.Output == told.Output && u.Reasoning == told.Reasoning
}

func addUsage(sum *llm.Usage, u llm.Usage) {
	sum.Input += u.Input
	sum.CacheRead += u.CacheRead
	sum.CacheWrite += u.CacheWrite
	sum.Output += u.Output
	sum.Reasoning += u.Reasoning
}
