package quota_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/quota"
)

func tokens(n int64) *int64  { return &n }
func usd(x float64) *float64 { return &x }
func used(n int64) llm.Usage { return llm.Usage{Input: n / 2, Output: n - n/2} }
func user(q core.Quota) *core.User {
	return &core.User{ID: "u1", Name: "Ada", Enabled: true, Quota: q}
}

// clock is a time that a test moves by hand, where the start of a synctest
// bubble (2000-01-01) does not fit.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// spend passes one request of n tokens through the gate.
func spend(t *testing.T, g *quota.Gate, u *core.User, n int64, cost *float64) {
	t.Helper()
	r, refusal := g.Reserve(u, n, nil)
	if refusal != nil {
		t.Fatalf("refused: %s", refusal.Message)
	}
	r.Settle(used(n), cost)
}

func refused(t *testing.T, g *quota.Gate, u *core.User) *quota.Refusal {
	t.Helper()
	r, refusal := g.Reserve(u, 1, nil)
	if refusal == nil {
		r.Fail(llm.Usage{}, nil)
		t.Fatal("passed, want a refusal")
	}
	return refusal
}

func TestRefusals(t *testing.T) {
	const start = "2026-11-18T10:00:00Z" // a Wednesday
	tests := []struct {
		name  string
		user  core.User
		spent int64
		cost  *float64
		want  quota.Refusal
	}{
		{
			name: "tokens of a month", spent: 100000,
			user: core.User{Quota: core.Quota{Period: core.PeriodMonth, Tokens: tokens(100000)}},
			want: quota.Refusal{
				Billing: true, RetryAfter: 12*24*time.Hour + 14*time.Hour,
				Message: "token quota of this user is used up: 100000 of 100000 tokens this month; resets 2026-12-01T00:00:00Z",
			},
		},
		{
			name: "requests of a day", spent: 7,
			user: core.User{Quota: core.Quota{Period: core.PeriodDay, Requests: tokens(1)}},
			want: quota.Refusal{
				Billing: true, RetryAfter: 14 * time.Hour,
				Message: "request quota of this user is used up: 1 of 1 requests today; resets 2026-11-19T00:00:00Z",
			},
		},
		{
			name: "cost of a week", spent: 7, cost: usd(5.25),
			user: core.User{Quota: core.Quota{Period: core.PeriodWeek, CostUSD: usd(5)}},
			want: quota.Refusal{
				Billing: true, RetryAfter: 4*24*time.Hour + 14*time.Hour,
				Message: "cost quota of this user is used up: $5.25 of $5.00 this week; resets 2026-11-23T00:00:00Z",
			},
		},
		{
			name: "less than a cent", spent: 7, cost: usd(0.0025),
			user: core.User{Quota: core.Quota{Period: core.PeriodTotal, CostUSD: usd(0.001)}},
			want: quota.Refusal{
				Billing: true,
				Message: "cost quota of this user is used up: $0.002500 of $0.001000 in total; it does not reset by itself",
			},
		},
		{
			name: "tokens of five hours", spent: 12,
			user: core.User{Quota: core.Quota{Period: core.Period5h, Tokens: tokens(10)}},
			want: quota.Refusal{
				Billing: true, RetryAfter: 5 * time.Hour,
				Message: "token quota of this user is used up: 12 of 10 tokens in the last 5 hours; resets 2026-11-18T15:00:00Z",
			},
		},
		{
			name: "requests per minute", spent: 1,
			user: core.User{RPM: 1},
			want: quota.Refusal{
				RetryAfter: time.Minute,
				Message:    "request rate limit of this user is reached: 1 of 1 requests in the last minute; try again in 1m0s",
			},
		},
		{
			name: "tokens per minute", spent: 30,
			user: core.User{TPM: 20},
			want: quota.Refusal{
				RetryAfter: time.Minute,
				Message:    "token rate limit of this user is reached: 30 of 20 tokens in the last minute; try again in 1m0s",
			},
		},
		{
			name: "nothing is allowed at all", spent: 0,
			user: core.User{Quota: core.Quota{Period: core.PeriodTotal, Tokens: tokens(0)}},
			want: quota.Refusal{
				Billing: true,
				Message: "token quota of this user is used up: 0 of 0 tokens in total; it does not reset by itself",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := quota.New((&clock{at(t, start)}).now)
			if tt.spent > 0 {
				spend(t, g, &tt.user, tt.spent, tt.cost)
			}
			if got := refused(t, g, &tt.user); *got != tt.want {
				t.Errorf("got  %+v\nwant %+v", *got, tt.want)
			}
		})
	}
}

func TestReservationsCount(t *testing.T) {
	g := quota.New(time.Now)
	u := user(core.Quota{Period: core.PeriodDay, Tokens: tokens(100)})
	first, _ := g.Reserve(u, 60, nil)
	second, refusal := g.Reserve(u, 60, nil)
	if refusal != nil {
		t.Fatalf("40 tokens were left: %s", refusal.Message)
	}
	busy := refused(t, g, u)
	if busy.Billing || busy.RetryAfter != time.Second {
		t.Errorf("a reserved quota is not a used one: %+v", busy)
	}
	const want = "token quota of this user is nearly used up: 0 of 100 tokens today, and running requests have reserved the rest; try again when one has ended"
	if busy.Message != want {
		t.Errorf("message %q, want %q", busy.Message, want)
	}
	first.Settle(used(10), nil)
	spend(t, g, u, 20, nil)
	second.Fail(llm.Usage{}, nil)
	if got := g.Used(u); got.Tokens != 30 || got.Requests != 2 {
		t.Errorf("used %+v, want 30 tokens in 2 requests", got)
	}
}

