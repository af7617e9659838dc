// Package forecast says when a limit will be used up if an account goes on as it
// did: from how much was used over a stretch of time that is said with it.
//
// It stands beside the way of a request and is pure: who asks brings the counts
// and the time. What is extrapolated is never more than a rate times a remainder.
package forecast

import (
	"slices"
	"time"
)

// Trail is the course of a count that only grows until it begins anew: samples,
// the oldest first. It is bounded, so its samples lie the further apart the
// longer it is. The zero value is empty. It can be kept as JSON.
type Trail []Sample

// Sample is a count at a time.
type Sample struct {
	At   int64   `json:"t"` // seconds since 1970
	Used float64 `json:"u"`
}

const (
	maxSamples = 96
	minGap     = 5 * time.Minute // between samples
	trailTime  = 8 * 24 * time.Hour
)

// Add returns the trail with what is used at a time, and takes over the old one. A count that has shrunk has
// begun anew, and so does the trail.
func (t Trail) Add(at time.Time, used float64) Trail {
	now := at.Unix()
	if n := len(t); n > 0 && (used < t[n-1].Used-1e-9 || now < t[n-1].At) {
		t = nil
	}
	n := len(t)
	if n > 1 && now-t[n-2].At < int64(minGap/time.Second) {
		t = t[:n-1] // the last but one is young enough to lead to this one
	}
	first := slices.IndexFunc(t, func(s Sample) bool { return now-s.At <= int64(trailTime/time.Second) })
	switch {
	case first < 0:
		t = nil
	case first > 0:
		t = t[first:]
	}
	t = append(t, Sample{now, used})
	if len(t) > maxSamples {
		t = t.thin()
	}
	return t
}

// thin drops every other sample; the first and the last stay.
func (t Trail) thin() Trail {
	kept := make(Trail, 0, maxSamples)
	for i, s := range t {
		if i%2 == 0 || i == len(t)-1 {
			kept = append(kept, s)
		}
	}
	return kept
}

// Over returns how much more is used now than at the first sample of the last
// span, and how long ago that was. Both are 0 when there is no sample.
func (t Trail) Over(span time.Duration, now time.Time, used float64) (grown float64, since time.Duration) {
	from := now.Add(-span).Unix()
	for _, s := range t {
		if s.At >= from {
			return max(0, used-s.Used), now.Sub(time.Unix(s.At, 0))
		}
	}
	return 0, 0
}
