package admin

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
)

// request puts an ended request into the ledger.
func (h *hub) request(t *testing.T, r core.Record) core.Record {
	t.Helper()
	r.ID = core.NewID("req", r.Time)
	e, err := h.ledger.Begin(t.Context(), &r)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.End(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (h *hub) spend(t *testing.T, at time.Time, user, model, channel string, in int64, outcome core.Outcome) {
	t.Helper()
	cost := float64(in) / 1000
	h.request(t, core.Record{
		Time: at, UserID: user, RequestedModel: model, ChannelID: channel, AccountID: "acc_gone", Outcome: outcome,
		Usage: llm.Usage{Input: in, CacheRead: 1, CacheWrite: 2, Output: 3, Reasoning: 1, Source: llm.Reported}, CostUSD: &cost,
	})
}

func TestFindStats(t *testing.T) {
	h := newHub(t) // the clock stands at 2026-03-10 15:30
	ctx := t.Context()
	c := h.channel(t, core.ProviderOpenAI)
	ann := must(h.CreateUser(ctx, UserInput{Name: ptr("ann")}))(t)
	day := func(d, hour int) time.Time { return time.Date(2026, 3, d, hour, 15, 0, 0, time.UTC) }
	h.spend(t, day(10, 15), ann.ID, "m1", c.ID, 100, core.OutcomeOK)
	h.spend(t, day(10, 0), "usr_gone", "m2", c.ID, 500, core.OutcomeUpstreamError)
	h.spend(t, day(4, 0), ann.ID, "m1", "chn_gone", 1000, core.OutcomeClientGone)
	h.spend(t, day(3, 23), ann.ID, "m1", c.ID, 7000, core.OutcomeOK)
	h.request(t, core.Record{Time: day(10, 14), RequestedModel: "m1", Outcome: core.OutcomeRejected})

	got := must(h.FindStats(ctx, StatsRequest{}))(t)
	want := core.Counts{Requests: 4, Errors: 2, Input: 1600, CacheRead: 3, CacheWrite: 6, Output: 9, Reasoning: 3, CostUSD: 1.6}
	if got.Totals != want {
		t.Errorf("totals %+v", got.Totals)
	}
	if len(got.Trend) != 7 || got.Trend[0].Time != time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC) || got.Trend[0].Input != 1000 ||
		got.Trend[6].Requests != 3 || got.Trend[3].Requests != 0 {
		t.Errorf("trend %+v", got.Trend)
	}
	wantShares(t, "users", got.TopUsers, "ann 1100", "usr_gone 500")
	wantShares(t, "models", got.Models, "m1 1100", "m2 500")
	wantShares(t, "channels", got.Channels, "chn_gone 1000", "main 600")
	wantShares(t, "accounts", got.Accounts, "acc_gone 1600")

	hours := must(h.FindStats(ctx, StatsRequest{Days: 1}))(t)
	if len(hours.Trend) != 24 || hours.Trend[23].Input != 100 || hours.Trend[8].Input != 500 || hours.Totals.Requests != 3 {
		t.Errorf("by the hour %+v", hours.Trend)
	}
	if two := must(h.FindStats(ctx, StatsRequest{Days: 2}))(t); len(two.Trend) != 48 {
		t.Errorf("%d points of two days", len(two.Trend))
	}
	for _, in := range []StatsRequest{{User: ann.ID, Days: 365}, {Model: "m1", Channel: c.ID, Days: 365}} {
		if got := must(h.FindStats(ctx, in))(t); got.Totals.Input < 7100 || got.Totals.Input > 8100 || len(got.Trend) != 365 {
			t.Errorf("%+v: %+v", in, got.Totals)
		}
	}
}

func TestStatsCompareWithThePeriodBefore(t *testing.T) {
	h := newHub(t) // the clock stands at 2026-03-10 15:30
	for _, d := range []int{10, 3, 2, -5} {
		h.spend(t, time.Date(2026, 3, d, 12, 0, 0, 0, time.UTC), "usr", "m", "chn", 10, core.OutcomeOK)
	}
	got := must(h.FindStats(t.Context(), StatsRequest{Days: 7}))(t)
	if got.Totals.Requests != 1 || got.Previous.Requests != 2 {
		t.Errorf("%d requests, %d in the week before", got.Totals.Requests, got.Previous.Requests)
	}
}

// TestStatsOfATimeZone: New York set its clocks forward on 2026-03-08, so that
// day had 23 hours; it began at 05:00 UTC and the next one at 04:00.
func TestStatsOfATimeZone(t *testing.T) {
	h := newHub(t)
	for _, at := range []time.Time{
		time.Date(2026, 3, 8, 4, 59, 0, 0, time.UTC),
		time.Date(2026, 3, 8, 5, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 9, 3, 59, 0, 0, time.UTC),
		time.Date(2026, 3, 9, 4, 0, 0, 0, time.UTC),
	} {
		h.spend(t, at, "usr", "m", "chn", 10, core.OutcomeOK)
	}
	got := must(h.FindStats(t.Context(), StatsRequest{Days: 4, TimeZone: "America/New_York"}))(t)
	var requests []int64
	for _, p := range got.Trend {
		requests = append(requests, p.Requests)
	}
	if !slices.Equal(requests, []int64{1, 2, 1, 0}) || !got.Trend[1].Time.Equal(time.Date(2026, 3, 8, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("requests by day: %v from %v", requests, got.Trend[1].Time)
	}
	for _, zone := range []string{"Mars/Olympus", "Local", "../etc/passwd"} {
		_, err := h.FindStats(t.Context(), StatsRequest{TimeZone: zone})
		wantInvalid(t, err, "time_zone")
	}
}

func TestStatsTellHowLongAnswersTook(t *testing.T) {
	h := newHub(t)
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for i, ms := range []int64{100, 200, 300, 10_000} {
		model := "quick"
		if i == 3 {
			model = "slow"
		}
		h.request(t, core.Record{
			Time: at, UserID: "usr", RequestedModel: model, ChannelID: "chn", Outcome: core.OutcomeOK,
			FirstByteMS: ms / 2, DurationMS: ms, Usage: llm.Usage{Input: 1},
		})
	}
	got := must(h.FindStats(t.Context(), StatsRequest{}))(t)
	if l := got.Latency; l.Total.P50 < 100 || l.Total.P50 > 300 || l.Total.P99 < 5000 || l.FirstByte.P99 > l.Total.P99 {
		t.Errorf("%+v", l)
	}
	for _, m := range got.Models {
		if m.Latency == nil || (m.ID == "slow") != (m.Latency.Total.P50 > 1000) {
			t.Errorf("%s: %+v", m.ID, m.Latency)
		}
	}
	if got.TopUsers[0].Latency != nil || got.Channels[0].Latency == nil {
		t.Errorf("users %+v, channels %+v", got.TopUsers, got.Channels)
	}
}

func wantShares(t *testing.T, what string, got []Share, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %+v", what, got)
		return
	}
	for i, s := range got {
		if text := s.Name + " " + strconv.FormatInt(s.Input, 10); text != want[i] {
			t.Errorf("%s: %s is %q, want %q", what, s.ID, text, want[i])
		}
	}
}

func TestFindStatsOfNothing(t *testing.T) {
	got := must(newHub(t).FindStats(t.Context(), StatsRequest{Days: 30, User: "usr_none"}))(t)
	if got.Totals != (core.Counts{}) || len(got.Trend) != 30 || got.TopUsers == nil || got.Models == nil || got.Channels == nil || got.Accounts == nil {
		t.Errorf("%+v", got)
	}
}

func TestFindStatsRefuses(t *testing.T) {
	h := newHub(t)
	for _, days := range []int{-1, 366} {
		_, err := h.FindStats(t.Context(), StatsRequest{Days: days})
		wantInvalid(t, err, "days")
	}
}

func TestLogs(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	at := time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC)
	first := h.request(t, core.Record{Time: at, UserID: "usr_1", Outcome: core.OutcomeOK})
	second := h.request(t, core.Record{Time: at.Add(time.Minute), UserID: "usr_2", Outcome: core.OutcomeRejected})
	page := must(h.ListLogs(ctx, LogsRequest{Limit: 1}))(t)
	if len(page.Items) != 1 || page.Items[0].ID != second.ID || page.NextCursor == "" {
		t.Fatalf("%+v", page)
	}
	page = must(h.ListLogs(ctx, LogsRequest{Limit: 1, Cursor: page.NextCursor}))(t)
	if len(page.Items) != 1 || page.Items[0].ID != first.ID || page.Items[0].Attempts == nil || page.Items[0].Dropped == nil {
		t.Fatalf("%+v", page)
	}
	if got := must(h.ListLogs(ctx, LogsRequest{User: "usr_1"}))(t); len(got.Items) != 1 || got.NextCursor != "" {
		t.Errorf("%+v", got)
	}
	if got := must(h.ListLogs(ctx, LogsRequest{Outcome: core.OutcomeInFlight}))(t); got.Items == nil || len(got.Items) != 0 {
		t.Errorf("%+v", got)
	}
	if got := must(h.FindLog(ctx, first.ID))(t); got.UserID != "usr_1" || got.Dropped == nil {
		t.Errorf("%+v", got)
	}
	_, err := h.FindLog(ctx, "req_none")
	wantCode(t, err, core.CodeNotFound)
	for _, test := range []struct {
		in    LogsRequest
		field string
	}{
		{LogsRequest{Limit: -1}, "limit"},
		{LogsRequest{Limit: 1001}, "limit"},
		{LogsRequest{Outcome: "good"}, "outcome"},
		{LogsRequest{Since: at, Until: at}, "until"},
	} {
		_, err := h.ListLogs(ctx, test.in)
		wantInvalid(t, err, test.field)
	}
}
