package quota

import "math"

// sum is an amount of everything that a limit can count. Money is in
// billionths of a dollar: integers add up the same in any order, and taking
// back what was added leaves exactly nothing.
type sum struct {
	tokens, requests, nanos int64
}

func (s *sum) add(o sum) {
	s.tokens += o.tokens
	s.requests += o.requests
	s.nanos += o.nanos
}

func (s *sum) sub(o sum) {
	s.tokens -= o.tokens
	s.requests -= o.requests
	s.nanos -= o.nanos
}

// kind selects one amount of a sum.
type kind int

const (
	byTokens kind = iota
	byRequests
	byCost
)

func (s *sum) of(k kind) int64 {
	switch k {
	case byTokens:
		return s.tokens
	case byRequests:
		return s.requests
	default:
		return s.nanos
	}
}

// String names the kind as the messages do.
func (k kind) String() string { return [...]string{"token", "request", "cost"}[k] }

const nanosPerUSD = 1e9

// nanos converts dollars; nil is no money, and an amount beyond int64 is the
// largest one.
func nanos(usd *float64) int64 {
	if usd == nil || math.IsNaN(*usd) {
		return 0
	}
	n := math.Round(*usd * nanosPerUSD)
	if n >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(max(n, 0))
}

func dollars(n int64) float64 { return float64(n) / nanosPerUSD }