// Estimates that are too low overspend once; then the user is known.
func TestLowEstimatesAreRaisedToTheAverage(t *testing.T) {
	g := quota.New(time.Now)
	u := user(core.Quota{Period: core.PeriodTotal, Tokens: tokens(250)})
	spend(t, g, u, 100, nil)
	for range 2 {
		if _, refusal := g.Reserve(u, 1, nil); refusal != nil {
			t.Fatal(refusal.Message)
		}
	}
	if got := refused(t, g, u); got.Billing {
		t.Errorf("only 100 tokens were used: %+v", got)
	}
}

func TestOnlyTheFirstEndCounts(t *testing.T) {
	g := quota.New(time.Now)
	u := user(core.Quota{})
	u.Concurrency = 1
	r, _ := g.Reserve(u, 5, nil)
	r.Settle(used(7), usd(0.5))
	r.Settle(used(7), usd(0.5))
	r.Fail(llm.Usage{}, nil)
	got := g.Used(u)
	if got.Tokens != 7 || got.Requests != 1 || got.CostUSD != 0.5 || got.ResetsAt != nil {
		t.Errorf("used %+v", got)
	}
	running, refusal := g.Reserve(u, 5, nil)
	if refusal != nil {
		t.Fatal(refusal.Message)
	}
	const want = "parallel request limit of this user is reached: 1 of 1 requests are running; try again when one has ended"
	if got := refused(t, g, u); got.Message != want || got.Billing || got.RetryAfter != time.Second {
		t.Errorf("got %+v", got)
	}
	running.Fail(llm.Usage{}, nil)
	spend(t, g, u, 1, nil)
}

func TestChangedLimitHoldsAtOnce(t *testing.T) {
	g := quota.New(time.Now)
	spend(t, g, user(core.Quota{Period: core.PeriodDay, Tokens: tokens(50)}), 50, nil)
	refused(t, g, user(core.Quota{Period: core.PeriodDay, Tokens: tokens(50)}))
	spend(t, g, user(core.Quota{Period: core.PeriodDay, Tokens: tokens(51)}), 1, nil)
	for _, p := range []core.Period{core.PeriodTotal, core.PeriodWeek, core.PeriodMonth, core.Period5h} {
		u := user(core.Quota{Period: p, Tokens: tokens(51)})
		refused(t, g, u)
		if got := g.Used(u).Tokens; got != 51 {
			t.Errorf("%s: %d tokens used, want 51", p, got)
		}
	}
	spend(t, g, user(core.Quota{}), 1000, nil)
}

func TestCostIsReservedByTheAveragePrice(t *testing.T) {
	g := quota.New(time.Now)
	u := user(core.Quota{Period: core.PeriodTotal, CostUSD: usd(3)})
	spend(t, g, u, 100, usd(1))
	if _, refusal := g.Reserve(u, 100, nil); refusal != nil {
		t.Fatal(refusal.Message)
	}
	if _, refusal := g.Reserve(u, 100, nil); refusal != nil {
		t.Fatal(refusal.Message)
	}
	if got := refused(t, g, u); got.Billing {
		t.Errorf("only $1 was spent: %+v", got)
	}
}

func TestRatesSlide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quota.New(time.Now)
		u := user(core.Quota{})
		u.RPM = 3
		for range 3 {
			spend(t, g, u, 1, nil)
			time.Sleep(10 * time.Second)
		}
		if got := refused(t, g, u).RetryAfter; got != 30*time.Second {
			t.Errorf("retry after %s, want 30s", got)
		}
		time.Sleep(30*time.Second - time.Nanosecond)
		refused(t, g, u)
		time.Sleep(time.Nanosecond)
		spend(t, g, u, 1, nil)
		refused(t, g, u)
		cancelled := user(core.Quota{})
		cancelled.ID, cancelled.RPM = "u2", 1
		r, _ := g.Reserve(cancelled, 1, nil)
		refused(t, g, cancelled)
		r.Fail(llm.Usage{}, nil)
		spend(t, g, cancelled, 1, nil)
	})
}

func TestTokensPerMinuteCountWhenTheyAreUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := quota.New(time.Now)
		u := user(core.Quota{})
		u.TPM = 100
		long, _ := g.Reserve(u, 10, nil)
		time.Sleep(3 * time.Minute)
		long.Settle(used(150), nil)
		if got := refused(t, g, u).RetryAfter; got != time.Minute {
			t.Errorf("retry after %s, want 1m", got)
		}
		time.Sleep(time.Minute)
		short, _ := g.Reserve(u, 100, nil)
		refused(t, g, u)
		short.Settle(used(20), nil)
		spend(t, g, u, 79, nil)
		spend(t, g, u, 1, nil)
		refused(t, g, u)
	})
}

func TestForget(t *testing.T) {
	g := quota.New(time.Now)
	u := user(core.Quota{Period: core.PeriodTotal, Requests: tokens(1)})
	r, _ := g.Reserve(u, 1, nil)
	g.Forget(u.ID)
	r.Settle(used(1), nil)
	if got := g.Used(u); got != (core.Used{}) {
		t.Errorf("used %+v after Forget", got)
	}
}
