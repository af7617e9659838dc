package storetest

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

func sumsOf(t *testing.T, s core.RecordStore, f core.RollupFilter) map[core.RollupKey]core.Counts {
	t.Helper()
	list, err := s.ListRollups(context.Background(), f)
	if err != nil {
		t.Fatalf("ListRollups: %v", err)
	}
	sums := map[core.RollupKey]core.Counts{}
	for _, r := range list {
		if _, twice := sums[r.RollupKey]; twice {
			t.Errorf("two sums for %+v", r.RollupKey)
		}
		sums[r.RollupKey] = r.Counts
	}
	return sums
}

// expect sums the rows as a store has to.
func expect(rows []*core.Record) map[core.RollupKey]core.Counts {
	sums := map[core.RollupKey]core.Counts{}
	for _, r := range rows {
		c := sums[r.RollupKey()]
		c.Add(r.Counts())
		sums[r.RollupKey()] = c
	}
	return sums
}

// varied returns rows of several hours, outcomes and labels, some of them empty
// or full of separators.
func varied() []*core.Record {
	var rows []*core.Record
	for i, r := range records(24, day) {
		r.Time = day.Add(time.Duration(i) * 20 * time.Minute)
		switch i % 4 {
		case 1:
			r.ChannelID, r.AccountID, r.RequestedModel, r.Outcome = "", "", "a/b\x00c", core.OutcomeRejected
		case 2:
			r.CostUSD, r.Outcome = nil, core.OutcomeClientGone
		}
		rows = append(rows, r)
	}
	return rows
}

func rollups(t *testing.T, open Open) {
	s := open(t)
	rows := varied()
	commit(t, s, nil, rows[:5])
	for _, r := range rows[5:10] {
		commit(t, s, nil, []*core.Record{r})
	}
	shut(t, s)
	s = open(t)
	defer shut(t, s)
	commit(t, s, nil, rows[10:])
	if got, want := sumsOf(t, s, core.RollupFilter{}), expect(rows); !maps.Equal(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

func rollupFilters(t *testing.T, open Open) {
	s := open(t)
	defer shut(t, s)
	rows := varied()
	commit(t, s, nil, rows)
	for _, f := range []core.RollupFilter{
		{UserID: "usr_1"},
		{Model: "a/b\x00c"},
		{ChannelID: "chn_1"},
		{UserID: "usr_2", Model: "model-0"},
		{Since: day.Add(2 * time.Hour)},
		{Until: day.Add(2 * time.Hour)},
		{Since: day.Add(time.Hour), Until: day.Add(3 * time.Hour)},
		{Since: day.Add(90 * time.Minute)},
		{UserID: "nobody"},
	} {
		want := expect(rows)
		maps.DeleteFunc(want, func(k core.RollupKey, _ core.Counts) bool {
			return f.UserID != "" && f.UserID != k.UserID || f.Model != "" && f.Model != k.Model ||
				f.ChannelID != "" && f.ChannelID != k.ChannelID ||
				k.Hour.Before(f.Since) || !f.Until.IsZero() && !k.Hour.Before(f.Until)
		})
		if got := sumsOf(t, s, f); !maps.Equal(got, want) {
			t.Errorf("%+v\n got %+v\nwant %+v", f, got, want)
		}
	}
}

func lastUsed(t *testing.T, open Open) {
	s := open(t)
	r := records(3, day)
	r[1].KeyID, r[1].AccountID = "key_2", ""
	r[2].DurationMS = 5999
	commit(t, s, nil, []*core.Record{r[2], r[1]})
	commit(t, s, nil, []*core.Record{r[0]}) // older: changes nothing
	want := map[string]time.Time{
		"key_1": r[2].EndedAt().Truncate(time.Second), "acc_1": r[2].EndedAt().Truncate(time.Second),
		"key_2": r[1].EndedAt().Truncate(time.Second),
	}
	for range 2 {
		got, err := s.LastUsed(context.Background())
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("last used %v (%v), want %v", got, err, want)
		}
		shut(t, s)
		s = open(t)
	}
	shut(t, s)
}

func lastUsedDeleted(t *testing.T, open Open) {
	s := open(t)
	update(t, s, core.PutChannel{Channel: channel("c")}, core.PutAccount{Account: account("acc_1", "c")},
		core.PutUser{User: user("u")}, core.PutKey{Key: key("key_1", "u")})
	commit(t, s, nil, records(1, day))
	update(t, s, core.DeleteChannel{ID: "c"}, core.DeleteUser{ID: "u"})
	for range 2 {
		if got, err := s.LastUsed(context.Background()); err != nil || len(got) != 0 {
			t.Errorf("last used %v (%v) after key and account were deleted", got, err)
		}
		shut(t, s)
		s = open(t)
	}
	shut(t, s)
}
