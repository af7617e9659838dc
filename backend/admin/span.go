package admin

import (
	"slices"
	"time"
	_ "time/tzdata" // the zones, for systems that have none

	"github.com/aihub/aihub/backend/core"
)

// span is the time that statistics cover: the borders of its steps, of which the
// last is the end. Days are as long as they are where the clocks change.
type span []time.Time

func newSpan(now time.Time, days int, zone *time.Location) span {
	var p span
	if days <= hourlyDays {
		n := days * 24
		first := now.Truncate(time.Hour).Add(-time.Duration(n-1) * time.Hour)
		for i := range n + 1 {
			p = append(p, first.Add(time.Duration(i)*time.Hour))
		}
		return p
	}
	y, m, d := now.In(zone).Date()
	for i := range days + 1 {
		p = append(p, time.Date(y, m, d-days+1+i, 0, 0, 0, 0, zone).Truncate(time.Hour))
	}
	return p
}

func (p span) start() time.Time { return p[0] }

func (p span) end() time.Time { return p[len(p)-1] }

// before is when as long a time before the span begins.
func (p span) before() time.Time { return p[0].Add(-p.end().Sub(p[0])) }

// find returns the step that an hour belongs to.
func (p span) find(hour time.Time) (int, bool) {
	i, exact := slices.BinarySearchFunc(p, hour, time.Time.Compare)
	if !exact {
		i--
	}
	return i, i >= 0 && i < len(p)-1
}

// addLatencies adds how long answers took, as a whole and by model and channel.
func (s *Stats) addLatencies(times []core.LatencySum) {
	var all core.Latency
	models, channels := map[string]*core.Latency{}, map[string]*core.Latency{}
	for i := range times {
		l := &times[i]
		all.Merge(&l.Latency)
		mergeInto(models, l.Model, &l.Latency)
		mergeInto(channels, l.ChannelID, &l.Latency)
	}
	s.Latency = viewLatency(&all)
	showLatencies(s.Models, models)
	showLatencies(s.Channels, channels)
}

func mergeInto(sums map[string]*core.Latency, id string, l *core.Latency) {
	if sums[id] == nil {
		sums[id] = &core.Latency{}
	}
	sums[id].Merge(l)
}

func showLatencies(shares []Share, sums map[string]*core.Latency) {
	for i := range shares {
		if l := sums[shares[i].ID]; l != nil {
			view := viewLatency(l)
			shares[i].Latency = &view
		}
	}
}

func viewLatency(l *core.Latency) Latency {
	return Latency{FirstByte: percentiles(&l.First), Total: percentiles(&l.Total)}
}

func percentiles(h *core.Histogram) Percentiles {
	return Percentiles{P50: h.Percentile(0.5), P90: h.Percentile(0.9), P99: h.Percentile(0.99)}
}
