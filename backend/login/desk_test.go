package login_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/login"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// run runs a test in virtual time.
func run(t *testing.T, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.close()
		test(w)
	})
}

// after lets time pass and everything settle.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestSignIn(t *testing.T) {
	run(t, func(w *world) {
		l := w.begin(auth.BuilderID)
		if l.State != core.LoginPending || l.UserCode != "ABCD-EFGH" || l.VerificationURL != base+"/oidc/device" ||
			!strings.HasSuffix(l.VerificationURLComplete, "?user_code=ABCD-EFGH") || l.Interval != 5 || l.ExpiresAt.Sub(l.CreatedAt) != 10*time.Minute {
			w.t.Errorf("begun as %+v", l)
		}
		after(12 * time.Second)
		if got := w.find(l.ID); got != l {
			w.t.Errorf("after two polls %+v", got)
		}
		w.say(agreed)
		after(4 * time.Second)
		done := w.find(l.ID)
		if done.State != core.LoginDone || done.AccountID != "acc_1" || done.Error != "" {
			w.t.Errorf("ended as %+v", done)
		}
		if len(w.kept) != 1 || w.kept[0].RefreshToken != "aorNew" || w.kept[0].ClientSecret != "client-secret" || w.renewed != "" {
			w.t.Errorf("kept %#v", w.kept)
		}
		if want := []time.Duration{5 * time.Second, 10 * time.Second, 15 * time.Second}; !slices.Equal(w.polls, want) {
			w.t.Errorf("polled at %v", w.polls)
		}
		if len(w.events) != 2 || w.events[0] != l || w.events[1] != done {
			w.t.Errorf("told %+v", w.events)
		}
		after(time.Minute)
		if len(w.polls) != 3 {
			w.t.Error("it goes on asking")
		}
	})
}

func TestHowASignInEnds(t *testing.T) {
	tests := []struct {
		name, answer string
		state        core.LoginState
		says         string
	}{
		{"denied", `400 {"error":"access_denied"}`, core.LoginDenied, ""},
		{"expired there", `400 {"error":"expired_token"}`, core.LoginExpired, ""},
		{"expired here", pending, core.LoginExpired, ""},
		{"expired without network", `503 `, core.LoginExpired, ""},
		{"expired in silence", `hang`, core.LoginExpired, ""},
		{"refused", `400 {"error":"invalid_grant","error_description":"code device-secret was used"}`, core.LoginFailed, "code *** was used"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, func(w *world) {
				l := w.begin(auth.BuilderID)
				w.say(tt.answer)
				after(11 * time.Minute)
				got := w.find(l.ID)
				if got.State != tt.state || !strings.Contains(got.Error, tt.says) || got.AccountID != "" || len(w.kept) != 0 {
					w.t.Errorf("got %+v", got)
				}
				if said := w.stored(); strings.Contains(said, "secret") || !strings.Contains(said, `"state":"`+string(tt.state)) {
					w.t.Errorf("stored %s", said)
				}
			})
		})
	}
}

