package notify_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/notify"
	"github.com/aihub/aihub/backend/store"
)

const secret = "a secret of the webhook"

// bench is a notifier over a real store, with a webhook that can be watched.
type bench struct {
	t      *testing.T
	store  *store.DB
	hook   *httptest.Server
	events chan notify.News // what was published

	mu     sync.Mutex
	health core.Health
	used   core.Used
	answer []int // statuses of the next requests; then 200
	got    []notify.News
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, events: make(chan notify.News, 100)}
	var err error
	if b.store, err = store.Open(t.Context(), store.Options{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.store.Close() })
	b.hook = httptest.NewServer(http.HandlerFunc(b.receive))
	t.Cleanup(b.hook.Close)
	limit := int64(100)
	set := core.DefaultSettings()
	set.WebhookURL, set.WebhookSecret = b.hook.URL+"/hook?token=abc", secret
	err = b.store.Update(t.Context(),
		core.PutSettings{Settings: set},
		core.PutChannel{Channel: core.Channel{ID: "c", Name: "Main"}},
		core.PutAccount{Account: core.Account{ID: "a", ChannelID: "c", Name: "First", Enabled: true}},
		core.PutUser{User: core.User{ID: "u", Name: "Ana", Quota: core.Quota{Period: core.PeriodDay, Tokens: &limit}}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	if err != nil || r.Header.Get("X-AiHub-Signature") != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
		b.t.Errorf("signature %q of %s: %v", r.Header.Get("X-AiHub-Signature"), body, err)
	}
	var n notify.News
	if err := json.Unmarshal(body, &n); err != nil || string(n.Event) != r.Header.Get("X-AiHub-Event") {
		b.t.Errorf("%v in %s", err, body)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	status := http.StatusOK
	if len(b.answer) > 0 {
		status, b.answer = b.answer[0], b.answer[1:]
	}
	b.got = append(b.got, n)
	w.WriteHeader(status)
}

func (b *bench) set(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

func (b *bench) received() []notify.News {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]notify.News(nil), b.got...)
}

// run starts a notifier; what it returns ends it.
func (b *bench) run() (*notify.Notifier, func()) {
	n := notify.New(notify.Deps{
		Store:  b.store,
		Health: func(string) core.Health { b.mu.Lock(); defer b.mu.Unlock(); return b.health },
		Used:   func(*core.User) core.Used { b.mu.Lock(); defer b.mu.Unlock(); return b.used },
		Publish: func(n notify.News) {
			b.events <- n
		},
		Client: b.hook.Client(), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Waits: []time.Duration{time.Millisecond, time.Millisecond},
	})
	ctx, cancel := context.WithCancel(b.t.Context())
	var done sync.WaitGroup
	done.Go(func() { n.Run(ctx) })
	return n, func() { cancel(); done.Wait() }
}

// state makes the account be in a state and returns the news of it.
func (b *bench) state(n *notify.Notifier, s core.State) {
	b.set(func() { b.health = core.Health{State: s, Reason: "because"} })
	n.AccountChanged("a")
}

func (b *bench) next() notify.News {
	b.t.Helper()
	select {
	case n := <-b.events:
		return n
	case <-time.After(10 * time.Second):
		b.t.Fatal("no news")
		return notify.News{}
	}
}

// await waits until the webhook has got so many requests.
func (b *bench) await(n int) []notify.News {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if got := b.received(); len(got) >= n {
			return got
		}
	}
	b.t.Fatalf("the webhook got %d requests, want %d", len(b.received()), n)
	return nil
}

func TestAccountsThatNeedAPerson(t *testing.T) {
	b := newBench(t)
	n, stop := b.run()
	b.state(n, core.StateCooling) // ends by itself: no news
	for _, tt := range []struct {
		state core.State
		want  notify.Event
		text  string
	}{
		{core.StateNeedsLogin, notify.AccountNeedsLogin, `Account "First" of channel "Main" needs a new sign-in: because`},
		{core.StateReady, notify.AccountReady, `Account "First" of channel "Main" is ready again`},
		{core.StateExhausted, notify.AccountExhausted, `Account "First" of channel "Main" has used up its quota: because`},
		{core.StateSuspended, notify.AccountSuspended, `Account "First" of channel "Main" was suspended by the provider: because`},
	} {
		b.state(n, tt.state)
		if got := b.next(); got.Event != tt.want || got.Text != tt.text || got.Account.ID != "a" || got.ID == "" {
			t.Errorf("%s: %+v", tt.state, got)
		}
		b.state(n, tt.state) // told already
	}
	b.await(4)
	stop()
	// A restart tells nothing again.
	n, stop = b.run()
	b.state(n, core.StateSuspended)
	b.state(n, core.StateReady)
	if got := b.next(); got.Event != notify.AccountReady {
		t.Errorf("after a restart: %+v", got)
	}
	got := b.await(5)
	stop()
	if len(got) != 5 {
		t.Errorf("the webhook got %d news, want 5: %+v", len(got), got)
	}
}

func TestUsersNearTheirQuota(t *testing.T) {
	b := newBench(t)
	n, stop := b.run()
	defer stop()
	resets := time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)
	spend := func(tokens int64) {
		at := resets // the news keep it
		b.set(func() { b.used = core.Used{Tokens: tokens, ResetsAt: &at} })
		n.Observe(&core.Record{UserID: "u", Usage: llm.Usage{Input: 1}})
	}
	spend(79)
	spend(85)
	if got := b.next(); got.Event != notify.UserQuota || got.User.Percent != 80 || got.User.Limit != "tokens" {
		t.Errorf("%+v", got)
	}
	spend(90)
	spend(101)
	if got := b.next(); got.User.Percent != 100 || !strings.Contains(got.Text, "2026-03-15T00:00:00Z") {
		t.Errorf("%+v", got)
	}
	resets = resets.AddDate(0, 0, 1)
	spend(80)
	if got := b.next(); got.User.Percent != 80 {
		t.Errorf("in the next period: %+v", got)
	}
}

func TestAWebhookThatFails(t *testing.T) {
	b := newBench(t)
	n, stop := b.run()
	b.set(func() { b.answer = []int{503, 429, 200, 404} })
	b.state(n, core.StateNeedsLogin)
	b.next()
	b.state(n, core.StateReady)
	b.next()
	got := b.await(4)
	stop()
	if len(got) != 4 || got[2].Event != notify.AccountNeedsLogin || got[3].Event != notify.AccountReady {
		t.Errorf("%d tries, want 3 until it is taken and 1 that is refused: %+v", len(got), got)
	}
	err := n.Test(t.Context(), "http://127.0.0.1:1/x?token=abc", "")
	if err == nil || strings.Contains(err.Error(), "token") {
		t.Errorf("an address that nobody listens on: %v", err)
	}
}
