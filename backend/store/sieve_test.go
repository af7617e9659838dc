package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// TestTheSieveAgrees holds the sieve against the definition of a filter.
func TestTheSieveAgrees(t *testing.T) {
	at := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	full := fullRow()
	full.Time = at
	full.Attempts[1].Reason = "Überlastet: RATE limit reached"
	bare := &core.Record{Time: at.Add(time.Hour), Outcome: core.OutcomeOK, RequestedModel: "GPT-5", Error: "Es fehlt: 没有 Konto"}
	rows := []*core.Record{full, bare, {}}
	filters := []core.RecordFilter{
		{},
		{UserID: full.UserID},
		{UserID: "nobody"},
		{AccountID: full.AccountID, ChannelID: full.ChannelID},
		{Model: "GPT-5"},
		{Model: "gpt-5"},
		{Outcome: core.OutcomeOK},
		{Since: at.Add(time.Minute)},
		{Until: at.Add(time.Minute)},
		{Since: at, Until: at.Add(time.Hour)},
		{Limit: 7, Cursor: "x"},
		{Query: "gpt"},
		{Query: "GPT fehlt"},
		{Query: "gpt nothing"},
		{Query: "没有"},
		{Query: "überlastet limit"},
		{Query: "ÜBERLASTET"},
		{Query: "rate limit", UserID: full.UserID},
		{Query: "rate limit", UserID: "nobody"},
		{Query: " "},
		{Query: full.UserAgent},
	}
	for _, f := range filters {
		s := newSieve(&f)
		for i, r := range rows {
			got, err := s.passes(appendRow(nil, r))
			if err != nil || got != f.Matches(r) {
				t.Errorf("%+v, row %d: %v (%v), want %v", f, i, got, err, f.Matches(r))
			}
		}
	}
	s := newSieve(&core.RecordFilter{Query: "no such word"})
	row := appendRow(nil, full)
	for n := 1; n < len(row); n++ {
		if found, _ := s.passes(row[:n]); found {
			t.Errorf("the first %d of %d bytes pass", n, len(row))
		}
	}
}

// What a list pays for a row that it passes over is the reading of it.
func TestTheSieveAllocatesNothing(t *testing.T) {
	row := appendRow(nil, fullRow())
	for _, f := range []core.RecordFilter{{UserID: "nobody"}, {Query: "no such word"}} {
		s := newSieve(&f)
		n := testing.AllocsPerRun(100, func() {
			if found, err := s.passes(row); found || err != nil {
				t.Fatal(found, err)
			}
		})
		if n > 0 {
			t.Errorf("%+v: %v allocations for a row", f, n)
		}
	}
}

func BenchmarkSieve(b *testing.B) {
	row := appendRow(nil, fullRow())
	for _, f := range []core.RecordFilter{{UserID: "nobody"}, {Query: "no such word"}} {
		b.Run(fmt.Sprintf("user=%s,query=%v", f.UserID, f.Query != ""), func(b *testing.B) {
			s := newSieve(&f)
			for b.Loop() {
				if _, err := s.passes(row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