func TestPaceOfPolling(t *testing.T) {
	tests := []struct {
		name    string
		answers []string // one for each poll
		want    []int    // seconds
	}{
		{"slow_down adds five seconds for good", []string{pending, `400 {"error":"slow_down"}`, pending, `400 {"error":"slow_down"}`, pending}, []int{5, 10, 20, 30, 45}},
		{"trouble backs off and is forgotten", []string{`503 `, `503 `, `503 `, pending, pending}, []int{5, 15, 35, 65, 70}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, func(w *world) {
				w.begin(auth.BuilderID)
				for i, answer := range tt.answers {
					w.say(answer)
					after(time.Duration(tt.want[i])*time.Second - time.Since(w.begun) + time.Millisecond)
				}
				var got []int
				for _, at := range w.polls {
					got = append(got, int(at.Seconds()))
				}
				if !slices.Equal(got, tt.want) {
					w.t.Errorf("polled at %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestCancel(t *testing.T) {
	run(t, func(w *world) {
		l := w.begin(auth.BuilderID)
		after(7 * time.Second)
		if err := w.desk.Cancel(w.t.Context(), l.ID); err != nil {
			w.t.Fatal(err)
		}
		w.say(agreed)
		after(time.Minute)
		if len(w.polls) != 1 || len(w.kept) != 0 {
			w.t.Errorf("%d polls, kept %v", len(w.polls), w.kept)
		}
		if _, err := w.desk.Find(l.ID); core.CodeOf(err) != core.CodeNotFound {
			w.t.Errorf("found: %v", err)
		}
		if last := w.events[len(w.events)-1]; last.State != core.LoginCancelled || w.stored() != "" {
			w.t.Errorf("told %+v, stored %q", last, w.stored())
		}
		if err := w.desk.Cancel(w.t.Context(), l.ID); core.CodeOf(err) != core.CodeNotFound {
			w.t.Errorf("cancelled twice: %v", err)
		}
	})
}

// A question that hangs does not hold up the one who cancels.
func TestCancelWhileAsking(t *testing.T) {
	run(t, func(w *world) {
		l := w.begin(auth.BuilderID)
		w.say("hang")
		after(6 * time.Second)
		before := time.Now()
		if err := w.desk.Cancel(w.t.Context(), l.ID); err != nil || time.Since(before) != 0 {
			w.t.Errorf("%v after %s", err, time.Since(before))
		}
	})
}

func TestProfileOfAnOrganisation(t *testing.T) {
	tests := []struct {
		name     string
		profiles []string
		state    core.LoginState
		arn      string
	}{
		{"one", []string{"arn:a", "arn:b"}, core.LoginDone, "arn:a"},
		{"none", []string{}, core.LoginFailed, ""},
		{"not known", nil, core.LoginDone, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run(t, func(w *world) {
				w.profiles = tt.profiles
				l := w.begin(auth.IdentityCenter)
				w.say(agreed)
				after(6 * time.Second)
				if got := w.find(l.ID); got.State != tt.state || len(w.kept) > 0 && w.kept[0].ProfileARN != tt.arn {
					w.t.Errorf("%+v %v", got, w.kept)
				}
			})
		})
	}
}

func TestSignInAgain(t *testing.T) {
	run(t, func(w *world) {
		l, err := w.desk.Begin(w.t.Context(), login.Request{ChannelID: "chn_1", AccountID: "acc_old", Ask: auth.Ask{Kind: auth.BuilderID}})
		if err != nil || l.Renews != "acc_old" || l.AccountID != "" {
			w.t.Fatal(l, err)
		}
		w.say(agreed)
		after(6 * time.Second)
		if w.renewed != "acc_old" {
			w.t.Errorf("gave it to %q", w.renewed)
		}
	})
}

func TestWhatKeepsAnAccountFromBeingMade(t *testing.T) {
	run(t, func(w *world) {
		full := w.begin(auth.BuilderID)
		w.lock(func() { w.keepErr = core.Errorf(core.CodeInternal, "the disk is full") })
		w.say(agreed)
		after(6 * time.Second)
		gone := w.begin(auth.BuilderID)
		w.lock(func() { w.missing = true })
		after(6 * time.Second)
		if got := w.find(full.ID); got.State != core.LoginFailed || got.Error != "the disk is full" {
			w.t.Errorf("got %+v", got)
		}
		if got := w.find(gone.ID); got.State != core.LoginFailed || !strings.Contains(got.Error, "no channel") {
			w.t.Errorf("got %+v", got)
		}
		_, err := w.desk.Begin(w.t.Context(), login.Request{ChannelID: "chn_1", Ask: auth.Ask{Kind: auth.BuilderID}})
		if core.CodeOf(err) != core.CodeNotFound {
			w.t.Errorf("begun without a channel: %v", err)
		}
	})
}

func TestTooManySignIns(t *testing.T) {
	run(t, func(w *world) {
		for range 20 {
			w.begin(auth.BuilderID)
		}
		_, err := w.desk.Begin(w.t.Context(), login.Request{ChannelID: "chn_1", Ask: auth.Ask{Kind: auth.BuilderID}})
		if core.CodeOf(err) != core.CodeRateLimited {
			w.t.Errorf("got %v", err)
		}
		if list := w.desk.List(); len(list) != 20 || list[0].ID < list[19].ID {
			w.t.Errorf("%d listed", len(list))
		}
		after(2 * time.Hour)
		w.begin(auth.BuilderID)
		if list := w.desk.List(); len(list) != 1 {
			w.t.Errorf("%d are remembered", len(list))
		}
	})
}

// Secrets are in the store, which is encrypted, and nowhere else.
func TestSecretsStayInside(t *testing.T) {
	run(t, func(w *world) {
		l := w.begin(auth.BuilderID)
		w.say(agreed)
		after(6 * time.Second)
		said, err := json.Marshal([]any{l, w.find(l.ID), w.events, w.desk.List()})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, secret := range []string{"device-secret", "client-secret", "aorNew", "aoaNew"} {
			if strings.Contains(string(said)+fmt.Sprintf("%+v", w.events), secret) {
				w.t.Errorf("%s is told in %s", secret, said)
			}
		}
	})
}
