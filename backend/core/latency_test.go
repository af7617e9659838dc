package core

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPercentiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h Histogram
	var all []int64
	for range 20_000 {
		ms := int64(20 * math.Exp(rng.NormFloat64()+3))
		h.Add(ms)
		all = append(all, ms)
	}
	slices.Sort(all)
	for _, p := range []float64{0.5, 0.9, 0.99} {
		got, want := float64(h.Percentile(p)), float64(all[int(p*float64(len(all)))])
		if math.Abs(got-want) > want/5 {
			t.Errorf("p%g is %g ms, want about %g", 100*p, got, want)
		}
	}
}

func TestPercentilesAtTheBorders(t *testing.T) {
	var h Histogram
	if got := h.Percentile(0.5); got != 0 {
		t.Errorf("of nothing: %d", got)
	}
	for _, ms := range []int64{0, 1, 5} {
		h.Add(ms)
	}
	if got := h.Percentile(1); got > 5 || h.Count() != 3 {
		t.Errorf("of %d durations up to 5 ms: %d", h.Count(), got)
	}
	var long Histogram
	long.Add(math.MaxInt64)
	if got := long.Percentile(0.5); got < 300_000 {
		t.Errorf("of an endless request: %d ms", got)
	}
}

func TestWhatCountsAsLatency(t *testing.T) {
	for _, tt := range []struct {
		name         string
		r            Record
		first, total int64
	}{
		{"answered", Record{ChannelID: "c", Outcome: OutcomeOK, FirstByteMS: 3, DurationMS: 9}, 1, 1},
		{"left", Record{ChannelID: "c", Outcome: OutcomeClientGone, FirstByteMS: 3, DurationMS: 9}, 1, 0},
		{"failed", Record{ChannelID: "c", Outcome: OutcomeUpstreamError, DurationMS: 9}, 0, 0},
		{"refused here", Record{Outcome: OutcomeRejected, FirstByteMS: 1}, 0, 0},
	} {
		var l Latency
		if l.Add(&tt.r) != (tt.first+tt.total > 0) || l.First.Count() != tt.first || l.Total.Count() != tt.total {
			t.Errorf("%s: %d first bytes, %d totals", tt.name, l.First.Count(), l.Total.Count())
		}
	}
}
