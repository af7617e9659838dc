package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// account changes an account by the HTTP door.
func (w *world) account(p core.Provider, name, body string) string {
	w.t.Helper()
	list, err := w.hub.Service().ListAccounts(w.t.Context(), w.channels[p])
	w.must(err)
	for _, a := range list.Items {
		if a.Name != name {
			continue
		}
		if got := w.admin(http.MethodPut, "/api/accounts/"+a.ID, body); got.status != http.StatusOK {
			w.t.Fatalf("%d %s", got.status, got.body)
		}
		return a.ID
	}
	w.t.Fatalf("no account %q", name)
	return ""
}

func (w *world) settings(in admin.SettingsInput) {
	w.t.Helper()
	_, err := w.hub.Service().UpdateSettings(w.t.Context(), in)
	w.must(err)
}

// More requests than the accounts take at a time wait for one another, and say in
// their rows for how long.
func TestRequestsWaitForABusyAccount(t *testing.T) {
	w := newWorld(t)
	w.account(core.ProviderOpenAI, "a", `{"max_concurrency":1}`)
	w.account(core.ProviderOpenAI, "b", `{"enabled":false}`)
	w.fault(simulator.Fault{Kind: simulator.FaultSlowStart, DelayMS: 100})
	var wg sync.WaitGroup
	rows := make([]string, 4)
	for i := range rows {
		wg.Go(func() {
			got := w.post(plain()[0].path, plain()[0].body)
			if got.status != http.StatusOK {
				t.Errorf("%d %s", got.status, got.body)
			}
			rows[i] = got.row()
		})
	}
	wg.Wait()
	var most int64
	for _, id := range rows {
		most = max(most, w.record(id).QueueMS)
	}
	if most < 250 {
		t.Errorf("the last request has waited for %d ms, behind three of 100", most)
	}
}

func TestNoWaitWithoutPatience(t *testing.T) {
	w := newWorld(t)
	zero := 0
	w.settings(admin.SettingsInput{QueueWaitS: &zero})
	w.account(core.ProviderOpenAI, "a", `{"rpm":1}`)
	w.account(core.ProviderOpenAI, "b", `{"enabled":false}`)
	if got := w.post(plain()[0].path, plain()[0].body); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got := w.post(plain()[0].path, plain()[0].body)
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q: %s", got.status, got.header.Get("Retry-After"), got.body)
	}
}

// conversation is the body of a request of the turn-th turn.
func conversation(model string, topic, turn int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"model":%q,"max_tokens":300,"messages":[{"role":"user","content":"%s topic %d"}`, model, strings.Repeat("A long instruction. ", 400), topic)
	for i := range turn {
		fmt.Fprintf(&b, `,{"role":"assistant","content":"answer %d"},{"role":"user","content":"question %d"}`, i, i)
	}
	b.WriteString("]}")
	return b.String()
}

// The turns of a conversation go to the account that has its prompt in the cache,
// however the client names it, or does not.
func TestConversationsStayWithTheirAccount(t *testing.T) {
	tests := []struct {
		name   string
		header string
		member string // of the body
	}{
		{"by the first turns", "", ""},
		{"Claude Code", "X-Claude-Code-Session-Id", ""},
		{"Codex", "session_id", ""},
		{"cache key", "", `"prompt_cache_key":"conversation-%d",`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			home := map[int]string{}
			for turn := range 4 {
				for topic := range 6 {
					body := conversation("gpt-4o", topic, turn)
					if tt.member != "" {
						body = "{" + fmt.Sprintf(tt.member, topic) + body[1:]
					}
					got := w.send(http.MethodPost, "/v1/chat/completions", []byte(body), func(r *http.Request) {
						if tt.header != "" {
							r.Header.Set(tt.header, fmt.Sprint("conversation-", topic))
						}
					})
					if got.status != http.StatusOK {
						t.Fatalf("%d %s", got.status, got.body)
					}
					account := got.header.Get("X-Aihub-Account")
					if before := home[topic]; before != "" && before != account {
						t.Errorf("turn %d of topic %d moved", turn, topic)
					}
					home[topic] = account
					if row := w.record(got.row()); turn > 0 && row.Usage.CacheRead == 0 {
						t.Errorf("turn %d of topic %d was not in the cache: %+v", turn, topic, row.Usage)
					}
				}
			}
			accounts := map[string]int{}
			for _, a := range home {
				accounts[a]++
			}
			if len(accounts) != 2 {
				t.Errorf("the conversations are with %d accounts", len(accounts))
			}
		})
	}
}

// A conversation leaves its account the moment that is limited.
func TestAConversationMovesOn(t *testing.T) {
	w := newWorld(t)
	body := []byte(conversation("gpt-4o", 1, 0))
	named := func(r *http.Request) { r.Header.Set("Session-Id", "one") }
	first := w.send(http.MethodPost, "/v1/chat/completions", body, named)
	home := first.header.Get("X-Aihub-Account")
	for _, name := range []string{"a", "b"} {
		if w.account(core.ProviderOpenAI, name, `{}`) == home {
			w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 429, RetryAfter: 60, Key: accountKey(core.ProviderOpenAI, name)})
		}
	}
	for attempts := 2; attempts >= 1; attempts-- {
		got := w.send(http.MethodPost, "/v1/chat/completions", body, named)
		if got.status != http.StatusOK || got.header.Get("X-Aihub-Account") == home || len(w.record(got.row()).Attempts) != attempts {
			t.Errorf("want %d attempts: %d %v", attempts, got.status, got.header)
		}
	}
}

// The only account fails for a moment: it is asked again instead of giving up.
func TestTheOnlyAccountIsAskedAgain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault simulator.Fault
		tries int
		wait  time.Duration // from the first to the last at least
	}{
		{"a dropped connection", simulator.Fault{Kind: simulator.FaultDrop, Times: 2}, 3, 0},
		{"an overload", simulator.Fault{Kind: simulator.FaultStatus, Status: 503, RetryAfter: -1, Times: 1}, 2, 0},
		{"a short limit", simulator.Fault{Kind: simulator.FaultStatus, Status: 429, RetryAfter: 1, Times: 1}, 2, 900 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.account(core.ProviderOpenAI, "b", `{"enabled":false}`)
			w.fault(tt.fault)
			got := w.post(plain()[0].path, plain()[0].body)
			row := w.record(got.row())
			if got.status != http.StatusOK || len(row.Attempts) != tt.tries {
				t.Fatalf("%d %s\n%+v", got.status, got.body, row)
			}
			if waited := row.Attempts[tt.tries-1].StartedAt.Sub(row.Attempts[0].StartedAt); waited < tt.wait {
				t.Errorf("asked again after %v", waited)
			}
		})
	}
}

// When nobody can serve, the client is told when somebody can, not when the
// account can that failed last.
func TestRetryAfterIsThePools(t *testing.T) {
	w := newWorld(t)
	w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 429, RetryAfter: 40, Key: accountKey(core.ProviderOpenAI, "a")})
	w.fault(simulator.Fault{Kind: simulator.FaultStatus, Status: 429, RetryAfter: 90, Key: accountKey(core.ProviderOpenAI, "b")})
	for range 2 {
		got := w.post(plain()[0].path, plain()[0].body)
		if after := got.header.Get("Retry-After"); got.status != http.StatusTooManyRequests || after < "35" || after > "40" {
			t.Errorf("%d, Retry-After %q: %s", got.status, after, got.body)
		}
	}
}
