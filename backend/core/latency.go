package core

import "math"

// latencyBuckets is the number of buckets of a Histogram. The first ends at
// latencyFirst, each further one is latencyGrowth times as wide, the last has no
// end: from 5 ms to 8 minutes, each value within a fifth of the truth.
const (
	latencyBuckets = 32
	latencyFirst   = 5.0 // milliseconds
	latencyGrowth  = 1.45
)

// Histogram counts durations in buckets, so that sums of it still tell
// percentiles.
type Histogram [latencyBuckets]int64

// Add counts a duration in milliseconds.
func (h *Histogram) Add(ms int64) {
	i := 0
	if v := float64(ms); v > latencyFirst {
		i = int(math.Ceil(math.Log(v/latencyFirst) / math.Log(latencyGrowth)))
	}
	h[min(i, latencyBuckets-1)]++
}

// Merge adds o to h.
func (h *Histogram) Merge(o *Histogram) {
	for i, n := range o {
		h[i] += n
	}
}

// Count is how many durations there are.
func (h *Histogram) Count() (n int64) {
	for _, c := range h {
		n += c
	}
	return n
}

// Percentile returns the duration in milliseconds below which the share p
// (0 to 1) of all lies, and 0 without any. Inside its bucket it is taken as evenly
// spread.
func (h *Histogram) Percentile(p float64) int64 {
	want := p * float64(h.Count())
	if want <= 0 {
		return 0
	}
	passed := 0.0
	for i, n := range h {
		if n > 0 && passed+float64(n) >= want {
			low, high := bucket(i)
			return int64(math.Round(low + (high-low)*(want-passed)/float64(n)))
		}
		passed += float64(n)
	}
	_, high := bucket(latencyBuckets - 1)
	return int64(high)
}

// bucket returns the borders of a bucket in milliseconds.
func bucket(i int) (low, high float64) {
	high = latencyFirst * math.Pow(latencyGrowth, float64(i))
	if i > 0 {
		low = high / latencyGrowth
	}
	return low, high
}

// Latency is how long answers took.
type Latency struct {
	First Histogram // to the first byte
	Total Histogram // to the end; of answers that came to it
}

// Add counts an ended record, and reports whether there was something to count.
func (l *Latency) Add(r *Record) bool {
	if r.ChannelID == "" || r.FirstByteMS == 0 && r.Outcome != OutcomeOK {
		return false
	}
	if r.FirstByteMS > 0 {
		l.First.Add(r.FirstByteMS)
	}
	if r.Outcome == OutcomeOK {
		l.Total.Add(r.DurationMS)
	}
	return true
}

// Merge adds o to l.
func (l *Latency) Merge(o *Latency) {
	l.First.Merge(&o.First)
	l.Total.Merge(&o.Total)
}

// LatencyKey is what latencies are kept by: RollupKey without the account.
func (r *Record) LatencyKey() RollupKey {
	k := r.RollupKey()
	k.AccountID = ""
	return k
}

// LatencySum is how long the answers of one model in one channel took.
type LatencySum struct {
	ChannelID, Model string
	Latency
}
