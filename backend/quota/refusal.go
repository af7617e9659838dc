package quota

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aihub/aihub/backend/core"
)

// Refusal says why a request may not go on.
type Refusal struct {
	// Message is one sentence for the person who sent the request: which limit,
	// how much is used of how much, and when it resets.
	Message string
	// RetryAfter is after what time another try makes sense, in whole seconds
	// rounded up; 0 when waiting does not help.
	RetryAfter time.Duration
	// Billing tells a used-up quota from a rate that is too high at the moment.
	Billing bool
}

// soon is the advice when a request has to wait for another one to end, which
// may be at any time.
const soon = time.Second

// refuse returns the first limit of u that lets nothing pass now, the quota
// before the rates: it lasts longest.
func (m *meter) refuse(u *core.User, now int64) *Refusal {
	if r := m.refuseQuota(&u.Quota, now); r != nil {
		return r
	}
	if u.Concurrency > 0 && m.running >= u.Concurrency {
		return &Refusal{RetryAfter: soon, Message: fmt.Sprintf(
			"parallel request limit of this user is reached: %d of %d requests are running; try again when one has ended",
			m.running, u.Concurrency)}
	}
	if r := m.refuseRate(byRequests, int64(u.RPM), now); r != nil {
		return r
	}
	return m.refuseRate(byTokens, int64(u.TPM), now)
}

func (m *meter) refuseQuota(q *core.Quota, now int64) *Refusal {
	if q.Tokens != nil {
		if r := m.refuseAmount(q.Period, byTokens, *q.Tokens, now); r != nil {
			return r
		}
	}
	if q.Requests != nil {
		if r := m.refuseAmount(q.Period, byRequests, *q.Requests, now); r != nil {
			return r
		}
	}
	if q.CostUSD != nil {
		return m.refuseAmount(q.Period, byCost, nanos(q.CostUSD), now)
	}
	return nil
}

func (m *meter) refuseAmount(p core.Period, k kind, limit, now int64) *Refusal {
	spent, held := m.state(p)
	used, reserved := spent.of(k), held.of(k)
	switch {
	case used >= limit:
		return m.usedUp(p, k, used, limit, now)
	case used+reserved >= limit:
		return &Refusal{RetryAfter: soon, Message: fmt.Sprintf(
			"%s quota of this user is nearly used up: %s %s, and running requests have reserved the rest; try again when one has ended",
			k, share(k, used, limit), span(p))}
	}
	return nil
}

func (m *meter) usedUp(p core.Period, k kind, used, limit, now int64) *Refusal {
	r := &Refusal{Billing: true, Message: fmt.Sprintf(
		"%s quota of this user is used up: %s %s", k, share(k, used, limit), span(p))}
	at, ok := m.resets(p, k, limit)
	if !ok {
		r.Message += "; it does not reset by itself"
		return r
	}
	r.RetryAfter = until(at.UnixNano(), now)
	r.Message += "; resets " + at.Format(time.RFC3339)
	return r
}

func (m *meter) refuseRate(k kind, limit, now int64) *Refusal {
	used := m.minute.live.of(k)
	if limit <= 0 || used < limit {
		return nil
	}
	wait := until(m.minute.below(k, limit), now)
	return &Refusal{RetryAfter: wait, Message: fmt.Sprintf(
		"%s rate limit of this user is reached: %s in the last minute; try again in %s",
		k, share(k, used, limit), wait)}
}

// until returns the time from now to at in whole seconds, at least one.
func until(at, now int64) time.Duration {
	s := (at - now + int64(time.Second) - 1) / int64(time.Second)
	return time.Duration(max(s, 1)) * time.Second
}

// share writes an amount of a limit: "5 of 10 tokens".
func share(k kind, used, limit int64) string {
	if k == byCost {
		return fmt.Sprintf("$%s of $%s", money(used), money(limit))
	}
	return fmt.Sprintf("%d of %d %ss", used, limit, k)
}

// money writes cents, and more digits only where cents would hide the amount.
func money(n int64) string {
	if n%(nanosPerUSD/100) != 0 && n < nanosPerUSD {
		return strconv.FormatFloat(dollars(n), 'f', 6, 64)
	}
	return strconv.FormatFloat(dollars(n), 'f', 2, 64)
}

// span names the current period in a sentence.
func span(p core.Period) string {
	switch p {
	case core.PeriodDay:
		return "today"
	case core.PeriodWeek:
		return "this week"
	case core.PeriodMonth:
		return "this month"
	case core.Period5h:
		return "in the last 5 hours"
	default:
		return "in total"
	}
}
