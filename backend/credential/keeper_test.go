package credential

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/store"
	"github.com/aihub/aihub/backend/upstream"
)

// Many requests at the end of a token, and a person who edits the account:
// one renewal, nothing lost, and the token is in the store before it is used.
func TestManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, dir, ended())
	w.overNetwork()
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			a, err := w.Fresh(t.Context(), w.account())
			if err != nil {
				t.Error(err)
				return
			}
			if a.Credential.AccessToken != "access-1" || w.account().Credential != a.Credential {
				t.Errorf("got %s, the store has %s", a.Credential.AccessToken, w.account().Credential.AccessToken)
			}
		})
	}
	wg.Go(func() {
		for i := range 20 {
			a := *w.account()
			a.Weight = i + 1
			w.put(core.PutAccount{Account: a, KeepCredential: true})
		}
	})
	wg.Wait()
	if n := w.authority.count(); n != 1 {
		t.Errorf("%d renewals", n)
	}
	w.shut()
	db, err := store.Open(t.Context(), store.Options{Dir: dir, Still: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if a := db.Snapshot().Account(accountID); a.Credential.RefreshToken != "refresh-1" || a.Weight != 20 {
		t.Errorf("after a restart: %s, weight %d", a.Credential.RefreshToken, a.Weight)
	}
}

// A client that leaves does not take along the renewal that it has begun.
func TestClientLeaves(t *testing.T) {
	w := newWorld(t, t.TempDir(), ended())
	defer w.shut()
	ctx, leave := context.WithCancel(t.Context())
	w.authority.before = leave
	if _, err := w.Fresh(ctx, w.account()); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	w.authority.before = nil
	w.Close()
	if got := w.account().Credential.RefreshToken; got != "refresh-1" {
		t.Errorf("the store has %s", got)
	}
}

func TestAPIKeysPassThrough(t *testing.T) {
	w := newWorld(t, t.TempDir(), core.Credential{APIKey: "ksk_1"})
	defer w.shut()
	a := w.account()
	got, err := w.Fresh(t.Context(), a)
	if err != nil || got != a {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := w.Force(t.Context(), accountID); core.CodeOf(err) != core.CodeUnsupported {
		t.Errorf("forced: %v", err)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = w.Fresh(t.Context(), a) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// What tells nothing of the sign-in never ends it.
func TestTroubleIsNotDeath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, t.TempDir(), ended())
		defer w.shut()
		w.authority.fail = &upstream.Later{Reason: "busy", After: 40 * time.Second}
		for range 3 {
			if _, err := w.Fresh(t.Context(), w.account()); err == nil || isDeadError(err) {
				t.Fatalf("got %v", err)
			}
		}
		if n := w.authority.count(); n != 1 {
			t.Errorf("%d calls within the time that the provider asked for", n)
		}
		w.authority.set(func() { w.authority.fail = errors.New("connection reset") })
		time.Sleep(41 * time.Second)
		for range 9 {
			_, _ = w.Fresh(t.Context(), w.account())
			time.Sleep(maxRest)
		}
		w.authority.set(func() { w.authority.fail = nil })
		a, err := w.Fresh(t.Context(), w.account())
		if err != nil || a.Credential.RefreshToken == "refresh-0" || len(w.deaths()) != 0 {
			t.Errorf("afterwards: %v, deaths %q", err, w.deaths())
		}
	})
}

func TestDeath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, t.TempDir(), ended())
		defer w.shut()
		w.authority.valid = "another"
		for range 3 {
			if _, err := w.Fresh(t.Context(), w.account()); !isDeadError(err) {
				t.Fatalf("got %v", err)
			}
			time.Sleep(time.Hour)
		}
		if n, d := w.authority.count(), w.deaths(); n != 1 || len(d) != 1 || d[0] != "Invalid refresh token provided" {
			t.Errorf("%d calls, deaths %q", n, d)
		}
		a := *w.account()
		a.Credential = core.Credential{RefreshToken: "another"}
		w.put(core.PutAccount{Account: a})
		if got, err := w.Fresh(t.Context(), &a); err != nil || got.Credential.AccessToken == "" || w.alive != 1 {
			t.Errorf("after a new sign-in: %v", err)
		}
	})
}

// A person may ask again for what was refused.
func TestForce(t *testing.T) {
	w := newWorld(t, t.TempDir(), ended())
	defer w.shut()
	w.authority.valid = "another"
	if _, err := w.Fresh(t.Context(), w.account()); !isDeadError(err) {
		t.Fatalf("got %v", err)
	}
	w.authority.valid = "refresh-0"
	a, err := w.Force(t.Context(), accountID)
	if err != nil || a.Credential.AccessToken == "access-0" {
		t.Errorf("got %v", err)
	}
	w.health.State = core.StateSuspended
	if _, err := w.Force(t.Context(), accountID); core.CodeOf(err) != core.CodeConflict {
		t.Errorf("suspended: %v", err)
	}
}

