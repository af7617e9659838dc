package balance

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/limits"
)

// talk is one request of a conversation.
func (w *world) talk(t *testing.T, b *Balancer, session string) *Lease {
	t.Helper()
	a := w.ask("m")
	a.Session, a.Sticky = session, time.Hour
	l, unfit := b.Pick(a)
	if l == nil {
		t.Fatalf("nobody is fit: %+v", unfit)
	}
	return l
}

func TestAConversationStays(t *testing.T) {
	for _, policy := range []core.Policy{core.PolicyWeighted, core.PolicyLeastBusy, core.PolicyFillFirst, core.PolicyQuotaAware} {
		w, b := two()
		w.chans[0].Policy = policy
		w.channel("d", 0, 5, policy)
		w.account("d", "d1", nil)
		home := map[string]string{}
		for i := range 60 {
			session := fmt.Sprint("s", i%6)
			l := w.talk(t, b, session)
			if before := home[session]; before != "" && before != l.Account.ID {
				t.Errorf("%s: %s moved from %s to %s", policy, session, before, l.Account.ID)
			}
			home[session] = l.Account.ID
			l.Done(limits.Finding{})
		}
		if got := len(counts(home)); got < 2 {
			t.Errorf("%s: all conversations are with one account", policy)
		}
	}
}

func counts(m map[string]string) map[string]int {
	n := map[string]int{}
	for _, v := range m {
		n[v]++
	}
	return n
}

func TestAConversationLetsGo(t *testing.T) {
	tests := []struct {
		name string
		// change makes the account of the conversation less good.
		change func(*world, *Balancer, string)
		back   bool // it returns when the change is undone by time
	}{
		{"a limit", func(w *world, b *Balancer, id string) { b.Report(id, "", limited("", w.clock.Add(time.Second))) }, false},
		{"a model's limit", func(w *world, b *Balancer, id string) {
			b.Report(id, "m", of(limits.ScopeAccountModel, core.StateCooling, w.clock.Add(time.Second)))
		}, false},
		{"a better tier", func(w *world, _ *Balancer, id string) {
			w.edit(id, func(a *core.Account) { a.Priority = -1 })
		}, false},
		{"switched off", func(w *world, _ *Balancer, id string) { w.edit(id, func(a *core.Account) { a.Enabled = false }) }, false},
		{"merely busy", func(w *world, _ *Balancer, id string) {
			w.edit(id, func(a *core.Account) { a.MaxConcurrency = 1 })
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, b := two()
			running := w.talk(t, b, "s")
			home := running.Account.ID
			tt.change(w, b, home)
			other := w.talk(t, b, "s")
			if other.Account.ID == home {
				t.Fatal("it stayed")
			}
			running.Done(limits.Finding{})
			other.Done(limits.Finding{})
			w.clock = w.clock.Add(time.Second)
			l := w.talk(t, b, "s")
			if (l.Account.ID == home) != tt.back {
				t.Errorf("back home %v, want %v", l.Account.ID == home, tt.back)
			}
		})
	}
}

func TestConversationsAreForgotten(t *testing.T) {
	w, b := two()
	w.talk(t, b, "s")
	if b.sessions.find("s", w.clock.UnixNano()) == nil {
		t.Fatal("not remembered")
	}
	w.clock = w.clock.Add(time.Hour)
	if b.sessions.find("s", w.clock.UnixNano()) != nil {
		t.Error("remembered for longer than asked")
	}
	for i := range maxSessions + 10 {
		w.talk(t, b, fmt.Sprint("n", i)).Done(limits.Finding{})
	}
	if n := b.sessions.order.Len(); n != maxSessions || len(b.sessions.byKey) != n {
		t.Errorf("%d conversations, %d keys", n, len(b.sessions.byKey))
	}
}

// Where accounts are filled one after the other, a conversation waits a moment
// for its own; elsewhere it goes on at once.
func TestABusyHome(t *testing.T) {
	tests := []struct {
		policy core.Policy
		ends   time.Duration // of the request that keeps the account busy
		want   string
		wait   time.Duration
	}{
		{core.PolicyFillFirst, time.Second, "a", time.Second},
		{core.PolicyFillFirst, time.Minute, "b", stickyWait},
		{core.PolicyWeighted, time.Second, "b", 0},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.policy, " ", tt.ends), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, _ := two()
				w.chans[0].Policy = tt.policy
				w.edit("a", serial)
				b := New(Options{Snapshot: w.snapshot, Now: time.Now, Rand: half})
				first := w.talk(t, b, "s")
				time.AfterFunc(tt.ends, func() { first.Done(limits.Finding{}) })
				a := patient(w, "u")
				a.Session, a.Sticky = "s", time.Hour
				began := time.Now()
				l, unfit := b.Acquire(t.Context(), a)
				if l == nil || l.Account.ID != tt.want || time.Since(began) != tt.wait {
					t.Errorf("%+v %+v after %v", l, unfit, time.Since(began))
				}
				time.Sleep(2 * time.Minute)
			})
		})
	}
}
