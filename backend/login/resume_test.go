package login_test

import (
	"testing"
	"time"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/upstream/kiro/auth"
)

// A sign-in goes on after a restart while its code lives.
func TestResume(t *testing.T) {
	run(t, func(w *world) {
		l := w.begin(auth.BuilderID)
		after(6 * time.Second)
		w.desk.Close()
		after(time.Minute)
		if len(w.polls) != 1 {
			w.t.Fatalf("%d polls; a closed desk asks nobody", len(w.polls))
		}
		w.open()
		if got := w.find(l.ID); got != l {
			w.t.Errorf("after the restart %+v", got)
		}
		w.say(agreed)
		after(6 * time.Second)
		if got := w.find(l.ID); got.State != core.LoginDone || len(w.kept) != 1 {
			w.t.Errorf("got %+v, kept %v", got, w.kept)
		}
		w.desk.Close()
		w.open()
		if got := w.find(l.ID); got.State != core.LoginDone || got.AccountID != "acc_1" {
			w.t.Errorf("after another restart %+v", got)
		}
	})
}

func TestResumeTooLate(t *testing.T) {
	run(t, func(w *world) {
		l := w.begin(auth.BuilderID)
		w.desk.Close()
		w.say(agreed)
		after(10*time.Minute + time.Second)
		w.open()
		after(time.Minute)
		if got := w.find(l.ID); got.State != core.LoginExpired || len(w.polls) != 0 || len(w.kept) != 0 {
			w.t.Errorf("got %+v after %d polls", got, len(w.polls))
		}
		w.desk.Close()
		after(time.Hour)
		w.open()
		if _, err := w.desk.Find(l.ID); core.CodeOf(err) != core.CodeNotFound || w.stored() != "" {
			w.t.Errorf("remembered for ever: %v %s", err, w.stored())
		}
	})
}

// The provider hands the tokens out once. A program that ends before the
// account has them finds them at its next start, however late that is.
func TestResumeWithTheTokensInHand(t *testing.T) {
	run(t, func(w *world) {
		l := w.begin(auth.BuilderID)
		raw := `{"login":{"id":"` + l.ID + `","channel_id":"chn_1","kind":"builder_id","state":"pending","created_at":"2000-01-01T00:00:00Z",` +
			`"expires_at":"2000-01-01T00:10:00Z"},"device":{"code":"used"},"grant":{"refresh_token":"aorInHand"}}`
		w.desk.Close()
		if err := w.db.PutStates(w.t.Context(), core.StateLogin, map[string][]byte{l.ID: []byte(raw), "lgn_bad": []byte("{")}); err != nil {
			w.t.Fatal(err)
		}
		after(time.Hour)
		w.open()
		after(time.Millisecond)
		if got := w.find(l.ID); got.State != core.LoginDone || len(w.polls) != 0 || len(w.kept) != 1 || w.kept[0].RefreshToken != "aorInHand" {
			w.t.Errorf("got %+v, kept %#v, %d polls", got, w.kept, len(w.polls))
		}
	})
}