// The provider refuses a token before its time is over.
func TestRenewRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cred := ended()
		cred.ExpiresAt = time.Now().Add(time.Hour).UTC()
		w := newWorld(t, t.TempDir(), cred)
		defer w.shut()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if a, err := w.Renew(t.Context(), accountID, "access-0"); err != nil || a.Credential.AccessToken != "access-1" {
					t.Errorf("got %v", err)
				}
			})
		}
		wg.Wait()
		if n := w.authority.count(); n != 1 {
			t.Errorf("%d renewals", n)
		}
		if _, err := w.Renew(t.Context(), accountID, "access-1"); err == nil {
			t.Error("a token of this moment was renewed again")
		}
		time.Sleep(justRenewed)
		if a, err := w.Renew(t.Context(), accountID, "access-1"); err != nil || a.Credential.AccessToken != "access-2" {
			t.Errorf("later: %v", err)
		}
	})
}

// A sign-in that was replaced while the old one was being renewed stays.
func TestReplacedMeanwhile(t *testing.T) {
	w := newWorld(t, t.TempDir(), ended())
	defer w.shut()
	newer := core.Credential{RefreshToken: "newer", AccessToken: "of-newer", ExpiresAt: time.Now().Add(time.Hour).UTC()}
	for _, refused := range []bool{false, true} {
		a := *w.account()
		a.Credential = ended()
		w.put(core.PutAccount{Account: a})
		w.authority.set(func() { w.authority.valid = "refresh-0" })
		if refused {
			w.authority.set(func() { w.authority.valid = "nobody's" })
		}
		w.authority.before = func() {
			a.Credential = newer
			w.put(core.PutAccount{Account: a})
		}
		got, err := w.Force(t.Context(), accountID)
		if err != nil || got.Credential != newer || w.account().Credential != newer || len(w.deaths()) != 0 {
			t.Errorf("refused %v: %v, deaths %q", refused, err, w.deaths())
		}
	}
}

// An edit of the same sign-in does not lose the rotated token.
func TestEditedMeanwhile(t *testing.T) {
	w := newWorld(t, t.TempDir(), ended())
	defer w.shut()
	w.authority.before = func() {
		a := *w.account()
		a.Credential.APIRegion = "eu-central-1"
		w.put(core.PutAccount{Account: a})
	}
	got, err := w.Fresh(t.Context(), w.account())
	if err != nil || got.Credential.RefreshToken != "refresh-1" || got.Credential.APIRegion != "eu-central-1" {
		t.Errorf("got %v, %+v", err, got)
	}
}

// A sign-in that another program renews too is looked up there first.
func TestShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cred := ended()
		cred.Source = core.CredentialSource{Kind: core.SourceKiroIDE, Path: "/token.json"}
		w := newWorld(t, t.TempDir(), cred)
		defer w.shut()
		var held core.Credential
		w.Reread = func(_ context.Context, s core.CredentialSource) (core.Credential, error) {
			if s != cred.Source {
				t.Errorf("asked for %+v", s)
			}
			return held, nil
		}
		held = core.Credential{RefreshToken: "theirs", AccessToken: "of-theirs", ExpiresAt: time.Now().Add(time.Hour).UTC()}
		a, err := w.Fresh(t.Context(), w.account())
		if err != nil || a.Credential.AccessToken != "of-theirs" || a.Credential.Source != cred.Source || w.authority.count() != 0 {
			t.Fatalf("a newer one is there: %v, %d calls", err, w.authority.count())
		}
		time.Sleep(2 * time.Hour) // the program is closed, and the token was used up elsewhere
		if _, err := w.Fresh(t.Context(), w.account()); !isDeadError(err) || len(w.deaths()) != 1 {
			t.Fatalf("refused: %v", err)
		}
		time.Sleep(sourceTime)
		if _, err := w.Fresh(t.Context(), w.account()); !isDeadError(err) || w.authority.count() != 1 {
			t.Fatalf("still refused: %v, %d calls", err, w.authority.count())
		}
		held = core.Credential{RefreshToken: "signed-in-anew", AccessToken: "of-anew", ExpiresAt: time.Now().Add(time.Hour).UTC()}
		time.Sleep(sourceTime)
		if a, err := w.Fresh(t.Context(), w.account()); err != nil || a.Credential.AccessToken != "of-anew" || w.alive != 2 {
			t.Errorf("signed in anew: %v", err)
		}
	})
}

func TestWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cred := ended()
		cred.ExpiresAt = time.Now().Add(time.Hour).UTC()
		w := newWorld(t, t.TempDir(), cred)
		defer w.shut()
		var seen []string
		call := func(_ *core.Channel, a *core.Account) error {
			seen = append(seen, a.Credential.AccessToken)
			if a.Credential.AccessToken == "access-0" {
				return &upstream.Refusal{Status: http.StatusUnauthorized}
			}
			return nil
		}
		if err := w.With(t.Context(), w.account(), call); err != nil || len(seen) != 2 || seen[1] != "access-1" {
			t.Errorf("got %v after %q", err, seen)
		}
		refuse := func(*core.Channel, *core.Account) error { return &upstream.Refusal{Status: http.StatusForbidden} }
		if err := w.With(t.Context(), w.account(), refuse); err == nil || w.authority.count() != 1 {
			t.Errorf("another refusal: %v, %d renewals", err, w.authority.count())
		}
	})
}
