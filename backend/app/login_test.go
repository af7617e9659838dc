package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aihub/aihub/backend/admin"
	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/simulator"
)

// kiroWorld is a world with a channel of Kiro, whose services poll fast.
func kiroWorld(t *testing.T) (w *world, channelID string) {
	t.Helper()
	w = newWorld(t)
	w.sim.SetKiro(simulator.KiroSettings{PollMS: 1000})
	name, provider, base := "Kiro", core.ProviderKiro, w.upstream.URL+"/kiro"
	ch, err := w.hub.Service().CreateChannel(t.Context(), admin.ChannelInput{Name: &name, Provider: &provider, BaseURL: &base})
	w.must(err)
	return w, ch.ID
}

func (w *world) signIn(in admin.LoginInput) core.Login {
	w.t.Helper()
	l, err := w.hub.Service().CreateLogin(w.t.Context(), in)
	w.must(err)
	return l
}

// decide is what a person does on the provider's page.
func (w *world) decide(l core.Login, decision string) {
	w.t.Helper()
	_, err := w.sim.DecideKiroCode(l.UserCode, simulator.KiroDecision{Decision: decision})
	w.must(err)
}

// ended waits for the end of a sign-in.
func (w *world) ended(id string) core.Login {
	w.t.Helper()
	for {
		l, err := w.hub.Service().FindLogin(w.t.Context(), id)
		w.must(err)
		if l.State != core.LoginPending {
			return l
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Each way of signing in leads to an account.
func TestSignInMakesAnAccount(t *testing.T) {
	t.Parallel()
	w, channel := kiroWorld(t)
	tests := []struct {
		in   admin.LoginInput
		name string
	}{
		{admin.LoginInput{Kind: core.LoginBuilderID}, "Builder ID "},
		{admin.LoginInput{Kind: core.LoginIdentityCenter, StartURL: "https://d-1234567890.awsapps.com/start"}, "Identity Center "},
		{admin.LoginInput{Kind: core.LoginGoogle}, "Google "},
		{admin.LoginInput{Kind: core.LoginGitHub}, "GitHub "},
	}
	for _, tt := range tests {
		tt.in.ChannelID = channel
		l := w.signIn(tt.in)
		w.decide(l, "allow")
		got := w.ended(l.ID)
		if got.State != core.LoginDone {
			t.Errorf("%s: %+v", tt.in.Kind, got)
			continue
		}
		account, err := w.hub.Service().FindAccount(t.Context(), got.AccountID)
		w.must(err)
		if !strings.HasPrefix(account.Name, tt.name) || account.ChannelID != channel || !account.Enabled {
			t.Errorf("%s: %+v", tt.in.Kind, account)
		}
	}
}

func TestSignInThatDoesNotSucceed(t *testing.T) {
	t.Parallel()
	w, channel := kiroWorld(t)
	for decision, want := range map[string]core.LoginState{"deny": core.LoginDenied, "expire": core.LoginExpired} {
		for _, kind := range []core.LoginKind{core.LoginBuilderID, core.LoginGoogle} {
			l := w.signIn(admin.LoginInput{ChannelID: channel, Kind: kind})
			w.decide(l, decision)
			if got := w.ended(l.ID); got.State != want || got.AccountID != "" {
				t.Errorf("%s %s: %+v", kind, decision, got)
			}
		}
	}
	if list, err := w.hub.Service().ListAccounts(t.Context(), channel); err != nil || len(list.Items) != 0 {
		t.Errorf("accounts %+v %v", list.Items, err)
	}
}

// The code goes on over a restart, and the account keeps its place when it is
// signed in again.
func TestSignInOverARestart(t *testing.T) {
	t.Parallel()
	w, channel := kiroWorld(t)
	l := w.signIn(admin.LoginInput{ChannelID: channel, Kind: core.LoginBuilderID})
	w.close()
	w.decide(l, "allow")
	w.open()
	done := w.ended(l.ID)
	if done.State != core.LoginDone {
		t.Fatalf("%+v", done)
	}
	before := w.hub.Store().Snapshot().Account(done.AccountID)

	again := w.signIn(admin.LoginInput{ChannelID: channel, Kind: core.LoginBuilderID, AccountID: done.AccountID})
	w.decide(again, "allow")
	renewed := w.ended(again.ID)
	after := w.hub.Store().Snapshot().Account(done.AccountID)
	if renewed.State != core.LoginDone || renewed.AccountID != done.AccountID || after.Name != before.Name ||
		after.Credential.ClientID == before.Credential.ClientID || len(w.hub.Store().Snapshot().AccountsOf(channel)) != 1 {
		t.Errorf("%+v\n%+v", renewed, after)
	}
}

// Whoever deletes the channel ends its sign-ins.
func TestSignInToADeletedChannel(t *testing.T) {
	t.Parallel()
	w, channel := kiroWorld(t)
	l := w.signIn(admin.LoginInput{ChannelID: channel, Kind: core.LoginBuilderID})
	w.must(w.hub.Service().DeleteChannel(t.Context(), channel))
	if got := w.ended(l.ID); got.State != core.LoginFailed || !strings.Contains(got.Error, "deleted") {
		t.Errorf("%+v", got)
	}
	if got := w.admin(http.MethodGet, "/api/logins/"+l.ID, ""); got.status != 200 || !strings.Contains(string(got.body), `"state":"error"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
}
